import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'
import { type FamilyFilter, prepareFamilies } from './refresh-families.ts'
import { placeOfId, type SessionKey } from './sid-key.ts'

/** A refresh token with the family it belongs to. Times are lab time, Unix milliseconds; ids are SHA-256 in hexadecimal. */
export interface RefreshRecord {
  /** Hash of the token. */
  readonly id: string
  /** Null for the first of its family. */
  readonly parent: string | null
  readonly issuedAt: number
  readonly idleExpiresAt: number
  /** Null until it is given for another one. */
  readonly usedAt: number | null
  readonly family: string
  readonly account: string
  /** Null when the client did not say who it is. */
  readonly clientId: string | null
  readonly scope: string
  readonly absoluteExpiresAt: number
  readonly revokedReason: RevokedReason | null
}

/** What a new family is bound to (RFC 6749 §6). */
export interface NewFamily {
  readonly account: string
  readonly clientId: string | null
  readonly scope: string
  readonly device: string | null
  readonly idleExpiresAt: number
  readonly absoluteExpiresAt: number
}

/** One use of a refresh token: `next` is given for `token`. */
export interface RefreshUse {
  readonly token: string
  readonly next: string
  readonly now: number
  readonly idleExpiresAt: number
  /** How long after its use a token is still taken, milliseconds. */
  readonly graceMs: number
}

/** What became of a use. `record` is the token as it was before; `isGrace` when it had been used already. */
export type RefreshOutcome =
  | { readonly state: 'unknown'; readonly record: null }
  | { readonly state: 'revoked' | 'reused' | 'idle-expired' | 'absolute-expired'; readonly record: RefreshRecord }
  | { readonly state: 'rotated'; readonly record: RefreshRecord; readonly isGrace: boolean; readonly nextId: string }

/**
 * Refresh tokens and their families, by raw token. Every method is atomic: of two uses of one token at once only one is the first.
 * @throws SqliteError, from every method, when the store cannot be used
 */
export interface RefreshStore {
  /** Begins a family with this token and answers its id. */
  begin(token: string, family: NewFamily, now: number): Promise<string>
  /** The token, whatever its state; null when unknown. */
  find(token: string): Promise<RefreshRecord | null>
  /** Uses a token once. One that was used before and is out of its grace revokes its family, whoever presents it (RFC 9700 §4.14.2). */
  rotate(use: RefreshUse): Promise<RefreshOutcome>
  /** Ends a family by its id; false when it had been ended, or is none. */
  end(family: string, reason: RevokedReason, now: number): Promise<boolean>
  /** Ends every family of an account that is in force and answers their ids. */
  endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]>
  /** Families with their members, newest first. */
  list(filter: FamilyFilter, now: number): Promise<RefreshFamily[]>
  /** As {@link RefreshStore.endForAccount}, inside a transaction of the app's database that the caller has open: both or neither. */
  endForAccountNow(account: string, reason: RevokedReason, now: number): string[]
}

/** Runs a statement, again while another connection holds the lock. */
type Patiently = <T>(work: () => T) => Promise<T>

