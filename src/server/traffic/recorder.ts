import { randomBytes } from 'node:crypto'
import type { LabChange } from '../../contract/events.ts'
import type { Exchange, ExchangeQuery, ExchangeSummary } from '../../contract/exchanges.ts'
import type { OperatorAction, Recording } from '../../contract/lab.ts'
import type { Step } from '../../contract/step.ts'
import { LabError } from '../errors.ts'
import { packBatch } from './batch.ts'
import { CompletedSummaries } from './completed-summaries.ts'
import { DEFAULT_LIMIT, matches } from './exchange-query.ts'
import type { KeptChanges, RecordKind } from './kept-records.ts'
import { type ExchangeStart, type OpenExchange, RecordedExchange, type SeenExchange, type TraceOfExchange } from './recorded-exchange.ts'
import type { Contents, FromWorker } from './recorder-messages.ts'
import { RecorderThread } from './recorder-thread.ts'

/** How long completed exchanges are gathered into one transaction, and an open one stays unannounced, milliseconds. */
const BATCH_MS = 16
/** How long an answered exchange waits for the node's steps, milliseconds. */
const TRACE_WAIT_MS = 1000
/** Actions that are kept. */
const KEPT_ACTIONS = 1000

/** How a recorder is started. */
export interface RecorderOptions {
  /** The lab's database, already migrated. */
  databaseFile: string
  /** Exchanges kept before the oldest leave. */
  capacity: number
  onChange(change: LabChange): void
  /** Called once when the database takes no more: from then on the newest traffic is kept in memory only. */
  onProblem?(message: string): void
}

/** Joins what the balancer saw with what the node did, and keeps it. */
export interface Recorder {
  begin(start: ExchangeStart): OpenExchange
  addTrace(trace: TraceOfExchange): void
  /** The node's steps will not come, and this step says why. */
  missTrace(exchangeId: string, step: Step): void
  /** What the balancer has seen of an exchange so far; null when it is complete, or none. */
  seen(exchangeId: string): SeenExchange | null
  /** Resolves when bytes and steps are joined, also while recording is off; rejects with LabError `not-found` for an unknown id. */
  whenComplete(id: string): Promise<ExchangeSummary>
  /** Open exchanges that were announced are among them. */
  summaries(query: ExchangeQuery): Promise<ExchangeSummary[]>
  /** Completed exchanges only. Those that have ended are waited for. */
  list(query: ExchangeQuery): Promise<Exchange[]>
  /** One that has ended is waited for; of one in flight, as much as is known now. */
  get(id: string): Promise<Exchange | null>
  recordAction(action: Omit<OperatorAction, 'id' | 'afterExchange'>): OperatorAction
  actions(): OperatorAction[]
  /** Forgets exchanges and actions; `seq` goes on. */
  clear(): Promise<void>
  /** Writes what the lab knows of credentials. */
  keep(kind: RecordKind, changes: KeptChanges): void
  /** JSON of what was kept, the oldest first. */
  kept(kind: RecordKind): Promise<string[]>
  /** Deletes all that was kept of credentials. */
  forgetKept(): Promise<void>
  /** Takes the traffic and what was kept of another database of the lab, laid out, in the place of this. @throws LabError `storage`; nothing has changed then */
  replace(from: string): Promise<void>
  setRecording(change: { on?: boolean; capacity?: number }): Recording
  recording(): Recording
  close(): Promise<void>
}

/** Part of every id: two runs never give the same. */
const newRun = (): string => randomBytes(3).toString('hex')

