import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import { LabError } from '../../errors.ts'
import { after, isLive, type RecordToSave, type SessionRecords, type Soon, type StoredRecord } from '../../storage/session-records.ts'
import { toSessionRow } from '../../storage/session-rows.ts'
import { placeOfSid } from '../../storage/sid-key.ts'
import { recall, remember } from './known-sessions.ts'
import { parseSession, serializeSession, textOf } from './session-data.ts'
import { stateAt } from './session-table.ts'
import { type SessionLook, type SessionStoreOptions, savedChange } from './session-watch.ts'

/** What the store needs and whom it tells. */
export interface TimedSessionStoreOptions extends SessionStoreOptions {
  records: SessionRecords
}

type SimpleCallback = (error?: unknown) => void
type Done<T> = (error: unknown, result?: T) => void

/** Sessions purged at once; between two batches the event loop, and a shared server, have their turn. */
const PURGE_BATCH = 500

/**
 * Sessions in memory or in Redis, with the rules of the store in SQLite:
 *
 * - Only the SHA-256 of a raw id reaches the records. Limits are this store's, on the lab clock (OWASP ASVS 5 V7.3); `cookie.expires`, which
 *   express-session counts on the real clock, decides nothing.
 * - A session that has ended stays ended: a late save is answered without error and reported as `save-refused`.
 * - Every call is answered once: at once by records that answer at once, and with the error of records that cannot be reached.
 */
export class TimedSessionStore extends session.Store {
  readonly #options: TimedSessionStoreOptions
  readonly #records: SessionRecords
  readonly #purgeTimer: NodeJS.Timeout | undefined
  #lastPassAt: number

  constructor(options: TimedSessionStoreOptions) {
    super()
    this.#options = options
    this.#records = options.records
    this.#lastPassAt = options.clock.nowMs()
    const everyMs = (options.purgeEverySeconds ?? 600) * 1000
    if (everyMs > 0) this.#purgeTimer = setInterval(() => this.#purgePass(), everyMs).unref()
  }

