import { IconBan, IconCircleFilled, IconClockX, IconKey } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { countdown, useLabSecond } from '../../state/lab-time.ts'
import classes from './state.module.css'

/** How a credential or key stands. */
export type StandingName = 'active' | 'expired' | 'revoked' | 'signing' | 'verifying' | 'retired'

// Made once: long lists draw them thousands of times.
const ICONS: Readonly<Record<StandingName, React.ReactNode>> = {
  active: <IconCircleFilled size={8} aria-hidden />,
  expired: <IconClockX size={13} stroke={1.75} aria-hidden />,
  revoked: <IconBan size={13} stroke={1.75} aria-hidden />,
  signing: <IconKey size={13} stroke={1.75} aria-hidden />,
  verifying: <IconCircleFilled size={8} aria-hidden />,
  retired: <IconBan size={13} stroke={1.75} aria-hidden />,
}

/** How something stands, as icon and word; ink, since it is no verdict. @param words in place of its usual word */
export function Standing({ name, words }: { readonly name: StandingName; readonly words?: string }) {
  const { t } = useTranslation('state')
  return (
    <span className={classes['standing']}>
      <i className={classes['icon']}>{ICONS[name]}</i>
      {words ?? t(`standing.${name}`)}
    </span>
  )
}

/** How a credential stands that nobody ended, by the lab clock. @param endsAt lab time, Unix milliseconds */
export function StandingUntil({ endsAt }: { readonly endsAt: number }) {
  const now = useLabSecond()
  return <Standing name={now < endsAt ? 'active' : 'expired'} />
}

/** What is left until a lab time, in words and digits; a dash when nothing is. */
export function TimeLeft({ endsAt }: { readonly endsAt: number }) {
  const now = useLabSecond()
  return <span className="mono">{now < endsAt ? countdown(endsAt - now) : '–'}</span>
}
