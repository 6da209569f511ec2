import type Database from 'better-sqlite3'
import {
  type AccountMark,
  DENIED_GRACE_MS,
  type DeniedToken,
  deniedKey,
  fromDeniedKey,
  type RevocationCounts,
  type RevocationFilter,
  type RevocationRecords,
  SWEPT,
} from './revocation-records.ts'

/** The statements by purpose: the very text that is prepared. */
const REVOCATION_SQL = {
  findDenied: 'SELECT key, account, added_at AS addedAt, expires_at AS expiresAt FROM denied_tokens WHERE key IN (?, ?) LIMIT 1',
  deny: `INSERT INTO denied_tokens (key, account, added_at, expires_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
  findMark: 'SELECT account, not_before AS notBefore, version, changed_at AS changedAt FROM account_marks WHERE account = ?',
  setNotBefore: `INSERT INTO account_marks (account, not_before, changed_at) VALUES (@account, @at, @at)
    ON CONFLICT (account) DO UPDATE SET not_before = max(coalesce(not_before, 0), @at), changed_at = @at
    RETURNING account, not_before AS notBefore, version, changed_at AS changedAt`,
  countUp: `INSERT INTO account_marks (account, version, changed_at) VALUES (@account, 1, @at)
    ON CONFLICT (account) DO UPDATE SET version = version + 1, changed_at = @at
    RETURNING account, not_before AS notBefore, version, changed_at AS changedAt`,
} as const

type Row = Omit<DeniedToken, 'kind' | 'value'> & { key: string }

const toDenied = ({ key, account, addedAt, expiresAt }: Row): DeniedToken => ({ ...fromDeniedKey(key), account, addedAt, expiresAt })

function prepare(database: Database.Database) {
  return {
    findDenied: database.prepare<[string, string], Row>(REVOCATION_SQL.findDenied),
    deny: database.prepare(REVOCATION_SQL.deny),
    sweep: database.prepare(
      'DELETE FROM denied_tokens WHERE key IN (SELECT key FROM denied_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)',
    ),
    findMark: database.prepare<[string], AccountMark>(REVOCATION_SQL.findMark),
    setNotBefore: database.prepare<unknown[], AccountMark>(REVOCATION_SQL.setNotBefore),
    countUp: database.prepare<unknown[], AccountMark>(REVOCATION_SQL.countUp),
    listDenied: database.prepare<[RevocationFilter], Row>(
      `SELECT key, account, added_at AS addedAt, expires_at AS expiresAt FROM denied_tokens
       WHERE instr(key, @q) > 0 OR instr(account, @q) > 0 ORDER BY added_at DESC, key LIMIT @limit`,
    ),
    listMarks: database.prepare<[RevocationFilter], AccountMark>(
      `SELECT account, not_before AS notBefore, version, changed_at AS changedAt FROM account_marks
       WHERE instr(account, @q) > 0 ORDER BY account LIMIT @limit`,
    ),
    counts: database.prepare<[], RevocationCounts>(
      'SELECT (SELECT count(*) FROM denied_tokens) AS denied, (SELECT count(*) FROM account_marks) AS marks',
    ),
  }
}

/** What ended early, in the app's own database, shared by all nodes. Look-ups answer at once. */
export class RevocationRows implements RevocationRecords {
  readonly store = 'sqlite'
  readonly statements = REVOCATION_SQL
  readonly #sql: ReturnType<typeof prepare>
  readonly #patiently: <T>(work: () => T) => Promise<T>
  readonly #denyAll: (entries: readonly DeniedToken[], now: number) => void
  readonly #clear: () => void

  /** @param patiently runs a write, again while another connection holds the lock */
  constructor(database: Database.Database, patiently: <T>(work: () => T) => Promise<T>) {
    this.#sql = prepare(database)
    this.#patiently = patiently
    this.#denyAll = database.transaction((entries: readonly DeniedToken[], now: number) => {
      this.#sql.sweep.run(now - DENIED_GRACE_MS, SWEPT + entries.length)
      for (const entry of entries) this.#sql.deny.run(deniedKey(entry), entry.account, entry.addedAt, entry.expiresAt)
    }).immediate
    this.#clear = database.transaction(() => void database.exec('DELETE FROM denied_tokens; DELETE FROM account_marks')).immediate
  }

  findDenied(jti: string, sid: string | null): DeniedToken | null {
    const row = this.#sql.findDenied.get(`jti:${jti}`, `sid:${sid ?? ''}`)
    return row ? toDenied(row) : null
  }

  deny(entries: readonly DeniedToken[], now: number): Promise<void> {
    return this.#patiently(() => this.#denyAll(entries, now))
  }

  findMark(account: string): AccountMark | null {
    return this.#sql.findMark.get(account) ?? null
  }

  setNotBefore(account: string, at: number): Promise<AccountMark> {
    return this.#patiently(() => this.#sql.setNotBefore.get({ account, at }) as AccountMark)
  }

  countUp(account: string, at: number): Promise<AccountMark> {
    return this.#patiently(() => this.#sql.countUp.get({ account, at }) as AccountMark)
  }

  listDenied(filter: RevocationFilter): DeniedToken[] {
    return this.#sql.listDenied.all(filter).map(toDenied)
  }

  listMarks(filter: RevocationFilter): AccountMark[] {
    return this.#sql.listMarks.all(filter)
  }

  counts(): RevocationCounts {
    return this.#sql.counts.get() ?? { denied: 0, marks: 0 }
  }

  clear(): Promise<void> {
    return this.#patiently(this.#clear)
  }
}
