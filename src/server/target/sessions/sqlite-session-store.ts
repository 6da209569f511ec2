import type Database from 'better-sqlite3'
import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import { LabError } from '../../errors.ts'
import type { StoredRecord } from '../../storage/session-records.ts'
import { TOMBSTONE_MS } from '../../storage/session-records.ts'
import { type StoredSession, toSessionRow } from '../../storage/session-rows.ts'
import { placeOfSid, type SessionKey } from '../../storage/sid-key.ts'
import { type KnownSession, recall, remember } from './known-sessions.ts'
import { PendingTouches, type Touch } from './pending-touches.ts'
import { type Purged, purge } from './purge.ts'
import { parseSession, serializeSession, textOf } from './session-data.ts'
import { type SavedSession, SessionTable, stateAt, withTouch } from './session-table.ts'
import { type SessionLook, type SessionStoreOptions, savedChange } from './session-watch.ts'
import { asUnavailable, type Done, WriteQueue } from './write-queue.ts'

/** What the store needs and whom it tells. */
export interface SqliteSessionStoreOptions extends SessionStoreOptions {
  /** Opened by `openDatabase(file, 'target')` or connected by `connectDatabase`. */
  database: Database.Database
}

type SimpleCallback = (error?: unknown) => void

/**
 * Sessions in one SQLite table, shared by every node that opens the same file (WAL). Expired rows are absent.
 *
 * - `set` and `destroy` are durable before they answer: in WAL with `synchronous = NORMAL` a commit survives the death of the process, SIGKILL
 *   included (not a power failure). A killed node may lose its last second of touches, never a save or a logout.
 * - Callbacks are answered synchronously whenever the database is free: express-session then ends the response in one socket write.
 * - A session that has ended stays ended. An object that came out of the table is only ever UPDATEd, so a late save finds nothing; any other
 *   object meets the tombstone that `destroy` left for all nodes. Such a save is answered without error and reported as `save-refused`.
 * - Limits are this store's, on the lab clock (OWASP ASVS 5 V7.3); `cookie.expires`, which express-session counts on the real clock, decides nothing.
 */
export class SqliteSessionStore extends session.Store {
  readonly #options: SqliteSessionStoreOptions
  readonly #table: SessionTable
  readonly #queue: WriteQueue
  readonly #touches: PendingTouches
  readonly #closing = new AbortController()
  readonly #purgeTimer: NodeJS.Timeout | undefined
  /** Someone wants the rows, not only the sessions. */
  readonly #isWatched: boolean
  #lastPassAt: number

  constructor(options: SqliteSessionStoreOptions) {
    super()
    this.#options = options
    this.#isWatched = options.onLook !== undefined || options.onChange !== undefined
    this.#table = new SessionTable(options.database)
    this.#touches = new PendingTouches(options.database, this.#table)
    this.#queue = new WriteQueue(options.database)
    this.#lastPassAt = options.clock.nowMs()
    const everyMs = (options.purgeEverySeconds ?? 600) * 1000
    if (everyMs > 0) this.#purgeTimer = setInterval(() => this.#purgePass(), everyMs).unref()
  }

  /** Answers null when unknown, expired, or when the row cannot be read as a session. */
  override get(sid: string, done: (error: unknown, data?: SessionData | null) => void): void {
    this.#queue.run(() => this.#read(sid), done, false)
  }

  /** Inserts or updates; what has ended or expired stays so, without an error. */
  override set(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    const json = serializeSession(data)
    if (json instanceof LabError) done(json)
    else this.#queue.run(() => this.#write(sid, data, json), answer(done))
  }