  /** Answers null when unknown, expired, or when what is stored cannot be read as a session. */
  override get(sid: string, done: Done<SessionData | null>): void {
    const { id } = placeOfSid(sid)
    deliver(() => after(this.#records.find(id), (stored) => this.#read(sid, stored)), done)
  }

  /** Inserts or updates; what has ended or expired stays so, without an error. */
  override set(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    const json = serializeSession(data)
    if (json instanceof LabError) done(json)
    else deliver(() => this.#save(sid, data, json), answer(done))
  }

  /** Moves the idle time-out on. Never changes the session's data. */
  override touch(sid: string, _data: SessionData, done: SimpleCallback = ignore): void {
    const now = this.#options.clock.nowMs()
    const touch = { seenAt: now, idleExpiresAt: now + this.#options.idleSeconds * 1000 }
    const tell = (stored: Awaited<ReturnType<SessionRecords['touch']>>) => {
      if (stored) this.#options.onChange?.({ written: toSessionRow(stored) })
    }
    deliver(() => after(this.#records.touch(placeOfSid(sid).id, touch), tell), answer(done))
  }

  override destroy(sid: string, done: SimpleCallback = ignore): void {
    const { id } = placeOfSid(sid)
    const tell = (isGone: boolean) => {
      if (isGone) this.#options.onChange?.({ ended: id })
    }
    deliver(() => after(this.#records.end(id), tell), answer(done))
  }

  /** The data of all live sessions. An array, because raw ids are not stored. */
  override all(done: Done<SessionData[]>): void {
    const parse = (stored: StoredRecord[]) => stored.flatMap((one) => this.#parse(one) ?? [])
    deliver(() => after(this.#records.list(this.#options.clock.nowMs()), parse), done)
  }

  override length(done: Done<number>): void {
    deliver(() => this.#records.count(this.#options.clock.nowMs()), done)
  }

  /** Deletes all sessions; leaves no tombstones, but objects that came from here cannot bring theirs back. */
  override clear(done: SimpleCallback = ignore): void {
    deliver(() => this.#records.clear(), answer(done))
  }

  override createSession(request: Request, data: SessionData): session.Session & SessionData {
    const known = recall(data)
    const created = super.createSession(request, data)
    if (known) remember(created, known)
    return created
  }

  /** Why a session id is or is not accepted, without using the session. @throws LabError `store-unavailable`. */
  look(sid: string): Soon<SessionLook> {
    return after(this.#records.find(placeOfSid(sid).id), (stored) => this.#toLook(stored))
  }

  /** Nothing waits: every touch is written as it comes. */
  flush(): boolean {
    return true
  }

  /** Deletes sessions that expired at or before a lab time (now when absent), and answers how many. */
  async purge(before = this.#options.clock.nowMs()): Promise<number> {
    let purged = 0
    for (let batch = PURGE_BATCH; batch === PURGE_BATCH; purged += batch) batch = await this.#records.purge(before, PURGE_BATCH)
    return purged
  }

  /** Stops the timer. The records stay as they are. */
  close(): void {
    clearInterval(this.#purgeTimer)
  }

  #read(sid: string, stored: StoredRecord | undefined): SessionData | null {
    this.#options.onLook?.(this.#toLook(stored))
    if (!stored || !isLive(stored, this.#options.clock.nowMs())) return null
    const data = this.#parse(stored)
    if (data) this.#remember(sid, data, stored)
    return data
  }

  #save(sid: string, data: SessionData, json: string): Soon<void> {
    const { id } = placeOfSid(sid)
    const loaded = this.#loadedVersion(sid, data)
    return after(this.#records.save(id, this.#toRecord(data, json, loaded !== null)), (stored) => {
      if (!stored) {
        this.#options.onProblem?.({ code: 'save-refused', id })
        return
      }
      // From now on the object is known, so that a save after its session's end finds nothing.
      this.#remember(sid, data, stored)
      this.#options.onChange?.(savedChange(toSessionRow(stored), loaded, stored.version))
    })
  }

  #toRecord(data: SessionData, json: string, isKnown: boolean): RecordToSave {
    const { clock, idleSeconds, absoluteSeconds, nodeId } = this.#options
    const now = clock.nowMs()
    return {
      account: textOf(data, 'account'),
      device: textOf(data, 'device'),
      node: nodeId,
      data: json,
      now,
      idleExpiresAt: now + idleSeconds * 1000,
      absoluteExpiresAt: now + absoluteSeconds * 1000,
      isKnown,
    }
  }

  #remember(sid: string, data: SessionData, stored: StoredRecord): void {
    remember(data, { store: this, sid, place: placeOfSid(sid), stored, version: stored.version })
  }

  /** Null too for an object that came from another id, or another store: saved here it is a new session. */
  #loadedVersion(sid: string, data: SessionData): number | null {
    const known = recall(data)
    return known?.store === this && known.sid === sid ? known.version : null
  }

  #parse(stored: StoredRecord): SessionData | null {
    const data = parseSession(stored.data)
    if (!data) this.#options.onProblem?.({ code: 'corrupt-row', id: stored.hash })
    return data
  }

  #toLook(stored: StoredRecord | undefined): SessionLook {
    return stored ? { state: stateAt(stored, this.#options.clock.nowMs()), row: toSessionRow(stored) } : { state: 'unknown', row: null }
  }

  /** Purges what had expired by the pass before this one: what a jump of the lab clock expired stays, as expired, for one whole interval. */
  #purgePass(): void {
    const before = Math.min(this.#lastPassAt, this.#options.clock.nowMs())
    this.#lastPassAt = this.#options.clock.nowMs()
    // A purge that fails leaves sessions that are absent anyway; the next pass meets them again.
    this.purge(before).catch(ignore)
  }
}

const ignore = (): void => undefined

const answer =
  (done: SimpleCallback): Done<void> =>
  (error) =>
    error ? done(error) : done()

/** Answers once, and outside of what catches failures of the work: what the caller's callback throws is the caller's. */
function deliver<T>(work: () => Soon<T>, done: Done<T>): void {
  let result: Soon<T>
  try {
    result = work()
  } catch (error) {
    done(error)
    return
  }
  if (!(result instanceof Promise)) {
    done(null, result)
    return
  }
  result.then(
    (value) => done(null, value),
    (error: unknown) => done(error),
  )
}
