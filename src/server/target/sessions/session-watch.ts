import type { SessionRow } from '../../../contract/sessions.ts'
import type { Clock } from '../../clock.ts'

/** What is known of a session id, and why it is not accepted. */
export interface SessionLook {
  state: 'live' | 'idle-expired' | 'absolute-expired' | 'unknown'
  /** Null only when unknown. An expired row is kept for a while so that "expired" can be told from "unknown". */
  row: SessionRow | null
}

/** Something a store kept to itself: the request it belongs to was answered as if there were no session. */
export interface StoreProblem {
  code: 'corrupt-row' | 'save-refused'
  /** The session's public id: SHA-256 of the raw one, hexadecimal. */
  id: string
}

/** What a store did to one session. */
export interface SessionChange {
  /** The row as it now is. */
  written?: SessionRow
  /** Public id of the session that is gone. */
  ended?: string
  /** A lost update: between this request's load and its save another request saved the session, and that is overwritten now. */
  overwrote?: { loadedVersion: number; storedVersion: number }
}

/** What every kind of session store needs and whom it tells. */
export interface SessionStoreOptions {
  clock: Clock
  idleSeconds: number
  absoluteSeconds: number
  nodeId: string
  /** Called in the request's own async context for every session the store wrote, touched or ended. */
  onChange?: (change: SessionChange) => void
  /** Called in the request's own async context by every `get`, so that a trace needs no second lookup. */
  onLook?: (look: SessionLook) => void
  onProblem?: (problem: StoreProblem) => void
  /** Real time between two purges; 0 = only when the store's `purge` is called. */
  purgeEverySeconds?: number
}

/** What a save at hand did. @param loadedVersion null when the session was not loaded, or without its version */
export const savedChange = (written: SessionRow, loadedVersion: number | null, version: number): SessionChange => {
  const storedVersion = version - 1
  return loadedVersion === null || loadedVersion === storedVersion ? { written } : { written, overwrote: { loadedVersion, storedVersion } }
}