  /** Remembers that the session was used: written within a second, seen at once by readers of this store. Never changes its data. */
  override touch(sid: string, data: SessionData, done: SimpleCallback = ignore): void {
    const now = this.#options.clock.nowMs()
    const known = this.#knownAs(sid, data)
    const touch = { place: known?.place ?? placeOfSid(sid), seenAt: now, idleExpiresAt: now + this.#options.idleSeconds * 1000 }
    this.#touches.add(sid, touch)
    if (known && this.#options.onChange) this.#queue.run(() => this.#tellTouch(known, touch), answer(done), false)
    else done()
  }

  override destroy(sid: string, done: SimpleCallback = ignore): void {
    const place = placeOfSid(sid)
    this.#queue.run(() => {
      this.#touches.forget(sid)
      if (this.#table.destroy(place)) this.#options.onChange?.({ ended: place.id })
    }, answer(done))
  }

  /** The data of all live sessions. An array, because raw ids are not in the database. */
  override all(done: (error: unknown, sessions?: SessionData[] | null) => void): void {
    this.#queue.run(() => {
      this.#touches.write()
      return this.#table.all(this.#options.clock.nowMs()).flatMap((stored) => this.#parse(stored.data, stored.hash) ?? [])
    }, done)
  }

  override length(done: (error: unknown, length?: number) => void): void {
    this.#queue.run(() => {
      this.#touches.write()
      return this.#table.count(this.#options.clock.nowMs())
    }, done)
  }

  /** Deletes all sessions; leaves no tombstones, but objects that came from the table cannot bring theirs back. */
  override clear(done: SimpleCallback = ignore): void {
    this.#queue.run(() => {
      this.#touches.clear()
      this.#table.clear()
    }, answer(done))
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const known = recall(data)
    const created = super.createSession(req, data)
    if (known) remember(created, known)
    return created
  }

  /** Why a session id is or is not accepted, without using the session. @throws LabError `store-unavailable`. */
  look(sid: string): SessionLook {
    try {
      const stored = this.#find(sid, placeOfSid(sid))
      return toLook(stored, this.#options.clock.nowMs())
    } catch (error) {
      throw asUnavailable(error)
    }
  }

  /** Writes the touches that wait; false when the database is locked, then they keep waiting. */
  flush(): boolean {
    try {
      this.#touches.write()
      return true
    } catch {
      return false
    }
  }

  /** Deletes sessions that expired at or before a lab time (now when absent), in batches that leave the event loop its turn. */
  purge(before = this.#options.clock.nowMs()): Promise<Purged> {
    this.flush()
    const tombstonesBefore = Date.now() - TOMBSTONE_MS
    return purge(this.#options.database, { before, tombstonesBefore, signal: this.#closing.signal })
  }

  /** Writes what waits and stops all timers. The database stays open: it is not this store's. */
  close(): void {
    clearInterval(this.#purgeTimer)
    this.#closing.abort()
    this.#queue.close()
    if (this.#options.database.open) this.flush()
    this.#touches.close()
  }

  #read(sid: string): SessionData | null {
    const place = placeOfSid(sid)
    const now = this.#options.clock.nowMs()
    // A row of ten columns costs half as much again to read as its data alone: only for those who watch, or when a touch decides.
    if (this.#isWatched || this.#touches.has(sid)) return this.#readRow(sid, place, now)
    const json = this.#table.findLive(place, now)
    return json === undefined ? null : this.#known(json, { store: this, sid, place, stored: {}, version: null })
  }

  #readRow(sid: string, place: SessionKey, now: number): SessionData | null {
    const stored = this.#find(sid, place)
    this.#options.onLook?.(toLook(stored, now))
    if (!stored || stateAt(stored, now) !== 'live') return null
    return this.#known(stored.data, { store: this, sid, place, stored, version: stored.version })
  }

  #find(sid: string, place: SessionKey): StoredRecord | undefined {
    const stored = this.#table.find(place)
    return stored && this.#touches.over(sid, stored)
  }

  /** Undefined too for an object that came from another id, or another store: saved here it is a new session. */
  #knownAs(sid: string, data: SessionData): KnownSession | undefined {
    const known = recall(data)
    return known?.store === this && known.sid === sid ? known : undefined
  }

  #parse(json: string, id: string): SessionData | null {
    const data = parseSession(json)
    if (!data) this.#options.onProblem?.({ code: 'corrupt-row', id })
    return data
  }

  #known(json: string, known: KnownSession): SessionData | null {
    const data = this.#parse(json, known.place.id)
    if (data) remember(data, known)
    return data
  }

  #write(sid: string, data: SessionData, json: string): void {
    const known = this.#knownAs(sid, data)
    const place = known?.place ?? placeOfSid(sid)
    const saved = this.#toSaved(data, json)
    const save = () => (known ? this.#table.update(place, saved) : this.#table.insertOrUpdate(place, saved))
    let version = save()
    if (version === null && this.#touches.has(sid)) {
      // By the table alone a session may look idle that a touch in memory keeps alive.
      this.#touches.write()
      version = save()
    }
    this.#touches.forget(sid)
    if (version === null) this.#options.onProblem?.({ code: 'save-refused', id: place.id })
    else this.#tellWritten(data, saved, { ...(known ?? { store: this, sid, place, stored: {} }), version }, known?.version ?? null)
  }

  /** From now on the object is known, so that a save after its session's end finds nothing. */
  #tellWritten(data: SessionData, saved: SavedSession, now: KnownSession & { version: number }, loadedVersion: number | null): void {
    const { onChange } = this.#options
    const row = now.stored.hash === undefined ? onChange && this.#storedAfterInsert(now.place, saved) : now.stored
    const stored = row && { ...row, ...asStored(saved) }
    remember(data, { ...now, stored: stored ?? {} })
    if (stored) onChange?.(savedChange(toSessionRow(stored), loadedVersion, now.version))
  }

  #toSaved(data: SessionData, json: string): SavedSession {
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
    }
  }

  /** `created_at` and what follows from it may be older than this save: only the table knows. */
  #storedAfterInsert(place: SessionKey, saved: SavedSession): StoredSession {
    const fresh = {
      hash: place.id,
      created_at: saved.now,
      absolute_expires_at: saved.absoluteExpiresAt,
      expired_at: null,
      node: saved.node,
    }
    return this.#table.find(place) ?? { ...fresh, ...asStored(saved) }
  }

  /** Looks again first: another request, or another node, may have ended the session since this one read it. */
  #tellTouch({ place, stored }: KnownSession, touch: Touch): void {
    const { onChange } = this.#options
    if (!onChange || stored.hash === undefined || !this.#table.isThere(place)) return
    const touched = withTouch(stored, touch.seenAt, touch.idleExpiresAt)
    if (touched !== stored) onChange({ written: toSessionRow(touched) })
  }

  /**
   * Purges what had expired by the pass before this one: a session that a jump of the lab clock expired stays, as expired, for at least one
   * whole interval of real time.
   */
  #purgePass(): void {
    const before = Math.min(this.#lastPassAt, this.#options.clock.nowMs())
    this.#lastPassAt = this.#options.clock.nowMs()
    // A purge that fails leaves rows that are absent anyway; the next pass meets them again.
    this.purge(before).catch(ignore)
  }
}

const ignore = (): void => undefined

const answer =
  (done: SimpleCallback): Done<void> =>
  (error) =>
    error ? done(error) : done()

const asStored = (saved: SavedSession) => ({
  account: saved.account,
  device: saved.device,
  last_seen_at: saved.now,
  idle_expires_at: saved.idleExpiresAt,
})

const toLook = (stored: StoredSession | undefined, now: number): SessionLook =>
  stored ? { state: stateAt(stored, now), row: toSessionRow(stored) } : { state: 'unknown', row: null }
