import { useTranslation } from 'react-i18next'
import { type Lifetimes, MAX_GRACE_SECONDS, MAX_LIFETIME_SECONDS } from '../../../contract/lifetimes.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './credential-settings.module.css'
import { DurationField } from './duration-field.tsx'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

const PRESETS: Readonly<Record<keyof Lifetimes, readonly number[]>> = {
  sessionIdle: [MINUTE, 15 * MINUTE, 30 * MINUTE, 2 * HOUR],
  sessionAbsolute: [10 * MINUTE, 2 * HOUR, 12 * HOUR, 7 * DAY],
  accessToken: [30, 5 * MINUTE, 15 * MINUTE, HOUR],
  refreshIdle: [10 * MINUTE, 2 * HOUR, DAY, 7 * DAY],
  refreshAbsolute: [HOUR, DAY, 7 * DAY, 30 * DAY],
  refreshGrace: [0, 2, 10, MINUTE],
}
const NAMES = Object.keys(PRESETS) as (keyof Lifetimes)[]

/** Limits of which the second ends a credential before the first can. */
const PAIRS = [
  ['sessionIdle', 'sessionAbsolute'],
  ['refreshIdle', 'refreshAbsolute'],
] as const

/** How long sessions, access tokens and refresh tokens live. */
export function LifetimeSettings() {
  const { t } = useTranslation('settings')
  const lifetimes = useLab((lab) => lab.cluster.lifetimes)
  const { busy, run } = useActions()
  const never = PAIRS.filter(([idle, absolute]) => lifetimes[idle] > lifetimes[absolute])
  return (
    <>
      <p className={classes['about']}>{t('lifetimesNote')}</p>
      {NAMES.map((name) => (
        <DurationField
          key={name}
          label={t(`lifetime.${name}.name`)}
          note={t(`lifetime.${name}.note`)}
          value={lifetimes[name]}
          least={name === 'refreshGrace' ? 0 : 1}
          most={name === 'refreshGrace' ? MAX_GRACE_SECONDS : MAX_LIFETIME_SECONDS}
          presets={PRESETS[name]}
          isBusy={busy !== null}
          set={(seconds) => void run(name, () => api.cluster.change({ lifetimes: { [name]: seconds } }))}
        />
      ))}
      {never.map(([idle, absolute]) => (
        <p key={idle} className={classes['about']} role="status">
          {t('lifetimeNever', { idle: t(`lifetime.${idle}.name`), absolute: t(`lifetime.${absolute}.name`) })}
        </p>
      ))}
    </>
  )
}
