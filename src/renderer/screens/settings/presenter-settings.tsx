import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PRESENTER_SCALES, type PresenterScale, setUi, useUi } from '../../state/ui-state.ts'
import { Choice } from '../../ui/choice.tsx'
import classes from './settings.module.css'
import { SettingsRow } from './settings-row.tsx'

/** What presenter mode is made of. */
export function PresenterSettings() {
  const { t } = useTranslation('presenter')
  const { isPresenting, presenterScale, areSecretsHidden, hasPointerRing } = useUi((ui) => ui)
  const toggle = (label: string, isOn: boolean, set: (isOn: boolean) => void) => (
    <Switch checked={isOn} aria-label={label} onChange={(event) => set(event.currentTarget.checked)} />
  )
  return (
    <section className={classes['card']} aria-label={t('mode')}>
      <h2>{t('mode')}</h2>
      <SettingsRow label={t('mode')} note={t('modeNote')}>
        {toggle(t('mode'), isPresenting, (isOn) => setUi({ isPresenting: isOn }))}
      </SettingsRow>
      <SettingsRow label={t('size')}>
        <Choice
          label={t('size')}
          value={String(presenterScale)}
          options={PRESENTER_SCALES.map((scale) => [String(scale), `${scale} %`] as const)}
          choose={(value) => setUi({ presenterScale: Number(value) as PresenterScale })}
        />
      </SettingsRow>
      <SettingsRow label={t('hideSecrets')} note={t('hideSecretsNote')}>
        {toggle(t('hideSecrets'), areSecretsHidden, (isOn) => setUi({ areSecretsHidden: isOn }))}
      </SettingsRow>
      <SettingsRow label={t('ring')} note={t('ringNote')}>
        {toggle(t('ring'), hasPointerRing, (isOn) => setUi({ hasPointerRing: isOn }))}
      </SettingsRow>
    </section>
  )
}
