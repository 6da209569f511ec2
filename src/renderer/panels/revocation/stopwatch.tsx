import { IconCheck, IconHourglass, IconStopwatch, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Revocation } from '../../../contract/revocations.ts'
import { clockTime, countdown, useLabSecond } from '../../state/lab-time.ts'
import { openExchange } from '../../state/ui-state.ts'
import { useSummary } from '../../state/use-lab.ts'
import classes from './revocation.module.css'
import { delayWords, whatWords } from './revocation-words.ts'

/** Opens a request that the stopwatch counted; nothing when the traffic no longer has it. */
export function CountedExchange({ id }: { readonly id: string | null }) {
  const summary = useSummary(id)
  if (!summary) return null
  return (
    <button type="button" className="lk mono" onClick={() => openExchange(summary.id)}>
      #{summary.seq}
    </button>
  )
}

/** How far requests were still accepted after the revocation, and where the first was refused, on one scale. */
function Track({ revocation }: { readonly revocation: Revocation }) {
  const { t } = useTranslation('revocation')
  const { lastAcceptedMs, firstRefusedMs } = revocation
  const end = Math.max(lastAcceptedMs ?? 0, firstRefusedMs ?? 0)
  if (end === 0) return null
  const share = (ms: number | null): string => `${((ms ?? 0) / end) * 100}%`
  return (
    <div className={classes['track']} aria-hidden title={t('trackHint')}>
      <i className={classes['accepted']} style={{ width: share(lastAcceptedMs) }} />
      {firstRefusedMs !== null && <i className={classes['refused']} style={{ left: `min(${share(firstRefusedMs)}, calc(100% - 3px))` }} />}
    </div>
  )
}

/** When the credential would have ended by itself. */
function ByItself({ endsAt }: { readonly endsAt: number | null }) {
  const { t } = useTranslation('revocation')
  const now = useLabSecond()
  if (endsAt === null) return t('endsUnknown')
  return now < endsAt ? t('endsAt', { time: clockTime(endsAt), left: countdown(endsAt - now) }) : t('ended', { time: clockTime(endsAt) })
}

/** What became of a revoked credential: how many requests were accepted all the same, for how long, and since when they are refused. */
export function Stopwatch({ revocation }: { readonly revocation: Revocation }) {
  const { t } = useTranslation('revocation')
  const { accepted, refused, lastAcceptedMs, firstRefusedMs, rowsKept, collateral, by, at } = revocation
  return (
    <section className={classes['stopwatch']} aria-label={t('title')}>
      <h3>
        <IconStopwatch size={15} stroke={1.75} aria-hidden />
        {whatWords(revocation)}
      </h3>
      <p className={classes['when']}>{t(`doneBy.${by}`, { time: clockTime(at) })}</p>
      <Track revocation={revocation} />
      <ul>
        <li>
          <IconCheck size={14} stroke={2} className={accepted > 0 ? classes['yes'] : 'dim'} aria-hidden />
          <b>{t('accepted', { count: accepted })}</b>
          {lastAcceptedMs !== null && (
            <span>
              {t('acceptedFor', { time: delayWords(lastAcceptedMs) })} <CountedExchange id={revocation.lastAcceptedExchange} />
            </span>
          )}
        </li>
        <li>
          <IconX size={14} stroke={2} className={refused > 0 ? classes['no'] : 'dim'} aria-hidden />
          <b>{t('refused', { count: refused })}</b>
          {firstRefusedMs !== null && (
            <span>
              {t('refusedFrom', { time: delayWords(firstRefusedMs) })} <CountedExchange id={revocation.firstRefusedExchange} />
            </span>
          )}
        </li>
        <li>
          <IconHourglass size={14} stroke={1.75} className="dim" aria-hidden />
          <span>
            <ByItself endsAt={revocation.endsAt} />
          </span>
        </li>
      </ul>
      {accepted + refused === 0 && <p className={classes['hint']}>{t('notUsedYet')}</p>}
      <p className={classes['hint']}>
        {rowsKept !== null && t('rows', { count: rowsKept })} {collateral > 0 && t('collateral', { count: collateral })}
      </p>
    </section>
  )
}
