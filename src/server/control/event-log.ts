import type { LabChange, LabEvent } from '../../contract/events.ts'

/** How many events a client may be behind before it has to read the whole state again. */
export const EVENT_CAPACITY = 20_000
/** Changes within this many milliseconds of real time leave together. */
const BATCH_MS = 16
/** Of how many ended sessions is remembered that they are. */
const KEPT_ENDED = 1000

/** What makes a change replace an earlier one of the same batch; null for changes that all count. */
function subject(change: LabChange): string | null {
  switch (change.type) {
    case 'session':
      return `session ${change.session.id}`
    case 'session-removed':
      return `session ${change.id}`
    case 'node':
      return `node ${change.node.id}`
    case 'client':
      return `client ${change.client.id}`
    case 'revocation':
      return `revocation ${change.revocation.id}`
    case 'client-removed':
      return `client ${change.id}`
    case 'clock':
    case 'recording':
    case 'traffic-trimmed':
      return change.type
    default:
      return null
  }
}

/** Keeps only the last change of each subject, in order. */
function coalesce(changes: LabChange[]): LabChange[] {
  const last = new Map<string, LabChange>()
  for (const change of changes) {
    const key = subject(change)
    if (key !== null) last.set(key, change)
  }
  return changes.filter((change) => {
    const key = subject(change)
    return key === null || last.get(key) === change
  })
}

/** The lab's changes, numbered without gaps, the newest {@link EVENT_CAPACITY} kept as server-sent events. */
export class EventLog {
  readonly #capacity: number
  readonly #ring: string[]
  readonly #listeners = new Set<() => void>()
  readonly #watchers = new Set<(change: LabChange) => void>()
  readonly #ended = new Set<string>()
  #pending: LabChange[] = []
  #timer: NodeJS.Timeout | undefined
  #seq = 0

  constructor(capacity = EVENT_CAPACITY) {
    this.#capacity = capacity
    this.#ring = new Array<string>(capacity)
  }

  /** Number of the newest event; changes that still wait for their batch are numbered first. */
  get seq(): number {
    this.flush()
    return this.#seq
  }

  /** Number of the newest event that is already numbered. */
  get numbered(): number {
    return this.#seq
  }

  publish(change: LabChange): void {
    if (change.type === 'session-removed') this.#noteEnded(change.id)
    // Nodes tell of a use a moment later than of an end: a session that has ended does not come back for it.
    else if (change.type === 'session' && this.#ended.has(change.session.id)) return
    this.#pending.push(change)
    for (const watch of this.#watchers) watch(change)
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  /** Sessions that have ended may be there again: the lab was put back. */
  forgetEnded(): void {
    this.#ended.clear()
  }

  #noteEnded(id: string): void {
    this.#ended.add(id)
    for (const oldest of this.#ended) {
      if (this.#ended.size <= KEPT_ENDED) break
      this.#ended.delete(oldest)
    }
  }

  /** Numbers what waits and tells the listeners once. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#pending.length === 0) return
    const batch = coalesce(this.#pending)
    this.#pending = []
    for (const change of batch) this.#append(change)
    for (const listener of this.#listeners) listener()
  }

  /** Whether every event after `seq` is still here; false also for a number that this lab never gave. */
  reaches(seq: number): boolean {
    return seq <= this.#seq && seq >= this.#seq - this.#capacity
  }

  /** Up to `limit` messages after `seq`, ready for the wire. Only for a `seq` that {@link reaches}. */
  after(seq: number, limit: number): { text: string; seq: number } {
    const end = Math.min(this.#seq, seq + limit)
    let text = ''
    for (let number = seq + 1; number <= end; number++) text += this.#ring[number % this.#capacity]
    return { text, seq: end }
  }

  /** @returns how to stop listening */
  onNumbered(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called with each change at once, before it is numbered. @returns how to stop */
  onPublished(watch: (change: LabChange) => void): () => void {
    this.#watchers.add(watch)
    return () => this.#watchers.delete(watch)
  }

  #append(change: LabChange): void {
    const event: LabEvent = { ...change, seq: ++this.#seq }
    this.#ring[event.seq % this.#capacity] = message(event)
  }
}

/** One event as a server-sent event (WHATWG HTML, 9.2). */
export const message = (event: LabEvent): string => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`
