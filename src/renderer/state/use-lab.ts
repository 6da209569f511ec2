import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LabEvent } from '../../contract/events.ts'
import type { ExchangeSummary } from '../../contract/exchanges.ts'
import type { LabState } from '../../contract/lab.ts'
import { ExchangeLog } from './exchange-log.ts'
import { EMPTY_LAB, type LabModel, modelOf, reduce } from './reduce.ts'
import { selectExchange } from './ui-state.ts'

/** How the page stands with the lab. `refused`: the token is missing or wrong. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused'

interface Traffic {
  /** Changed in place; see its counters. */
  readonly log: ExchangeLog
  readonly version: number
  /** True while older exchanges are still on their way. */
  readonly isLoadingHistory: boolean
}

interface LabStore {
  readonly lab: LabModel
  readonly traffic: Traffic
  readonly connection: Connection
}

const store = createStore<LabStore>(() => ({
  lab: EMPTY_LAB,
  traffic: { log: new ExchangeLog(), version: 0, isLoadingHistory: false },
  connection: 'connecting',
}))

/** What a panel needs of the lab. Before the first state has arrived the lab is empty, and no panel is shown. */
export const useLab = <T>(selector: (lab: LabModel) => T): T => useStore(store, (state) => selector(state.lab))
/** All exchanges. The log is changed in place: take `version` (or `log.rebuilt`) into dependencies, not `log`. */
export const useTraffic = (): Traffic => useStore(store, (state) => state.traffic)
/** One exchange's row; null when it is unknown or has left. */
export const useSummary = (id: string | null): ExchangeSummary | null =>
  useStore(store, (state) => (id === null ? null : state.traffic.log.find(id)))
/** How the page stands with the lab. */
export const useConnection = (): Connection => useStore(store, (state) => state.connection)
/** The lab at this moment, for code outside of components. */
export const currentLab = (): LabModel => store.getState().lab
/** The exchanges at this moment, for code outside of components. */
export const currentLog = (): ExchangeLog => store.getState().traffic.log

/** Tells of every change of the lab. @returns how to stop */
export const onLabChange = (listener: () => void): (() => void) => store.subscribe(listener)

/** Sets how the page stands with the lab. */
export const setConnection = (connection: Connection): void => store.setState({ connection })

/** Takes over a whole state: everything known before is replaced. */
export function replaceState(state: LabState): void {
  const { log } = store.getState().traffic
  log.clear()
  for (const exchange of state.exchanges) log.put(exchange)
  store.setState(({ lab, traffic }) => ({
    lab: modelOf(state, lab.generation + 1),
    traffic: { ...traffic, version: log.version, isLoadingHistory: false },
  }))
}

function applyToLog(log: ExchangeLog, event: LabEvent): void {
  if (event.type === 'exchange' || event.type === 'exchange-started') log.put(event.exchange)
  else if (event.type === 'traffic-cleared') {
    log.clear()
    selectExchange(null)
  } else if (event.type === 'traffic-trimmed') log.trim(event.oldestSeq)
}

/** Applies a batch of events in order and draws once. */
export function applyEvents(events: readonly LabEvent[]): void {
  const { lab: before, traffic } = store.getState()
  let lab = before
  for (const event of events) {
    const after = reduce(lab, event)
    if (after.seq === event.seq && after !== lab) applyToLog(traffic.log, event)
    lab = after
  }
  if (lab === before) return
  store.setState({ lab, traffic: traffic.version === traffic.log.version ? traffic : { ...traffic, version: traffic.log.version } })
}

/** Adds a page of older exchanges. */
export function addHistory(older: readonly ExchangeSummary[], isLoadingHistory: boolean): void {
  const { traffic } = store.getState()
  traffic.log.prepend(older)
  store.setState({ traffic: { ...traffic, version: traffic.log.version, isLoadingHistory } })
}
