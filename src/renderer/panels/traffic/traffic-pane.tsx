import { useDeferredValue, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useCommand } from '../../state/commands.ts'
import { NO_FILTER, selectExchange, setFilter, useUi } from '../../state/ui-state.ts'
import { currentLog, useLab, useTraffic } from '../../state/use-lab.ts'
import lines from '../../ui/grid-lines.module.css'
import { Announcer } from './announcer.tsx'
import { isOpenFilter, RowFilter } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { neighbour, Timeline } from './timeline.ts'
import { TrafficGrid } from './traffic-grid.tsx'

/** The exchanges that pass the filter, with all actions between them. Typing stays fluent: the filter's result may lag one frame. */
function useTimeline(): Timeline {
  const { log, version } = useTraffic()
  const actions = useLab((lab) => lab.actions)
  const filter = useDeferredValue(useUi((ui) => ui.filter))
  const rowFilter = useRef<RowFilter>(null)
  rowFilter.current ??= new RowFilter()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log changes in place; its version says when.
  return useMemo(() => new Timeline((rowFilter.current as RowFilter).apply(log, filter), actions), [log, version, actions, filter])
}

function useSteps(timeline: Timeline): void {
  const selected = useUi((ui) => ui.selectedExchange)
  const move = (step: 1 | -1): void => {
    const seq = selected === null ? null : (currentLog().find(selected)?.seq ?? null)
    const next = neighbour(timeline.rows, seq, step)
    if (next) selectExchange(next.exchange.id)
  }
  useCommand('next-request', () => move(1))
  useCommand('previous-request', () => move(-1))
}

function NoRequests() {
  const { t } = useTranslation('traffic')
  const isRecording = useLab((lab) => lab.recording.isOn)
  const alice = useLab((lab) => lab.clients.find(({ account }) => account === 'alice'))
  const { busy, run } = useActions()
  return (
    <div className={lines['note']}>
      <p>{isRecording ? t('empty') : t('notRecording')}</p>
      {isRecording && alice && (
        <button
          type="button"
          className="btn"
          disabled={busy !== null}
          onClick={() => void run('login', () => api.clients.login({ id: alice.id }))}
        >
          {t('logAliceIn')}
        </button>
      )}
    </div>
  )
}

function NoMatch() {
  const { t } = useTranslation('traffic')
  return (
    <div className={lines['note']} role="status">
      <p>{t('noMatch')}</p>
      <button type="button" className="btn" onClick={() => setFilter(NO_FILTER)}>
        {t('resetFilter')}
      </button>
    </div>
  )
}

/** All requests through the balancer, with what the operator did between them. */
export function TrafficPane() {
  const { t } = useTranslation('traffic')
  const timeline = useTimeline()
  const hasNone = useTraffic().log.rows.length === 0
  const isFiltered = useUi((ui) => !isOpenFilter(ui.filter))
  useSteps(timeline)
  return (
    <section className="pane" aria-label={t('title')}>
      <FilterBar />
      <div className={lines['body']}>
        <TrafficGrid timeline={timeline} />
        {hasNone ? <NoRequests /> : isFiltered && timeline.rows.length === 0 && <NoMatch />}
      </div>
      <Announcer />
    </section>
  )
}
