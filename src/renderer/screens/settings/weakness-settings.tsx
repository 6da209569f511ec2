import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './settings.module.css'
import { SettingsRow } from './settings-row.tsx'

/** Deliberate flaws of the target: what each opens, and a switch. */
export function WeaknessSettings() {
  const { t } = useTranslation('settings')
  const weaknesses = useLab((lab) => lab.weaknesses)
  const { busy, run } = useActions()
  return (
    <section className={classes['card']} aria-label={t('weaknesses')}>
      <h2>{t('weaknesses')}</h2>
      <p className={classes['lead']}>{t('weaknessesNote')}</p>
      {weaknesses.map(({ id, isOn }) => (
        <SettingsRow key={id} label={t(`weakness.${id}.name`)} note={t(`weakness.${id}.note`)}>
          <Switch
            checked={isOn}
            disabled={busy !== null}
            aria-label={t(`weakness.${id}.name`)}
            onChange={(event) => {
              const wanted = event.currentTarget.checked
              void run('weakness', () => api.weaknesses.change({ [id]: wanted }))
            }}
          />
        </SettingsRow>
      ))}
    </section>
  )
}
