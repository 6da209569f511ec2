import {
  IconArrowsSplit2,
  IconClockHour4,
  IconDatabase,
  IconDatabaseOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugOff,
  IconRefresh,
} from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../desktop.ts'
import { type CommandId, runCommand } from '../../state/commands.ts'
import { clockTime, labNow, useLabSecond } from '../../state/lab-time.ts'
import { useLab } from '../../state/use-lab.ts'
import { durationWords, storeName, strategyName } from './lab-words.ts'

/** Less than this between lab time and real time is the time that a message takes. */
const SAME_TIME_MS = 500

function LabClock() {
  const { t } = useTranslation('status')
  const isPaused = useLab((lab) => lab.clock.isPaused)
  const now = useLabSecond()
  const offsetMs = labNow() - Date.now()
  const isMoved = Math.abs(offsetMs) > SAME_TIME_MS
  const chip = isPaused ? t('paused') : isMoved && t(offsetMs > 0 ? 'ahead' : 'behind', { duration: durationWords(Math.abs(offsetMs)) })
  const step = (id: CommandId, words: string, hint: string) => (
    <button type="button" onClick={() => runCommand(id)} title={hint} aria-label={hint}>
      {words}
    </button>
  )
  const canReturn = isPaused || isMoved
  const PauseIcon = isPaused ? IconPlayerPlay : IconPlayerPause
  const pauseWords = t(isPaused ? 'resume' : 'pause')
  return (
    <>
      <div className="clk">
        <IconClockHour4 size={15} stroke={1.75} aria-hidden />
        <span className="lbl">{t('labClock')}</span>
        <b className="mono" role="timer" aria-label={t('labClock')} title={new Date(now).toLocaleDateString()}>
          {clockTime(now)}
        </b>
        {chip && <span className="tagn">{chip}</span>}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row of joined buttons. */}
      <div className="tt" role="group" aria-label={t('moveClock')}>
        {step('clock-back-15', t('min', { sign: '−', count: 15 }), t('back', { count: 15 }))}
        {step('clock-back-1', t('min', { sign: '−', count: 1 }), t('back', { count: 1 }))}
        <button type="button" className="ttp" onClick={() => runCommand('pause-clock')} aria-label={pauseWords} title={pauseWords}>
          <PauseIcon size={13} stroke={2} aria-hidden />
        </button>
        {step('clock-ahead-1', t('min', { sign: '+', count: 1 }), t('forward', { count: 1 }))}
        {step('clock-ahead-15', t('min', { sign: '+', count: 15 }), t('forward', { count: 15 }))}
      </div>
      <button
        type="button"
        className="realt"
        disabled={!canReturn}
        title={t(canReturn ? 'realTimeHint' : 'isRealTime')}
        onClick={() => runCommand('real-time')}
      >
        <IconRefresh size={14} stroke={1.75} aria-hidden />
        {t('realTime')}
      </button>
    </>
  )
}

function Nodes() {
  const { t } = useTranslation('status')
  const nodes = useLab((lab) => lab.nodes)
  const isRolling = useLab((lab) => lab.cluster.isRolling)
  const up = nodes.filter(({ state }) => state === 'up').length
  return (
    <span className="si">
      <span className="dots" aria-hidden>
        {nodes.map(({ id, state }) => (
          <i key={id} className={state === 'up' ? 'u' : 'd'} />
        ))}
      </span>
      {isRolling ? t('rolling') : t('nodesUp', { up, all: nodes.length })}
    </span>
  )
}

function Offline() {
  const { t } = useTranslation('status')
  const [blocked, setBlocked] = useState(0)
  useEffect(() => desktop.onBlockedRequests?.(setBlocked), [])
  return (
    <span className="si off" title={t(desktop.onBlockedRequests ? 'offlineHintDesktop' : 'offlineHint')}>
      <IconPlugOff size={14} stroke={1.75} aria-hidden />
      {blocked > 0 ? t('blocked', { count: blocked }) : t('offline')}
    </span>
  )
}

function Record() {
  const { t } = useTranslation('status')
  const { isOn, count } = useLab((lab) => lab.recording)
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      className="rec"
      title={t(isOn ? 'recordOff' : 'recordOn')}
      onClick={() => runCommand('toggle-recording')}
    >
      <span className="sw" aria-hidden>
        <i />
      </span>
      {t('record')}
      <span className="dim wide">{t('requests', { count })}</span>
    </button>
  )
}

function Store() {
  const { t } = useTranslation('status')
  const { store, isStoreOut, storeState } = useLab((lab) => lab.cluster)
  const isGone = isStoreOut || storeState === 'unreachable'
  const Icon = isGone ? IconDatabaseOff : IconDatabase
  const name = storeName(store)
  return (
    <span className="si">
      <Icon size={14} stroke={1.75} aria-hidden />
      {isGone ? t(isStoreOut ? 'storeOut' : 'storeUnreachable', { store: name }) : name}
    </span>
  )
}

/** The lab's clock and its means to travel, and the state of the rest of the lab in a few words. */
export function StatusBar() {
  const strategy = useLab((lab) => lab.cluster.strategy)
  return (
    <footer className="stat">
      <LabClock />
      <span className="sp" />
      <Nodes />
      <Store />
      <span className="si wide">
        <IconArrowsSplit2 size={14} stroke={1.75} aria-hidden />
        {strategyName(strategy)}
      </span>
      <Offline />
      <Record />
    </footer>
  )
}
