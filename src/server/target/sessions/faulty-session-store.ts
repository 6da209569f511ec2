import { setTimeout as wait } from 'node:timers/promises'
import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import { LabError } from '../../errors.ts'
import type { RefreshStore } from '../../storage/refresh-store.ts'
import type { RevocationRecords } from '../../storage/revocation-records.ts'
import type { AppSessionDirectory } from '../../storage/session-directory.ts'
import type { Soon } from '../../storage/session-records.ts'
import type { SessionStorage } from '../session-storage.ts'

/** What is wrong with a store on purpose; read anew at every use. */
export interface StoreFaults {
  /** Waited before every use, milliseconds of real time. */
  readonly latencyMs: number
  /** Every use fails. */
  readonly isOut: boolean
}

/** How often a store was used. */
export interface StoreCounts {
  storeReads: number
  storeWrites: number
  /** Look-ups that asked whether an access token has been revoked. */
  revocationReads: number
}

const OUT = 'The session store is out, on purpose: switch the outage off to use it again.'

/** Where a node's uses of its session store are counted, held back and made to fail. */
export class StoreGate {
  readonly #faults: StoreFaults
  readonly #counts: StoreCounts

  /** @param counts are counted up */
  constructor(faults: StoreFaults, counts: StoreCounts) {
    this.#faults = faults
    this.#counts = counts
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

  /** The same for uses that may be answered at once. @param use null when it is not counted @throws LabError `store-unavailable` */
  soon<T>(use: keyof StoreCounts | null, work: () => Soon<T>): Soon<T> {
    if (use) this.#counts[use] += 1
    const { latencyMs } = this.#faults
    const pass = (): Soon<T> => {
      const outage = this.#outage()
      if (outage) throw outage
      return work()
    }
    return latencyMs > 0 ? wait(latencyMs).then(pass) : pass()
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
    this.#gate.pass('storeReads', (error) => (error ? done(error) : this.#store.get(sid, done)))
  }

  override set(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    this.#gate.pass('storeWrites', (error) => (error ? done(error) : this.#store.set(sid, data, done)))
  }

  override touch(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    this.#gate.pass('storeWrites', (error) => (error ? done(error) : this.#store.touch(sid, data, done)))
  }

  override destroy(sid: string, done: SimpleCallback = ignore): void {
    this.#gate.pass('storeWrites', (error) => (error ? done(error) : this.#store.destroy(sid, done)))
  }

  override all(done: Done<SessionData[] | { [sid: string]: SessionData }>): void {
    this.#gate.pass('storeReads', (error) => (error ? done(error) : this.#store.all(done)))
  }

  override length(done: (error: unknown, count?: number) => void): void {
    this.#gate.pass('storeReads', (error) => (error ? done(error) : this.#store.length(done)))
  }

  override clear(done: SimpleCallback = ignore): void {
    this.#gate.pass('storeWrites', (error) => (error ? done(error) : this.#store.clear(done)))
  }

  override createSession(request: Request, data: SessionData): session.Session & SessionData {
    return this.#store.createSession(request, data)
  }
}

/** The directory that a node's routes use, behind the same gate. */
export const gatedDirectory = (directory: AppSessionDirectory, gate: StoreGate): AppSessionDirectory => ({
  list: (filter) => gate.run('storeReads', () => directory.list(filter)),
  find: (id) => gate.run('storeReads', () => directory.find(id)),
  end: (id) => gate.run('storeWrites', () => directory.end(id)),
  endForAccount: (account) => gate.run('storeWrites', () => directory.endForAccount(account)),
  endForAccountWith: (account, write) => gate.run('storeWrites', () => directory.endForAccountWith(account, write)),
  expireNow: (id) => gate.run('storeWrites', () => directory.expireNow(id)),
  count: () => gate.run('storeReads', () => directory.count()),
  clear: () => gate.run('storeWrites', () => directory.clear()),
})

/** Refresh tokens live where sessions do: they are out of reach along with them. What shares a transaction of the app's database does not pass. */
export const gatedRefreshStore = (store: RefreshStore, gate: StoreGate): RefreshStore => ({
  statements: store.statements,
  endForAccountNow: store.endForAccountNow,
  begin: (token, family, now) => gate.run('storeWrites', () => store.begin(token, family, now)),
  find: (token) => gate.run('storeReads', () => store.find(token)),
  rotate: (use) => gate.run('storeWrites', () => store.rotate(use)),
  end: (family, reason, now) => gate.run('storeWrites', () => store.end(family, reason, now)),
  endForAccount: (account, reason, now) => gate.run('storeWrites', () => store.endForAccount(account, reason, now)),
  list: (filter, now) => gate.run('storeReads', () => store.list(filter, now)),
  clear: () => gate.run('storeWrites', () => store.clear()),
})

/** What ended early lives where sessions do, and is out of reach along with them: then no token that would have to be looked up is let in. */
export const gatedRevocations = (records: RevocationRecords, gate: StoreGate): RevocationRecords => ({
  store: records.store,
  statements: records.statements,
  findDenied: (jti, sid) => gate.soon('revocationReads', () => records.findDenied(jti, sid)),
  deny: (entries, now) => gate.soon(null, () => records.deny(entries, now)),
  findMark: (account) => gate.soon('revocationReads', () => records.findMark(account)),
  setNotBefore: (account, at) => gate.soon(null, () => records.setNotBefore(account, at)),
  countUp: (account, at) => gate.soon(null, () => records.countUp(account, at)),
  listDenied: (filter) => gate.soon(null, () => records.listDenied(filter)),
  listMarks: (filter) => gate.soon(null, () => records.listMarks(filter)),
  counts: () => gate.soon(null, () => records.counts()),
  clear: () => gate.soon(null, () => records.clear()),
})

/** A node's session storage behind the gate. What waits to be written, and how many there are, is no use of the store. */
export const gatedStorage = <S extends SessionStorage & Pick<Required<SessionStorage>, 'directory' | 'refresh' | 'revocations'>>(
  storage: S,
  gate: StoreGate,
): S => ({
  ...storage,
  store: new FaultySessionStore(storage.store as WholeStore, gate),
  directory: gatedDirectory(storage.directory, gate),
  refresh: gatedRefreshStore(storage.refresh, gate),
  revocations: gatedRevocations(storage.revocations, gate),
  look: (sid: string) => gate.run('storeReads', () => storage.look(sid)),
})

const ignore = (): void => undefined
