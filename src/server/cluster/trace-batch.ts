import type { NodeTrace } from './node-messages.ts'

/** Traces on their way between threads. Text crosses cheapest: the steps pass as they are, only what the lab's thread needs at once is parsed there. */
export interface TraceBatch {
  /** JSON of {@link Head}s. */
  readonly heads: string
  /** The steps of all of them, one after the other. */
  readonly steps: string
}

type Head = [
  exchangeId: string,
  verdict: NodeTrace['verdict'],
  mechanism: NodeTrace['mechanism'],
  account: string | null,
  stepsLength: number,
  sessions: NodeTrace['sessions'],
  endedSessions: string[],
  token: NodeTrace['token'],
  issued: NodeTrace['issued'],
  sessionId: string | null,
  revocations: NodeTrace['revocations'],
  audits: NodeTrace['audits'],
]

const packTraces = (traces: readonly NodeTrace[]): TraceBatch => {
  let steps = ''
  const heads = traces.map((trace): Head => {
    const { exchangeId, verdict, mechanism, account, stepsJson, sessions, endedSessions, token, issued, sessionId, revocations, audits } =
      trace
    steps += stepsJson
    return [
      exchangeId,
      verdict,
      mechanism,
      account,
      stepsJson.length,
      sessions,
      endedSessions,
      token,
      issued,
      sessionId,
      revocations,
      audits,
    ]
  })
  return { heads: JSON.stringify(heads), steps }
}

/** The traces of a batch, in the order in which their exchanges ended. */
export const unpackTraces = ({ heads, steps }: TraceBatch): NodeTrace[] => {
  let end = 0
  return (JSON.parse(heads) as Head[]).map((head) => {
    const [exchangeId, verdict, mechanism, account, stepsLength, sessions, endedSessions, token, issued, sessionId, revocations, audits] =
      head
    end += stepsLength
    const stepsJson = steps.slice(end - stepsLength, end)
    return { exchangeId, verdict, mechanism, account, stepsJson, sessions, endedSessions, token, issued, sessionId, revocations, audits }
  })
}

/** How long traces are gathered under load, milliseconds: to wake the other thread costs more than a trace. */
const GATHER_MS = 4

/** Posts the traces of a node: at once when one exchange ends alone, gathered when several end in one turn of the event loop. */
export class TraceOutbox {
  readonly #post: (batch: TraceBatch) => void
  #traces: NodeTrace[] = []

  constructor(post: (batch: TraceBatch) => void) {
    this.#post = post
  }

  add(trace: NodeTrace): void {
    if (this.#traces.push(trace) === 1) setImmediate(() => this.#endTurn())
  }

  /** Posts what waits. */
  flush(): void {
    if (this.#traces.length === 0) return
    const traces = this.#traces
    this.#traces = []
    this.#post(packTraces(traces))
  }

  #endTurn(): void {
    if (this.#traces.length === 1) this.flush()
    else setTimeout(() => this.flush(), GATHER_MS)
  }
}
