import { IconCheck, IconStopwatch, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { openList, setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './revocation.module.css'
import { delayWords, whatWords } from './revocation-words.ts'
import { CountedExchange } from './stopwatch.tsx'

/** The stopwatch of the newest revocation in one line, until it is closed or there is a newer one. */
export function NewestStopwatch() {
  const { t } = useTranslation('revocation')
  const newest = useLab((lab) => lab.revocations[0])
  const closed = useUi((ui) => ui.closedStopwatch)
  if (!newest || newest.id === closed) return null
  const { accepted, refused, lastAcceptedMs, firstRefusedMs } = newest
  return (
    <section className={classes['strip']} aria-label={t('newest')}>
      <IconStopwatch size={15} stroke={1.75} aria-hidden />
      <b className="trunc">{whatWords(newest)}</b>
      <span className={classes['fact']}>
        <IconCheck size={13} stroke={2} className={accepted > 0 ? classes['yes'] : 'dim'} aria-hidden />
        {t('acceptedShort', { count: accepted })}
        {lastAcceptedMs !== null && ` ${t('acceptedFor', { time: delayWords(lastAcceptedMs) })}`}
      </span>
      <span className={classes['fact']}>
        <IconX size={13} stroke={2} className={refused > 0 ? classes['no'] : 'dim'} aria-hidden />
        {firstRefusedMs === null
          ? t('refusedShort', { count: refused })
          : t('joined', { first: t('refusedShort', { count: refused }), next: t('refusedFrom', { time: delayWords(firstRefusedMs) }) })}
        <CountedExchange id={newest.firstRefusedExchange} />
      </span>
      <span className="sp" />
      <button type="button" className="btn sm" onClick={() => openList('revocations', newest.id)}>
        {t('open')}
      </button>
      <button type="button" className="ib" aria-label={t('close')} title={t('close')} onClick={() => setUi({ closedStopwatch: newest.id })}>
        <IconX size={14} stroke={1.75} aria-hidden />
      </button>
    </section>
  )
}