/** The statements by purpose, as shown in the trace. */
export const REFRESH_SQL = {
  find: `SELECT hash AS id, parent, issued_at AS issuedAt, idle_expires_at AS idleExpiresAt, used_at AS usedAt, refresh_families.id AS family,
      account, client_id AS clientId, scope, absolute_expires_at AS absoluteExpiresAt, revoked_reason AS revokedReason
    FROM refresh_tokens JOIN refresh_families ON refresh_families.key = family WHERE refresh_tokens.key = ? AND hash = ?`,
  use: 'UPDATE refresh_tokens SET used_at = ? WHERE key = ? AND hash = ? AND used_at IS NULL',
  insert: 'INSERT INTO refresh_tokens (key, hash, family, parent, issued_at, idle_expires_at) VALUES (?, ?, ?, ?, ?, ?)',
  begin: `INSERT INTO refresh_families (key, id, account, client_id, scope, device, created_at, absolute_expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  revoke: 'UPDATE refresh_families SET revoked_at = ?, revoked_reason = ? WHERE key = ? AND id = ? AND revoked_at IS NULL',
  revokeAll: `UPDATE refresh_families SET revoked_at = ?, revoked_reason = ?
    WHERE account = ? AND revoked_at IS NULL AND absolute_expires_at > ? RETURNING id`,
  markReuse: 'UPDATE refresh_tokens SET reused_at = ? WHERE key = ? AND hash = ?',
} as const

/** How long a family stays after its absolute end, so that "expired" can be told from "unknown", milliseconds. */
const KEPT_MS = 7 * 24 * 3_600_000
/** Families that one login sweeps away. */
const SWEPT = 20

/** @throws RangeError never: a digest is always 64 digits */
const placeOf = (id: string): SessionKey => {
  const place = placeOfId(id)
  if (!place) throw new RangeError('Not the hash of a token.')
  return place
}

const placeOfToken = (token: string): SessionKey => placeOf(hash('sha256', token, 'hex'))

function prepare(database: Database.Database) {
  const over = 'SELECT key FROM refresh_families WHERE absolute_expires_at <= @before ORDER BY absolute_expires_at, key LIMIT @count'
  return {
    find: database.prepare<[bigint, string], RefreshRecord>(REFRESH_SQL.find),
    use: database.prepare(REFRESH_SQL.use),
    insert: database.prepare(REFRESH_SQL.insert),
    begin: database.prepare(REFRESH_SQL.begin),
    revoke: database.prepare(REFRESH_SQL.revoke),
    revokeAll: database.prepare<unknown[], string>(REFRESH_SQL.revokeAll).pluck(),
    markReuse: database.prepare(REFRESH_SQL.markReuse),
    sweepTokens: database.prepare(`DELETE FROM refresh_tokens WHERE family IN (${over})`),
    sweepFamilies: database.prepare(`DELETE FROM refresh_families WHERE key IN (${over})`),
  }
}

/** The refresh tokens in the app's own database, shared by all nodes. */
export class RefreshRows implements RefreshStore {
  readonly #sql: ReturnType<typeof prepare>
  readonly #patiently: Patiently
  readonly #list: ReturnType<typeof prepareFamilies>
  readonly #beginOne: (place: SessionKey, family: NewFamily, now: number) => void
  readonly #rotateOne: (use: RefreshUse) => RefreshOutcome

  constructor(database: Database.Database, patiently: Patiently) {
    this.#sql = prepare(database)
    this.#patiently = patiently
    this.#list = prepareFamilies(database)
    this.#beginOne = database.transaction((place: SessionKey, family: NewFamily, now: number) => this.#begin(place, family, now)).immediate
    this.#rotateOne = database.transaction((use: RefreshUse) => this.#rotate(use)).immediate
  }

  async begin(token: string, family: NewFamily, now: number): Promise<string> {
    const place = placeOfToken(token)
    await this.#patiently(() => this.#beginOne(place, family, now))
    return place.id
  }

  async find(token: string): Promise<RefreshRecord | null> {
    const { key, id } = placeOfToken(token)
    return this.#sql.find.get(key, id) ?? null
  }

  rotate(use: RefreshUse): Promise<RefreshOutcome> {
    return this.#patiently(() => this.#rotateOne(use))
  }

  async end(family: string, reason: RevokedReason, now: number): Promise<boolean> {
    const place = placeOfId(family)
    return place !== null && (await this.#patiently(() => this.#sql.revoke.run(now, reason, place.key, place.id).changes > 0))
  }

  endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]> {
    return this.#patiently(() => this.endForAccountNow(account, reason, now))
  }

  async list(filter: FamilyFilter, now: number): Promise<RefreshFamily[]> {
    return this.#list(filter, now)
  }

  endForAccountNow(account: string, reason: RevokedReason, now: number): string[] {
    return this.#sql.revokeAll.all(now, reason, account, now)
  }

  #begin({ key, id }: SessionKey, family: NewFamily, now: number): void {
    const { account, clientId, scope, device, idleExpiresAt, absoluteExpiresAt } = family
    // A login is rare beside its password hash: the moment to sweep.
    const sweep = { before: now - KEPT_MS, count: SWEPT }
    this.#sql.sweepTokens.run(sweep)
    this.#sql.sweepFamilies.run(sweep)
    this.#sql.begin.run(key, id, account, clientId, scope, device, now, absoluteExpiresAt)
    this.#sql.insert.run(key, id, key, null, now, idleExpiresAt)
  }

  #rotate({ token, next, now, idleExpiresAt, graceMs }: RefreshUse): RefreshOutcome {
    const { key, id } = placeOfToken(token)
    const record = this.#sql.find.get(key, id)
    if (!record) return { state: 'unknown', record: null }
    const family = placeOf(record.family)
    const state = stateOf(record, now, graceMs)
    if (state === 'reused') {
      this.#sql.revoke.run(now, 'reused' satisfies RevokedReason, family.key, family.id)
      this.#sql.markReuse.run(now, key, id)
    }
    if (state !== 'live') return { state, record }
    const child = placeOfToken(next)
    const { changes } = this.#sql.use.run(now, key, id)
    this.#sql.insert.run(child.key, child.id, family.key, id, now, idleExpiresAt)
    return { state: 'rotated', record, isGrace: changes === 0, nextId: child.id }
  }
}

/** Reuse counts before the idle end: an old copy in use says that somebody has it, even when nobody could use it any more. */
function stateOf(record: RefreshRecord, now: number, graceMs: number): 'live' | 'revoked' | 'reused' | 'idle-expired' | 'absolute-expired' {
  const { usedAt, revokedReason, absoluteExpiresAt, idleExpiresAt } = record
  if (revokedReason !== null) return 'revoked'
  if (absoluteExpiresAt <= now) return 'absolute-expired'
  // The clocks of two nodes may differ: both sides of the first use count.
  if (usedAt !== null && Math.abs(now - usedAt) >= graceMs) return 'reused'
  return idleExpiresAt <= now ? 'idle-expired' : 'live'
}
