import type Database from 'better-sqlite3'
import type { Clock } from '../clock.ts'

/** How often something was tried within its window. */
export interface ThrottleHit {
  count: number
  /** Lab time the window ends and the count starts again, Unix milliseconds. */
  resetAt: number
}

interface Row {
  count: number
  reset_at: number
}

/** Counts of failed logins in one table, shared by all nodes, in windows on the lab clock. */
export class ThrottleRows {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #hit: Database.Statement<unknown[], Row>
  readonly #peek: Database.Statement<unknown[], Row>
  readonly #reset: Database.Statement
  readonly #purge: Database.Statement

  /** @param windowSeconds how long a count lives from its first hit. */
  constructor(database: Database.Database, clock: Clock, windowSeconds: number) {
    this.#clock = clock
    this.#windowMs = windowSeconds * 1000
    // A window that lies farther ahead than its own length was begun before the clock went back: it is over too.
    this.#hit = database.prepare(
      `INSERT INTO login_throttle (key, count, reset_at) VALUES (@key, 1, @end) ON CONFLICT (key) DO UPDATE SET
         count = CASE WHEN reset_at > @now AND reset_at <= @end THEN count + 1 ELSE 1 END,
         reset_at = CASE WHEN reset_at > @now AND reset_at <= @end THEN reset_at ELSE @end END
       RETURNING count, reset_at`,
    )
    this.#peek = database.prepare('SELECT count, reset_at FROM login_throttle WHERE key = @key AND reset_at > @now AND reset_at <= @end')
    this.#reset = database.prepare('DELETE FROM login_throttle WHERE key = ?')
    this.#purge = database.prepare('DELETE FROM login_throttle WHERE reset_at <= ?')
  }

  /** Counts one more and returns where the window stands. */
  hit(key: string): ThrottleHit {
    const row = this.#hit.get(this.#window(key))
    return row ? { count: row.count, resetAt: row.reset_at } : { count: 1, resetAt: this.#clock.nowMs() + this.#windowMs }
  }

  /** Where the window stands without counting; null when none is open. */
  peek(key: string): ThrottleHit | null {
    const row = this.#peek.get(this.#window(key))
    return row ? { count: row.count, resetAt: row.reset_at } : null
  }

  /** Forgets the count, as after a login that succeeded. */
  reset(key: string): void {
    this.#reset.run(key)
  }

  /** Deletes the windows that are over. */
  purge(): void {
    this.#purge.run(this.#clock.nowMs())
  }

  #window(key: string) {
    const now = this.#clock.nowMs()
    return { key, now, end: now + this.#windowMs }
  }
}
