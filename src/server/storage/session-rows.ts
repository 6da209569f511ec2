import type Database from 'better-sqlite3'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Clock } from '../clock.ts'
import { placeOfId } from './sid-key.ts'

/** A row of the table without the session's data, as SQLite returns it. */
export interface StoredSession {
  hash: string
  account: string | null
  created_at: number
  last_seen_at: number
  idle_expires_at: number
  absolute_expires_at: number
  expired_at: number | null
  node: string | null
  device: string | null
}

/** The columns of {@link StoredSession}. */
export const SESSION_COLUMNS = 'hash, account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, expired_at, node, device'

/** SQL condition of a session that has not expired; takes the lab time twice. */
export const IS_LIVE = 'expired_at IS NULL AND idle_expires_at > ? AND absolute_expires_at > ?'

/** SQL condition of an account's sessions, by the hand-kept index; takes the account twice. */
const IS_OF_ACCOUNT = 'key IN (SELECT key FROM account_sessions WHERE account = ?) AND account = ?'

/** SQL that takes a session off its account's list, while its row is still there; takes the key, the id and the key. */
export const UNLIST = 'DELETE FROM account_sessions WHERE account = (SELECT account FROM sessions WHERE key = ? AND hash = ?) AND key = ?'

/** The row in the words of the contract. */
export const toSessionRow = (stored: StoredSession): SessionRow => ({
  id: stored.hash,
  account: stored.account,
  createdAt: stored.created_at,
  lastSeenAt: stored.last_seen_at,
  idleExpiresAt: stored.idle_expires_at,
  absoluteExpiresAt: stored.absolute_expires_at,
  node: stored.node,
  device: stored.device,
})

/** Statements that a trace shows as evidence: the very text that is prepared. */
export const SESSION_SQL = {
  listOfAccount: `SELECT ${SESSION_COLUMNS} FROM sessions WHERE ${IS_OF_ACCOUNT} AND ${IS_LIVE} ORDER BY created_at DESC, key LIMIT ?`,
  endAll: `DELETE FROM sessions WHERE ${IS_OF_ACCOUNT} RETURNING hash`,
} as const

function prepare(database: Database.Database) {
  return {
    list: database.prepare<unknown[], StoredSession>(
      `SELECT ${SESSION_COLUMNS} FROM sessions WHERE ${IS_LIVE} ORDER BY created_at DESC, key LIMIT ?`,
    ),
    listOfAccount: database.prepare<unknown[], StoredSession>(SESSION_SQL.listOfAccount),
    find: database.prepare<unknown[], StoredSession>(`SELECT ${SESSION_COLUMNS} FROM sessions WHERE key = ? AND hash = ? AND ${IS_LIVE}`),
    bury: database.prepare('INSERT OR REPLACE INTO ended_sessions SELECT key, hash, ? FROM sessions WHERE key = ? AND hash = ?'),
    end: database.prepare('DELETE FROM sessions WHERE key = ? AND hash = ?'),
    buryAll: database.prepare(`INSERT OR REPLACE INTO ended_sessions SELECT key, hash, ? FROM sessions WHERE ${IS_OF_ACCOUNT}`),
    endAll: database.prepare<unknown[], { hash: string }>(SESSION_SQL.endAll),
    unlist: database.prepare(UNLIST),
    unlistAll: database.prepare('DELETE FROM account_sessions WHERE account = ?'),
    expire: database.prepare<unknown[], StoredSession>(
      `UPDATE sessions SET expired_at = ?, idle_expires_at = ? WHERE key = ? AND hash = ? AND ${IS_LIVE} RETURNING ${SESSION_COLUMNS}`,
    ),
    count: database.prepare<unknown[], { count: number }>(`SELECT count(*) AS count FROM sessions WHERE ${IS_LIVE}`),
  }
}

/** The sessions as an operator sees them: by public id, without their data. Expired ones are absent. Ids are SHA-256 in hexadecimal. */
export class SessionRows {
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof prepare>
  readonly #endOne: (key: bigint, id: string) => boolean
  readonly #endAll: (account: string) => string[]

  constructor(database: Database.Database, clock: Clock) {
    this.#clock = clock
    const sql = prepare(database)
    this.#sql = sql
    this.#endOne = database.transaction((key: bigint, id: string) => {
      sql.bury.run(Date.now(), key, id)
      sql.unlist.run(key, id, key)
      return sql.end.run(key, id).changes > 0
    }).immediate
    this.#endAll = database.transaction((account: string) => {
      sql.buryAll.run(Date.now(), account, account)
      const ended = sql.endAll.all(account, account).map((row) => row.hash)
      sql.unlistAll.run(account)
      return ended
    }).immediate
  }

  /** Live sessions, newest first. */
  list(filter: { account?: string; limit?: number } = {}): SessionRow[] {
    const now = this.#clock.nowMs()
    const limit = filter.limit ?? -1
    const rows =
      filter.account === undefined
        ? this.#sql.list.all(now, now, limit)
        : this.#sql.listOfAccount.all(filter.account, filter.account, now, now, limit)
    return rows.map(toSessionRow)
  }

  /** A live session; null when unknown or expired. */
  find(id: string): SessionRow | null {
    const place = placeOfId(id)
    if (!place) return null
    const now = this.#clock.nowMs()
    const stored = this.#sql.find.get(place.key, place.id, now, now)
    return stored ? toSessionRow(stored) : null
  }

  /** Ends a session, expired or not; false when there was none. */
  end(id: string): boolean {
    const place = placeOfId(id)
    return place !== null && this.#endOne(place.key, place.id)
  }

  /** Ends every session of an account and returns their ids. */
  endForAccount(name: string): string[] {
    return this.#endAll(name)
  }

  /** Lets the idle time-out of a live session pass now, for good; null when there is no such session. */
  expireNow(id: string): SessionRow | null {
    const place = placeOfId(id)
    if (!place) return null
    const now = this.#clock.nowMs()
    // Not `get`: that ends the statement at its first row and tells nobody when the commit fails.
    const stored = this.#sql.expire.all(now, now, place.key, place.id, now, now)[0]
    return stored ? toSessionRow(stored) : null
  }

  /** How many sessions are live. */
  count(): number {
    const now = this.#clock.nowMs()
    return this.#sql.count.get(now, now)?.count ?? 0
  }
}
