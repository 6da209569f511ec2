import { IconBan, IconCookie, IconKey, IconKeyOff, IconRepeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../contract/clients.ts'
import { clockTime, countdown, useLabSecond } from '../../state/lab-time.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './clients.module.css'
import { type HeldCredential, isSeenRefused, shortened, standingOf } from './credential.ts'

interface ChipProps {
  readonly client: Client
  readonly credential: HeldCredential | null
  readonly tryDiscarded: () => void
  readonly isBusy: boolean
}

function TimeLeft({ credential, now }: { readonly credential: HeldCredential; readonly now: number }) {
  if (credential.expiresAt === null) return null
  const leftMs = credential.expiresAt - now
  const share = credential.lifeMs === null ? 0 : Math.min(1, Math.max(0, leftMs / credential.lifeMs))
  return (
    <>
      <span className={`${classes['time']} mono`}>{countdown(leftMs)}</span>
      <span className={classes['bar']} aria-hidden>
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </>
  )
}

/** What the client would send now, with the time it has left by the lab clock; struck through when it is worth nothing to the client. */
export function CredentialChip({ client, credential, tryDiscarded, isBusy }: ChipProps) {
  const { t } = useTranslation('clients')
  const { t: revocation } = useTranslation('revocation')
  const way = useLab((lab) => lab.cluster.revocation)
  const isRevoked = useLab((lab) => lab.cluster.revocation !== 'none' && credential !== null && isSeenRefused(credential, lab.revocations))
  const now = useLabSecond()
  if (!credential) {
    return (
      <div className={`${classes['cred']} ${classes['none']}`}>
        <IconKeyOff size={14} stroke={1.75} aria-hidden />
        <span>{t('notLoggedIn')}</span>
      </div>
    )
  }
  const standing = standingOf(credential, now, isRevoked)
  const Icon = client.mechanism === 'jwt-bearer' ? IconKey : IconCookie
  const isDead = standing !== 'live'
  return (
    <>
      <div className={`${classes['cred']} ${isDead ? classes['dead'] : ''}`} title={t(`standingHint.${standing}`)}>
        <Icon size={14} stroke={1.75} aria-hidden />
        <span className={classes['key']}>{credential.name}</span>
        <span className={`${classes['value']} mono trunc`}>{shortened(credential.value)}</span>
        {isDead ? (
          <span className={classes['word']}>
            <IconBan size={13} stroke={2} aria-hidden />
            {t(`standing.${standing}`)}
          </span>
        ) : (
          <TimeLeft credential={credential} now={now} />
        )}
      </div>
      {standing === 'discarded' && (
        <div className={classes['still']}>
          <span>
            {way === 'none'
              ? t('stillAccepted', { time: credential.expiresAt === null ? '?' : clockTime(credential.expiresAt) })
              : t('perhapsRevoked', { way: revocation(`way.${way}.name`) })}
          </span>
          <button type="button" className="btn sm" disabled={isBusy} onClick={tryDiscarded}>
            <IconRepeat size={13} stroke={1.75} aria-hidden />
            {t('tryAnyway')}
          </button>
        </div>
      )}
    </>
  )
}
