import type Database from 'better-sqlite3'
import type { Account, Role } from '../../contract/accounts.ts'

/** An account with what only the target may read. */
export interface StoredAccount extends Account {
  /** Argon2id in PHC string form. */
  passwordHash: string
  /** Lab time, Unix milliseconds; null when it is the first one. */
  passwordChangedAt: number | null
}

/** An account whose password has never been changed. */
export type NewAccount = Omit<StoredAccount, 'passwordChangedAt'>

/** What an operator may change; absent fields stay. */
export interface AccountChange {
  role?: Role
  disabled?: boolean
  scopes?: string[]
}

interface Row {
  name: string
  password_hash: string
  role: Role
  scopes: string
  is_disabled: number
  password_changed_at: number | null
}

const toStored = (row: Row): StoredAccount => ({
  ...toAccount(row),
  passwordHash: row.password_hash,
  passwordChangedAt: row.password_changed_at,
})

const toAccount = (row: Row): Account => ({
  name: row.name,
  role: row.role,
  scopes: row.scopes === '' ? [] : row.scopes.split(' '),
  isDisabled: row.is_disabled === 1,
})

function prepare(database: Database.Database) {
  return {
    list: database.prepare<[], Row>('SELECT * FROM accounts ORDER BY name'),
    find: database.prepare<[string], Row>('SELECT * FROM accounts WHERE name = ?'),
    change: database.prepare<unknown[], Row>(
      `UPDATE accounts SET role = coalesce(?, role), scopes = coalesce(?, scopes), is_disabled = coalesce(?, is_disabled)
       WHERE name = ? RETURNING *`,
    ),
    setPassword: database.prepare('UPDATE accounts SET password_hash = ?, password_changed_at = ? WHERE name = ?'),
    insert: database.prepare('INSERT INTO accounts (name, password_hash, role, scopes, is_disabled) VALUES (?, ?, ?, ?, ?)'),
    clear: database.prepare('DELETE FROM accounts'),
    count: database.prepare<[], { count: number }>('SELECT count(*) AS count FROM accounts'),
  }
}

/** The accounts of the target. */
export class AccountRows {
  readonly #database: Database.Database
  readonly #sql: ReturnType<typeof prepare>

  constructor(database: Database.Database) {
    this.#database = database
    this.#sql = prepare(database)
  }

  /** All accounts by name, without their password hashes. */
  list(): Account[] {
    return this.#sql.list.all().map(toAccount)
  }

  /** An account without its password hash; null when unknown. */
  find(name: string): Account | null {
    const row = this.#sql.find.get(name)
    return row ? toAccount(row) : null
  }

  /** An account with its password hash, for the login; null when unknown. */
  findWithPassword(name: string): StoredAccount | null {
    const row = this.#sql.find.get(name)
    return row ? toStored(row) : null
  }

  /** Changes an account and returns it; null when unknown. */
  change(name: string, change: AccountChange): Account | null {
    const disabled = change.disabled === undefined ? null : Number(change.disabled)
    const row = this.#sql.change.get(change.role ?? null, change.scopes?.join(' ') ?? null, disabled, name)
    return row ? toAccount(row) : null
  }

  /** Stores a new password hash; false when the account is unknown. @param now lab time */
  setPasswordHash(name: string, passwordHash: string, now: number): boolean {
    return this.#sql.setPassword.run(passwordHash, now, name).changes > 0
  }

  /** Writes the starting accounts when there are none; true when it did. Two starters at once write them once. */
  seed(accounts: readonly NewAccount[]): boolean {
    return this.#database
      .transaction(() => {
        if ((this.#sql.count.get()?.count ?? 0) > 0) return false
        this.#insert(accounts)
        return true
      })
      .immediate()
  }

  /** Replaces all accounts by these. */
  reset(accounts: readonly NewAccount[]): void {
    this.#database
      .transaction(() => {
        this.#sql.clear.run()
        this.#insert(accounts)
      })
      .immediate()
  }

  #insert(accounts: readonly NewAccount[]): void {
    for (const account of accounts) {
      this.#sql.insert.run(account.name, account.passwordHash, account.role, account.scopes.join(' '), Number(account.isDisabled))
    }
  }
}
