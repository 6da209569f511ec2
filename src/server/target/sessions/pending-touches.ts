import type Database from 'better-sqlite3'
import type { StoredSession } from '../../storage/session-rows.ts'
import type { SessionKey } from '../../storage/sid-key.ts'
import { type SessionTable, withTouch } from './session-table.ts'

/** That a session was used. Times are lab time, Unix milliseconds. */
export interface Touch {
  place: SessionKey
  seenAt: number
  idleExpiresAt: number
}

/** Touches wait at most this long in memory, real time. */
const DELAY_MS = 1000
/** Touches written in one transaction: each dirties a page, and a large one would outgrow the cache and make its commit copy the log. */
const SLICE = 250

/** Touches that wait to be written together: many requests of one session within a second cost one write. By raw session id. */
export class PendingTouches {
  readonly #database: Database.Database
  readonly #table: SessionTable
  readonly #touches = new Map<string, Touch>()
  #timer: NodeJS.Timeout | undefined

  constructor(database: Database.Database, table: SessionTable) {
    this.#database = database
    this.#table = table
  }

  add(sid: string, touch: Touch): void {
    this.#touches.set(sid, touch)
    this.#timer ??= setTimeout(() => this.#tick(), DELAY_MS).unref()
  }

  has(sid: string): boolean {
    return this.#touches.has(sid)
  }

  forget(sid: string): void {
    this.#touches.delete(sid)
  }

  clear(): void {
    this.#touches.clear()
  }

  /** The row as it will be once its touch is written. */
  over<T extends StoredSession>(sid: string, stored: T): T {
    const touch = this.#touches.get(sid)
    return touch ? withTouch(stored, touch.seenAt, touch.idleExpiresAt) : stored
  }

  /** Writes all of them. @throws SqliteError when the database is locked; then what is not written keeps waiting. */
  write(): void {
    while (this.#touches.size > 0) this.#writeSlice()
  }

  /** Stops the timer; what still waits is lost. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #writeSlice(): void {
    const slice: [sid: string, touch: Touch][] = []
    for (const entry of this.#touches) if (slice.push(entry) === SLICE) break
    this.#table.touchAll(slice.map(([, touch]) => touch))
    for (const [sid] of slice) this.#touches.delete(sid)
  }

  /** Between two slices the event loop has its turn. */
  #tick(): void {
    this.#timer = undefined
    if (this.#touches.size === 0 || !this.#database.open) return
    let delayMs = 0
    try {
      this.#writeSlice()
    } catch {
      // Locked: nothing is lost, readers of this store see the touches meanwhile.
      delayMs = DELAY_MS
    }
    if (this.#touches.size > 0) this.#timer = setTimeout(() => this.#tick(), delayMs).unref()
  }
}