class ThreadedRecorder implements Recorder {
  #run = newRun()
  readonly #options: RecorderOptions
  readonly #open = new Map<string, RecordedExchange>()
  readonly #completed = new CompletedSummaries()
  #thread: RecorderThread | null = null
  #batch: { exchange: RecordedExchange; summary: ExchangeSummary }[] = []
  #actions: OperatorAction[] = []
  #timer: NodeJS.Timeout | null = null
  #lastSeq = 0
  #unrecorded = 0
  #actionCount = 0
  #stored = 0
  #unstored = 0
  #isOn = true
  #capacity: number

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#capacity = options.capacity
  }

  async start(): Promise<this> {
    const { databaseFile, capacity } = this.#options
    const { thread, ready } = await RecorderThread.start({ databaseFile, capacity }, (message) => this.#receive(message))
    this.#thread = thread
    this.#lastSeq = ready.lastSeq
    this.#stored = ready.count
    this.#actions = ready.actions
    return this
  }

  begin(start: ExchangeStart): OpenExchange {
    const seq = this.#isOn ? ++this.#lastSeq : Math.max(1, this.#lastSeq)
    const id = this.#isOn ? `${seq}-${this.#run}` : `unrecorded-${++this.#unrecorded}-${this.#run}`
    const exchange = new RecordedExchange(start, { id, seq, isKept: this.#isOn }, (ended) => {
      if (ended.isComplete) this.#complete(ended)
    })
    this.#open.set(id, exchange)
    this.#tickSoon()
    return exchange
  }

  addTrace(trace: TraceOfExchange): void {
    const exchange = this.#open.get(trace.exchangeId)
    if (exchange?.joinTrace(trace)) this.#complete(exchange)
  }

  missTrace(exchangeId: string, step: Step): void {
    const exchange = this.#open.get(exchangeId)
    if (exchange?.missTrace(step)) this.#complete(exchange)
  }

  seen(exchangeId: string): SeenExchange | null {
    return this.#open.get(exchangeId) ?? null
  }

  async whenComplete(id: string): Promise<ExchangeSummary> {
    const recent = this.#completed.get(id)
    if (recent) return recent
    if (this.#open.has(id)) return this.#completed.next(id)
    const stored = await this.get(id)
    if (!stored) throw new LabError('not-found', `There is no exchange ${id}.`)
    const { request, response, steps, ...summary } = stored
    return summary
  }

  async summaries(query: ExchangeQuery): Promise<ExchangeSummary[]> {
    const stored = (await this.#ask().ask({ kind: 'summaries', query })) as ExchangeSummary[]
    const storedSeqs = new Set(stored.map(({ seq }) => seq))
    const open = [...this.#open.values()]
      .filter((exchange) => exchange.isAnnounced && !storedSeqs.has(exchange.seq))
      .map((exchange) => exchange.summary())
      .filter((summary) => matches(summary, query))
    if (open.length === 0) return stored
    const all = [...stored, ...open].sort((a, b) => a.seq - b.seq)
    const limit = query.limit ?? DEFAULT_LIMIT
    return query.after === undefined ? all.slice(-limit) : all.slice(0, limit)
  }

  async list(query: ExchangeQuery): Promise<Exchange[]> {
    const ended = [...this.#open.values()].filter(({ endedAt, isKept }) => endedAt !== null && isKept)
    await Promise.all(ended.map(({ id }) => this.whenComplete(id)))
    return (await this.#ask().ask({ kind: 'list', query })) as Exchange[]
  }

  async get(id: string): Promise<Exchange | null> {
    const open = this.#open.get(id)
    if (open?.endedAt === null) return open.exchange()
    if (open) await this.whenComplete(id)
    const [found] = (await this.#ask().ask({ kind: 'get', id })) as Exchange[]
    return found ?? null
  }

  recordAction(action: Omit<OperatorAction, 'id' | 'afterExchange'>): OperatorAction {
    const recorded = { ...action, id: `action-${++this.#actionCount}-${this.#run}`, afterExchange: this.#lastSeq }
    this.#actions.push(recorded)
    if (this.#actions.length > KEPT_ACTIONS) this.#actions.shift()
    this.#thread?.post({ kind: 'action', action: recorded })
    this.#options.onChange({ type: 'action', action: recorded })
    return recorded
  }

  actions(): OperatorAction[] {
    return [...this.#actions]
  }

  async clear(): Promise<void> {
    this.#batch = []
    this.#actions = []
    this.#stored = 0
    this.#unstored = 0
    const cleared = this.#ask().ask({ kind: 'clear', lastSeq: this.#lastSeq })
    this.#options.onChange({ type: 'traffic-cleared' })
    await cleared
  }

  keep(kind: RecordKind, changes: KeptChanges): void {
    this.#thread?.post({ kind: 'keep', record: kind, changes })
  }

  async kept(kind: RecordKind): Promise<string[]> {
    return (await this.#ask().ask({ kind: 'kept', record: kind })) as string[]
  }

  async forgetKept(): Promise<void> {
    await this.#ask().ask({ kind: 'forget-kept' })
  }

  async replace(from: string): Promise<void> {
    const [contents] = (await this.#ask().ask({ kind: 'replace', from })) as Contents[]
    // What is under way belongs to the lab of before: it is told to whoever waits for it, and kept nowhere.
    for (const exchange of [...this.#open.values()]) {
      this.#open.delete(exchange.id)
      exchange.end()
      exchange.giveUpTrace()
      this.#completed.add(exchange.summary())
    }
    this.#batch = []
    this.#run = newRun()
    this.#lastSeq = contents?.lastSeq ?? 0
    this.#stored = contents?.count ?? 0
    this.#unstored = 0
    this.#actions = contents?.actions ?? []
  }

  setRecording(change: { on?: boolean; capacity?: number }): Recording {
    this.#isOn = change.on ?? this.#isOn
    if (change.capacity !== undefined) {
      this.#capacity = change.capacity
      this.#thread?.post({ kind: 'capacity', capacity: change.capacity })
    }
    this.#options.onChange({ type: 'recording', recording: this.recording() })
    return this.recording()
  }

  recording(): Recording {
    const count = Math.min(this.#capacity, this.#stored + this.#unstored + this.#batch.length)
    return { isOn: this.#isOn, capacity: this.#capacity, count }
  }

  async close(): Promise<void> {
    for (const exchange of this.#open.values()) {
      exchange.end()
      this.#giveUp(exchange)
    }
    if (this.#timer) clearTimeout(this.#timer)
    this.#flush()
    await this.#thread?.close()
    this.#thread = null
  }

  #giveUp(exchange: RecordedExchange): void {
    exchange.giveUpTrace()
    this.#complete(exchange)
  }

  #complete(exchange: RecordedExchange): void {
    if (!this.#open.delete(exchange.id)) return
    const summary = exchange.summary()
    this.#completed.add(summary)
    if (!exchange.isKept) return
    this.#batch.push({ exchange, summary })
    this.#tickSoon()
    this.#options.onChange({ type: 'exchange', exchange: summary })
  }

  /** The worker, after everything that is complete has been sent to it. */
  #ask(): RecorderThread {
    this.#flush()
    if (!this.#thread) throw new LabError('storage', 'The recorder is closed.')
    return this.#thread
  }

  #flush(): void {
    if (this.#batch.length === 0) return
    const batch = packBatch(this.#batch)
    this.#unstored += this.#batch.length
    this.#batch = []
    this.#thread?.post({ kind: 'insert', batch }, [batch.bodies.buffer as ArrayBuffer])
  }

  #tickSoon(): void {
    this.#timer ??= setTimeout(() => this.#tick(), BATCH_MS)
  }

  #tick(): void {
    this.#timer = null
    this.#flush()
    const now = performance.now()
    for (const exchange of this.#open.values()) {
      if (exchange.endedAt !== null) {
        if (now - exchange.endedAt > TRACE_WAIT_MS) this.#giveUp(exchange)
      } else if (!exchange.isAnnounced && exchange.isKept && now - exchange.begunAt >= BATCH_MS) {
        exchange.isAnnounced = true
        this.#options.onChange({ type: 'exchange-started', exchange: exchange.summary() })
      }
    }
    if (this.#open.size > 0 || this.#batch.length > 0) this.#tickSoon()
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'stored') {
      this.#stored = message.count
      this.#unstored = Math.max(0, this.#unstored - message.rows)
    } else if (message.kind === 'trimmed') {
      this.#stored = message.count
      this.#options.onChange({ type: 'traffic-trimmed', oldestSeq: message.oldestSeq })
    } else if (message.kind === 'problem') this.#options.onProblem?.(message.message)
  }
}

/** Starts the recorder and its worker. */
export const startRecorder = (options: RecorderOptions): Promise<Recorder> => new ThreadedRecorder(options).start()
