import type Database from 'better-sqlite3'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Clock } from '../clock.ts'
import { isLive, type SessionFilter, type SessionRecords } from './session-records.ts'
import { SessionRows, toSessionRow } from './session-rows.ts'

/**
 * The sessions of one store for those who look at them from outside, by public id and without their data; expired ones are absent. Arguments
 * and answers can be cloned into another thread.
 * @throws LabError `store-unavailable`, from every method
 */
export interface SessionDirectory {
  /** Live sessions, newest first. */
  list(filter?: SessionFilter): Promise<SessionRow[]>
  /** A live session; null when unknown or expired. */
  find(id: string): Promise<SessionRow | null>
  /** Ends a session, expired or not; false when there was none. */
  end(id: string): Promise<boolean>
  /** Ends every session of an account and answers their ids. */
  endForAccount(account: string): Promise<string[]>
  /** Lets the idle time-out of a live session pass now, for good; null when there is no such session. */
  expireNow(id: string): Promise<SessionRow | null>
  /** How many sessions are live. */
  count(): Promise<number>
  /** Deletes all sessions. */
  clear(): Promise<void>
}

/** Runs a statement, again while another connection holds the lock. */
type Patiently = <T>(work: () => T) => Promise<T>

/** The directory as the app under study has it, beside its own database. */
export interface AppSessionDirectory extends SessionDirectory {
  /**
   * Ends every session of an account along with a write to the database: both or neither where the sessions are in it too. Elsewhere they are
   * ended before the write and once more after it, so that none that began in between outlives it.
   */
  endForAccountWith(account: string, write: () => void): Promise<string[]>
}

const IS_PUBLIC_ID = /^[0-9a-f]{64}$/

/** The directory of a store that is not the database. */
export class RecordsDirectory implements AppSessionDirectory {
  readonly #records: SessionRecords
  readonly #clock: Clock
  readonly #patiently: Patiently

  /** @param patiently runs what is written to the database along with an end */
  constructor(records: SessionRecords, clock: Clock, patiently: Patiently = async (work) => work()) {
    this.#records = records
    this.#clock = clock
    this.#patiently = patiently
  }

  async list(filter: SessionFilter = {}): Promise<SessionRow[]> {
    return (await this.#records.list(this.#clock.nowMs(), filter)).map(toSessionRow)
  }

  async find(id: string): Promise<SessionRow | null> {
    const stored = IS_PUBLIC_ID.test(id) ? await this.#records.find(id) : undefined
    return stored && isLive(stored, this.#clock.nowMs()) ? toSessionRow(stored) : null
  }

  async end(id: string): Promise<boolean> {
    return IS_PUBLIC_ID.test(id) && (await this.#records.end(id))
  }

  async endForAccount(account: string): Promise<string[]> {
    return this.#records.endForAccount(account)
  }

  async endForAccountWith(account: string, write: () => void): Promise<string[]> {
    const ended = await this.#records.endForAccount(account)
    await this.#patiently(write)
    return [...ended, ...(await this.#records.endForAccount(account))]
  }

  async expireNow(id: string): Promise<SessionRow | null> {
    const stored = IS_PUBLIC_ID.test(id) ? await this.#records.expire(id, this.#clock.nowMs()) : null
    return stored && toSessionRow(stored)
  }

  async count(): Promise<number> {
    return this.#records.count(this.#clock.nowMs())
  }

  async clear(): Promise<void> {
    await this.#records.clear()
  }
}

/** The directory of the database. */
export class SqliteDirectory implements AppSessionDirectory {
  readonly #database: Database.Database
  readonly #rows: SessionRows
  readonly #patiently: Patiently
  readonly #clear: () => void

  constructor(database: Database.Database, clock: Clock, patiently: Patiently) {
    this.#database = database
    this.#rows = new SessionRows(database, clock)
    this.#patiently = patiently
    this.#clear = database.transaction(() => void database.exec('DELETE FROM sessions; DELETE FROM account_sessions')).immediate
  }

  async list(filter?: SessionFilter): Promise<SessionRow[]> {
    return this.#rows.list(filter)
  }

  async find(id: string): Promise<SessionRow | null> {
    return this.#rows.find(id)
  }

  end(id: string): Promise<boolean> {
    return this.#patiently(() => this.#rows.end(id))
  }

  endForAccount(account: string): Promise<string[]> {
    return this.#patiently(() => this.#rows.endForAccount(account))
  }

  endForAccountWith(account: string, write: () => void): Promise<string[]> {
    const both = this.#database.transaction(() => {
      write()
      return this.#rows.endForAccount(account)
    })
    return this.#patiently(both.immediate)
  }

  expireNow(id: string): Promise<SessionRow | null> {
    return this.#patiently(() => this.#rows.expireNow(id))
  }

  async count(): Promise<number> {
    return this.#rows.count()
  }

  clear(): Promise<void> {
    return this.#patiently(this.#clear)
  }
}
