import type Database from 'better-sqlite3'
import { type RecordToSave, type StoredRecord, TOUCH_ORDER_MS } from '../../storage/session-records.ts'
import { IS_LIVE, SESSION_COLUMNS, type StoredSession, UNLIST } from '../../storage/session-rows.ts'
import type { SessionKey } from '../../storage/sid-key.ts'

/** What a save writes; the table's own statements know whether the session came out of it. */
export type SavedSession = Omit<RecordToSave, 'isKnown'>

/** The statements of {@link SessionTable} by purpose, as shown in the trace. */
export const SESSION_SQL = {
  find: `SELECT account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, expired_at, node, device, data, version FROM sessions WHERE key = ? AND hash = ?`,
  findLive: `SELECT data FROM sessions WHERE key = ? AND hash = ? AND ${IS_LIVE}`,
  isThere: 'SELECT 1 FROM sessions WHERE key = ? AND hash = ? AND expired_at IS NULL',
  // The account's index is only rewritten when the account changes: that is the other statement.
  update: `UPDATE sessions SET data = ?, last_seen_at = ?, idle_expires_at = ?, version = version + 1
    WHERE key = ? AND hash = ? AND account IS ? AND device IS ? AND ${IS_LIVE} RETURNING version`,
  updateOwner: `UPDATE sessions SET account = ?, device = ?, data = ?, last_seen_at = ?, idle_expires_at = ?, version = version + 1
    WHERE key = ? AND hash = ? AND ${IS_LIVE} RETURNING version`,
  insert: `INSERT INTO sessions (key, hash, account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, node, device, data)
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM ended_sessions WHERE key = ?)
    ON CONFLICT (key) DO UPDATE SET data = excluded.data, last_seen_at = excluded.last_seen_at, idle_expires_at = excluded.idle_expires_at,
      version = version + 1
    WHERE hash = excluded.hash AND account IS excluded.account AND device IS excluded.device
      AND expired_at IS NULL AND idle_expires_at > excluded.last_seen_at AND absolute_expires_at > excluded.last_seen_at
    RETURNING version`,
  touch: `UPDATE sessions SET last_seen_at = ?, idle_expires_at = ? WHERE key = ? AND hash = ?
    AND NOT (last_seen_at > ? AND last_seen_at <= ?) AND ${IS_LIVE}`,
  bury: 'INSERT OR REPLACE INTO ended_sessions SELECT key, hash, ? FROM sessions WHERE key = ? AND hash = ?',
  destroy: 'DELETE FROM sessions WHERE key = ? AND hash = ?',
  unlist: UNLIST,
  clear: 'DELETE FROM sessions',
  count: `SELECT count(*) AS count FROM sessions WHERE ${IS_LIVE}`,
  all: `SELECT ${SESSION_COLUMNS}, data, version FROM sessions WHERE ${IS_LIVE} ORDER BY key`,
} as const

/** A save that answers the version. Only `all` will do: `get` ends the statement at its first row and tells nobody when that commit fails. */
type Saving = Database.Statement<unknown[], number>

const prepareSaving = (database: Database.Database, sql: string): Saving => database.prepare<unknown[], number>(sql).pluck()

/** The table of sessions by the place of their raw id. Every method is one transaction. */
export class SessionTable {
  readonly #database: Database.Database
  readonly #find: Database.Statement<[bigint, string], Omit<StoredRecord, 'hash'>>
  readonly #findLive: Database.Statement<[bigint, string, number, number], string>
  readonly #isThere: Database.Statement<[bigint, string], number>
  readonly #update: Saving
  readonly #updateOwner: Saving
  readonly #insert: Saving
  readonly #touch: Database.Statement
  readonly #count: Database.Statement<[number, number], { count: number }>
  readonly #all: Database.Statement<[number, number], StoredRecord>
  readonly #destroyOne: (place: SessionKey) => boolean
  readonly #clearAll: () => void

