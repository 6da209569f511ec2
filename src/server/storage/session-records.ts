import type { StoredSession } from './session-rows.ts'

/** A session as a store keeps it, by its public id (SHA-256 of the raw one). */
export interface StoredRecord extends StoredSession {
  /** JSON. */
  data: string
  /** How often it has been saved: two saves made from one version are a lost update. */
  version: number
}

/** What one save writes. Times are lab time, Unix milliseconds; node and absolute limit count only for a new session. */
export interface RecordToSave {
  account: string | null
  device: string | null
  node: string
  data: string
  now: number
  idleExpiresAt: number
  absoluteExpiresAt: number
  /** It came out of this store: if it is not there any more it has ended. */
  isKnown: boolean
}

/** That a session was used. Times are lab time, Unix milliseconds. */
export interface RecordTouch {
  seenAt: number
  idleExpiresAt: number
}

/** Now, or once the server has answered. */
export type Soon<T> = T | Promise<T>

/** Continues at once where there is nothing to wait for. */
export const after = <T, R>(value: Soon<T>, next: (value: T) => R): Soon<R> => (value instanceof Promise ? value.then(next) : next(value))

/** Sessions of one store by public id. Every method is atomic, for all nodes that share the store. `now` is lab time, Unix milliseconds. */
export interface SessionRecords {
  /** Live or not; undefined when there is none. */
  find(id: string): Soon<StoredRecord | undefined>
  /** Saves a session and answers it as it now is; null when it has ended or expired. Counts its version up. */
  save(id: string, record: RecordToSave): Soon<StoredRecord | null>
  /** Moves the idle time-out on, never the data; null when the session has ended or expired. An older touch changes nothing. */
  touch(id: string, touch: RecordTouch): Soon<StoredSession | null>
  /** Deletes a session, expired or not, and leaves a tombstone; false when there was none. */
  end(id: string): Soon<boolean>
  /** Ends every session of an account and answers their ids. */
  endForAccount(account: string): Soon<string[]>
  /** Lets the idle time-out of a live session pass, for good; null when there is none. */
  expire(id: string, now: number): Soon<StoredSession | null>
  /** Live sessions, newest first. */
  list(now: number, filter?: SessionFilter): Soon<StoredRecord[]>
  /** How many are live. */
  count(now: number): Soon<number>
  /** Deletes at most `limit` sessions that expired at or before a lab time, and answers how many. */
  purge(before: number, limit: number): Soon<number>
  /** Deletes all sessions and leaves no tombstones. */
  clear(): Soon<void>
}

/** Which sessions to list; all of them when empty. */
export interface SessionFilter {
  account?: string
  limit?: number
}

/** Saves that arrive this long after the end of their session are refused, real time: longer than any request takes. */
export const TOMBSTONE_MS = 5 * 60_000

/** How far apart the clocks of two nodes' touches may be before the later one counts as "from before the clock was moved back". */
export const TOUCH_ORDER_MS = 5000

/** Whether a session is within its limits at a lab time. */
export const isLive = (stored: StoredSession, now: number): boolean =>
  stored.expired_at === null && stored.idle_expires_at > now && stored.absolute_expires_at > now
