import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'
import { prepareFamilies } from './refresh-families.ts'
import {
  FAMILY_KEPT_MS,
  type FamilyFilter,
  judgeUse,
  type NewFamily,
  type RefreshOutcome,
  type RefreshRecord,
  type RefreshStatements,
  type RefreshStore,
  type RefreshUse,
  SWEPT_FAMILIES,
} from './refresh-store.ts'
import { placeOfId, type SessionKey } from './sid-key.ts'

/** Runs a statement, again while another connection holds the lock. */
type Patiently = <T>(work: () => T) => Promise<T>

const REFRESH_SQL = {
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

const STATEMENTS: RefreshStatements = { ...REFRESH_SQL, rotate: `${REFRESH_SQL.use}; ${REFRESH_SQL.insert}` }

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
  readonly statements = STATEMENTS
  readonly #sql: ReturnType<typeof prepare>
  readonly #patiently: Patiently
  readonly #list: ReturnType<typeof prepareFamilies>
  readonly #beginOne: (place: SessionKey, family: NewFamily, now: number) => void
  readonly #clear: () => void
  readonly #rotateOne: (use: RefreshUse) => RefreshOutcome

  readonly endForAccountNow = (account: string, reason: RevokedReason, now: number): string[] =>
    this.#sql.revokeAll.all(now, reason, account, now)

  constructor(database: Database.Database, patiently: Patiently) {
    this.#sql = prepare(database)
    this.#patiently = patiently
    this.#list = prepareFamilies(database)
    this.#beginOne = database.transaction((place: SessionKey, family: NewFamily, now: number) => this.#begin(place, family, now)).immediate
    this.#clear = database.transaction(() => void database.exec('DELETE FROM refresh_tokens; DELETE FROM refresh_families')).immediate
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

  clear(): Promise<void> {
    return this.#patiently(this.#clear)
  }

  #begin({ key, id }: SessionKey, family: NewFamily, now: number): void {
    const { account, clientId, scope, device, idleExpiresAt, absoluteExpiresAt } = family
    // A login is rare beside its password hash: the moment to sweep.
    const sweep = { before: now - FAMILY_KEPT_MS, count: SWEPT_FAMILIES }
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
    const state = judgeUse(record, now, graceMs)
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