  constructor(database: Database.Database) {
    this.#database = database
    this.#find = database.prepare(SESSION_SQL.find)
    this.#findLive = database.prepare<[bigint, string, number, number], string>(SESSION_SQL.findLive).pluck()
    this.#isThere = database.prepare<[bigint, string], number>(SESSION_SQL.isThere).pluck()
    this.#update = prepareSaving(database, SESSION_SQL.update)
    this.#updateOwner = prepareSaving(database, SESSION_SQL.updateOwner)
    this.#insert = prepareSaving(database, SESSION_SQL.insert)
    this.#touch = database.prepare(SESSION_SQL.touch)
    this.#count = database.prepare(SESSION_SQL.count)
    this.#all = database.prepare(SESSION_SQL.all)
    const bury = database.prepare(SESSION_SQL.bury)
    const unlist = database.prepare(SESSION_SQL.unlist)
    const destroy = database.prepare(SESSION_SQL.destroy)
    this.#destroyOne = database.transaction(({ key, id }: SessionKey) => {
      if (bury.run(Date.now(), key, id).changes === 0) return false
      unlist.run(key, id, key)
      return destroy.run(key, id).changes > 0
    }).immediate
    this.#clearAll = database.transaction(() => database.exec(`${SESSION_SQL.clear}; DELETE FROM account_sessions`)).immediate
  }

  /** The row, expired or not; undefined when there is none. */
  find({ key, id }: SessionKey): StoredRecord | undefined {
    const found = this.#find.get(key, id)
    return found && { ...found, hash: id }
  }

  /** The data of a row that is live at this lab time; undefined when there is none. */
  findLive({ key, id }: SessionKey, now: number): string | undefined {
    return this.#findLive.get(key, id, now, now)
  }

  /** False when the session has ended, whatever its limits say. */
  isThere({ key, id }: SessionKey): boolean {
    return this.#isThere.get(key, id) !== undefined
  }

  /** Saves a session that is known to have existed and answers its version; null when it has ended or expired since. */
  update({ key, id }: SessionKey, saved: SavedSession): number | null {
    const { account, device, data, now, idleExpiresAt } = saved
    return (
      this.#update.all(data, now, idleExpiresAt, key, id, account, device, now, now)[0] ??
      this.#updateOwner.all(account, device, data, now, idleExpiresAt, key, id, now, now)[0] ??
      null
    )
  }

  /** Saves a session that may be new and answers its version; null when its id has ended or expired before. */
  insertOrUpdate({ key, id }: SessionKey, saved: SavedSession): number | null {
    const { account, device, node, data, now, idleExpiresAt, absoluteExpiresAt } = saved
    return (
      this.#insert.all(key, id, account, now, now, idleExpiresAt, absoluteExpiresAt, node, device, data, key)[0] ??
      this.#updateOwner.all(account, device, data, now, idleExpiresAt, key, id, now, now)[0] ??
      null
    )
  }

  /** Writes many touches in one transaction. One of a session that has ended, expired or been seen later changes nothing. */
  touchAll(touches: Iterable<{ place: SessionKey; seenAt: number; idleExpiresAt: number }>): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const { place, seenAt, idleExpiresAt } of touches) {
        this.#touch.run(seenAt, idleExpiresAt, place.key, place.id, seenAt, seenAt + TOUCH_ORDER_MS, seenAt, seenAt)
      }
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Deletes the row and leaves a tombstone; false when there was none. */
  destroy(place: SessionKey): boolean {
    return this.#destroyOne(place)
  }

  clear(): void {
    this.#clearAll()
  }

  /** How many sessions are live at this lab time. */
  count(now: number): number {
    return this.#count.get(now, now)?.count ?? 0
  }

  /** The live sessions at this lab time. */
  all(now: number): StoredRecord[] {
    return this.#all.all(now, now)
  }
}

/** The row as a touch leaves it; unchanged when the touch came too late or too early for it. */
export function withTouch<T extends StoredSession>(stored: T, seenAt: number, idleExpiresAt: number): T {
  const isSeenLater = stored.last_seen_at > seenAt && stored.last_seen_at <= seenAt + TOUCH_ORDER_MS
  if (isSeenLater || stateAt(stored, seenAt) !== 'live') return stored
  return { ...stored, last_seen_at: seenAt, idle_expires_at: idleExpiresAt }
}

/** Whether a row is live at a lab time, and by which limit it is not (OWASP ASVS 5 V7.3.1 and V7.3.2). */
export function stateAt(stored: StoredSession, now: number): 'live' | 'idle-expired' | 'absolute-expired' {
  if (stored.absolute_expires_at <= now) return 'absolute-expired'
  if (stored.expired_at !== null || stored.idle_expires_at <= now) return 'idle-expired'
  return 'live'
}
