import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import { LabError } from '../../errors.ts'
import type { SessionDirectory } from '../../storage/session-directory.ts'

/** What is wrong with a store on purpose; read anew at every use. */
export interface StoreFaults {
  /** Waited before every use, milliseconds of real time. */
  readonly latencyMs: number
  /** Every use fails. */
  readonly isOut: boolean
}

/** How often a store was used. */
export interface StoreCounts {
  reads: number
  writes: number
}

const OUT = 'The session store is out, on purpose: switch the outage off to use it again.'

/** Where a node's uses of its session store are counted, held back and made to fail. */
export class StoreGate {
  readonly #faults: StoreFaults
  readonly #counts: StoreCounts = { reads: 0, writes: 0 }

  constructor(faults: StoreFaults) {
    this.#faults = faults
  }

  get counts(): Readonly<StoreCounts> {
    return this.#counts
  }

  resetCounts(): void {
    Object.assign(this.#counts, { reads: 0, writes: 0 })
  }

  /** Goes on at once unless there is latency; with an error while the store is out. */
  pass(use: keyof StoreCounts, next: (error: LabError | null) => void): void {
    this.#counts[use] += 1
    const { latencyMs } = this.#faults
    // Looked at again after the wait: an outage that began meanwhile meets this use too.
    if (latencyMs > 0) setTimeout(() => next(this.#outage()), latencyMs)
    else next(this.#outage())
  }

  /** The same for uses that are promises anyway. @throws LabError `store-unavailable` */
  async run<T>(use: keyof StoreCounts, work: () => T): Promise<Awaited<T>> {
    await new Promise<void>((resolve, reject) => this.pass(use, (error) => (error ? reject(error) : resolve())))
    return await work()
  }

  #outage(): LabError | null {
    return this.#faults.isOut ? new LabError('store-unavailable', OUT) : null
  }
}

type SimpleCallback = (error?: unknown) => void
type Done<T> = (error: unknown, result?: T | null) => void
/** A store with all that express-session may ask of it. */
export type WholeStore = session.Store & Required<Pick<session.Store, 'all' | 'length' | 'clear' | 'touch'>>

/** Any session store behind a gate. Without latency it stays as synchronous as the store behind it. */
export class FaultySessionStore extends session.Store {
  readonly #store: WholeStore
  readonly #gate: StoreGate

  constructor(store: WholeStore, gate: StoreGate) {
    super()
    this.#store = store
    this.#gate = gate
  }

  override get(sid: string, done: Done<SessionData>): void {
    this.#gate.pass('reads', (error) => (error ? done(error) : this.#store.get(sid, done)))
  }

  override set(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    this.#gate.pass('writes', (error) => (error ? done(error) : this.#store.set(sid, data, done)))
  }

  override touch(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    this.#gate.pass('writes', (error) => (error ? done(error) : this.#store.touch(sid, data, done)))
  }

  override destroy(sid: string, done: SimpleCallback = ignore): void {
    this.#gate.pass('writes', (error) => (error ? done(error) : this.#store.destroy(sid, done)))
  }

  override all(done: Done<SessionData[] | { [sid: string]: SessionData }>): void {
    this.#gate.pass('reads', (error) => (error ? done(error) : this.#store.all(done)))
  }

  override length(done: (error: unknown, count?: number) => void): void {
    this.#gate.pass('reads', (error) => (error ? done(error) : this.#store.length(done)))
  }

  override clear(done: SimpleCallback = ignore): void {
    this.#gate.pass('writes', (error) => (error ? done(error) : this.#store.clear(done)))
  }

  override createSession(request: Request, data: SessionData): session.Session & SessionData {
    return this.#store.createSession(request, data)
  }
}

/** The directory that a node's routes use, behind the same gate. */
export const gatedDirectory = (directory: SessionDirectory, gate: StoreGate): SessionDirectory => ({
  list: (filter) => gate.run('reads', () => directory.list(filter)),
  find: (id) => gate.run('reads', () => directory.find(id)),
  end: (id) => gate.run('writes', () => directory.end(id)),
  endForAccount: (account) => gate.run('writes', () => directory.endForAccount(account)),
  expireNow: (id) => gate.run('writes', () => directory.expireNow(id)),
  count: () => gate.run('reads', () => directory.count()),
  clear: () => gate.run('writes', () => directory.clear()),
})

const ignore = (): void => undefined
