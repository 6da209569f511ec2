import { createParser } from 'eventsource-parser'
import type { LabEvent } from '../../contract/events.ts'
import { api, apiUrl, authorization, isUnauthorized, token } from '../api.ts'
import { queries } from './queries.ts'
import { refreshLists } from './stale-lists.ts'
import { currentUi, onUiChange } from './ui-state.ts'
import { addHistory, applyEvents, currentLab, currentLog, replaceState, setConnection } from './use-lab.ts'

const HISTORY_PAGE = 5000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5000
/** A hidden page gets no animation frames, but its events must not pile up. */
const HIDDEN_BATCH_MS = 500
/** Events that a frozen page holds back. */
const MOST_HELD = 20_000

class Refused extends Error {}

let queue: LabEvent[] = []
let isScheduled = false
let wake: (() => void) | null = null
/** Ends the stream that is being followed; null when none is. */
let leave: (() => void) | null = null

function flush(): void {
  isScheduled = false
  if (currentUi().isFrozen) {
    // More than this is read anew at the thaw: a gap in the numbers asks for it.
    if (queue.length > MOST_HELD) queue = queue.slice(-1)
    return
  }
  const batch = queue
  queue = []
  applyEvents(batch)
  for (const event of batch) if (event.type === 'stale') refreshLists(queries, event.lists)
  // The next event may be long in coming; a state that is known to be old must not wait for it.
  if (currentLab().isStale) leave?.()
}

onUiChange((ui, before) => {
  if (before.isFrozen && !ui.isFrozen) flush()
})

function enqueue(event: LabEvent): void {
  queue.push(event)
  if (isScheduled) return
  isScheduled = true
  if (document.hidden) setTimeout(flush, HIDDEN_BATCH_MS)
  else requestAnimationFrame(flush)
}

async function loadHistory(generation: number): Promise<void> {
  const isCurrent = (): boolean => currentLab().generation === generation
  for (;;) {
    const oldest = currentLog().rows[0]?.exchange.seq
    if (!isCurrent() || oldest === undefined || currentLog().rows.length >= currentLab().recording.count) break
    const older = await api.exchanges.summaries({ before: oldest, limit: HISTORY_PAGE })
    if (!isCurrent() || older.length === 0) break
    addHistory(older, true)
  }
  if (isCurrent()) addHistory([], false)
}

async function readState(): Promise<void> {
  queue = []
  replaceState(await api.lab.get())
  refreshLists(queries)
  const { generation } = currentLab()
  // Older rows are a convenience; if a page of them is lost the next reading of the state fetches it.
  loadHistory(generation).catch(() => addHistory([], false))
}

/** Follows the stream until it ends or an event is missing. */
async function follow(): Promise<void> {
  const stop = new AbortController()
  const response = await fetch(`${apiUrl}/events?since=${currentLab().seq}`, {
    headers: { ...authorization(), accept: 'text/event-stream' },
    signal: stop.signal,
    cache: 'no-store',
  })
  if (response.status === 401) throw new Refused()
  if (!response.ok || !response.body) throw new Error(`The event stream answered ${response.status}`)
  setConnection('live')
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (data !== '' && (event === undefined || event === 'message')) enqueue(JSON.parse(data) as LabEvent)
    },
  })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  leave = () => void reader.cancel()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || currentLab().isStale) return
      parser.feed(value)
    }
  } finally {
    leave = null
    stop.abort()
    flush()
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })

/** Tries again at once instead of waiting for the next turn. */
export const retryNow = (): void => wake?.()

/** Reads the state, then follows the events for as long as the page lives; reconnects from the last event after a loss. */
export async function connect(): Promise<void> {
  if (!token) return setConnection('refused')
  let waitMs = FIRST_WAIT_MS
  let mustRead = true
  for (;;) {
    try {
      if (mustRead) await readState()
      mustRead = false
      await follow()
      waitMs = FIRST_WAIT_MS
      mustRead = currentLab().isStale
      if (mustRead) continue
    } catch (error) {
      if (error instanceof Refused || isUnauthorized(error)) return setConnection('refused')
      mustRead ||= currentLab().isStale
    }
    setConnection('lost')
    await pause(waitMs)
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
  }
}
