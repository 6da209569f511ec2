import { IconAlertTriangle, IconBug, IconDatabaseOff, IconPlugConnectedX, IconWorldX, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Notice } from '../../../contract/lab.ts'
import { api } from '../../api.ts'
import { desktop } from '../../desktop.ts'
import { say, sayFirst } from '../../i18n/say.ts'
import { useActions } from '../../state/act.ts'
import { retryNow } from '../../state/connect.ts'
import { currentUi, setUi, useUi } from '../../state/ui-state.ts'
import { useConnection, useLab } from '../../state/use-lab.ts'
import { LessonBanner } from '../lessons/lesson-banner.tsx'

/** What brings sessions back: the store that was cut off, the lab's own Redis, or another store when Redis is someone else's. */
const REMEDIES = { out: { storeOut: false }, own: { redisRunning: true }, other: { store: 'sqlite' } } as const

const noticeKey = ({ code, params }: Notice): string => JSON.stringify([code, params])

/** The session store is gone: why, and the one thing that brings sessions back. */
function StoreBanner() {
  const { t } = useTranslation('status')
  const { isStoreOut, storeState, isRedisOwn, redisUrl } = useLab((lab) => lab.cluster)
  const { busy, run } = useActions()
  if (!isStoreOut && storeState === 'ok') return null
  const remedy = isStoreOut ? 'out' : isRedisOwn ? 'own' : 'other'
  return (
    <div className="banner" role="alert">
      <IconDatabaseOff size={16} stroke={1.75} aria-hidden />
      <span>{isStoreOut ? t('storeBanner.out') : t('storeBanner.unreachable', { url: redisUrl ?? '' })}</span>
      <span className="sp" />
      <button
        type="button"
        className="btn sm"
        disabled={busy !== null}
        onClick={() => void run('store', () => api.cluster.change(REMEDIES[remedy]))}
      >
        {t(`storeDo.${remedy}`)}
      </button>
    </div>
  )
}

/** The page that plays an attacker is served: where, and how to end that. */
function AttackerBanner() {
  const { t } = useTranslation('status')
  const { url } = useLab((lab) => lab.attackerSite)
  const { busy, run } = useActions()
  if (url === null) return null
  return (
    <div className="banner" role="status">
      <IconWorldX size={16} stroke={1.75} aria-hidden />
      <span>{t('attackerBanner', { url })}</span>
      <span className="sp" />
      {!desktop.openClientWindow && (
        <a className="btn sm" href={url} target="_blank" rel="noopener noreferrer">
          {t('attackerOpen')}
        </a>
      )}
      <button
        type="button"
        className="btn sm"
        disabled={busy !== null}
        onClick={() => void run('attacker', () => api.attackerSite.set({ on: false }))}
      >
        {t('attackerOff')}
      </button>
    </div>
  )
}

/** The target has flaws on purpose: which, and how to end that. */
function WeaknessBanner() {
  const { t } = useTranslation('status')
  const on = useLab((lab) => lab.weaknesses).filter(({ isOn }) => isOn)
  const { busy, run } = useActions()
  if (on.length === 0) return null
  const names = on.map(({ id }) => say(`settings:weakness.${id}.name`)).join(say('app:comma'))
  const off = Object.fromEntries(on.map(({ id }) => [id, false]))
  return (
    <div className="banner" role="status">
      <IconBug size={16} stroke={1.75} aria-hidden />
      <span>{t('weakBanner', { names })}</span>
      <span className="sp" />
      <button
        type="button"
        className="btn sm"
        disabled={busy !== null}
        onClick={() => void run('weaknesses', () => api.weaknesses.change(off))}
      >
        {t('weakOff', { count: on.length })}
      </button>
    </div>
  )
}

/** What the operator should know before anything else: the lab cannot be reached, or it did not start as asked. */
export function Banners() {
  const { t } = useTranslation('app')
  const isLost = useConnection() === 'lost'
  const notices = useLab((lab) => lab.notices)
  const hidden = useUi((ui) => ui.hiddenNotices)
  const shown = notices.filter((notice) => !hidden.includes(noticeKey(notice)))
  return (
    <div className="banners">
      {isLost && (
        <div className="banner" role="alert">
          <IconPlugConnectedX size={16} stroke={1.75} aria-hidden />
          <span>{t('lost')}</span>
          <span className="sp" />
          <button type="button" className="btn sm" onClick={retryNow}>
            {t('retry')}
          </button>
        </div>
      )}
      <StoreBanner />
      <WeaknessBanner />
      <AttackerBanner />
      <LessonBanner />
      {shown.map((notice) => (
        <div key={noticeKey(notice)} className="banner" role="status">
          <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
          <span>{sayFirst([`app:notice.${notice.code}.full`], notice.params) ?? say(`app:notice.${notice.code}.plain`)}</span>
          <span className="sp" />
          <button
            type="button"
            className="ib"
            aria-label={t('dismiss')}
            title={t('dismiss')}
            onClick={() => setUi({ hiddenNotices: [...currentUi().hiddenNotices, noticeKey(notice)] })}
          >
            <IconX size={15} stroke={1.75} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}
