import type Database from 'better-sqlite3'
import type { Store } from 'express-session'
import type { Clock } from '../clock.ts'
import type { RefreshStore } from '../storage/refresh-store.ts'
import type { RevocationRecords } from '../storage/revocation-records.ts'
import type { AppSessionDirectory } from '../storage/session-directory.ts'
import type { Soon } from '../storage/session-records.ts'
import { SESSION_SQL as ROW_SQL } from '../storage/session-rows.ts'
import { SESSION_SQL } from './sessions/session-table.ts'
import type { SessionChange, SessionLook, StoreProblem } from './sessions/session-watch.ts'
import { SqliteSessionStore } from './sessions/sqlite-session-store.ts'

/** Where the app keeps its sessions: any Store of express-session, and what the app asks of it besides. */
export interface SessionStorage {
  store: Store
  /** What the store runs, as the trace shows it; null where there is nothing to show. */
  statements: StoreStatements | null
  /** Its sessions from outside; absent when they are in the app's own database. */
  directory?: AppSessionDirectory
  /** Refresh tokens live where sessions do; absent when that is the app's own database. */
  refresh?: RefreshStore
  /** So does what ended access tokens early. */
  revocations?: RevocationRecords
  /** Touches are written later, many at once. */
  isTouchDeferred?: boolean
  /** How many sessions are in this node's own memory; absent when they are not. */
  ownSessions?(): number
  /** Why the store does not give a session. @throws LabError `store-unavailable`. */
  look(sid: string): Soon<SessionLook>
  /** Writes what waits; false when that is not possible now. */
  flush(): boolean
  /** Ends all sessions. */
  clear(): Promise<void>
  /** Writes what waits and stops all timers. */
  close(): void
}

/** The statements of a store by what they are for. */
export type StoreStatements = Readonly<Record<'find' | 'insert' | 'update' | 'touch' | 'destroy' | 'listOfAccount' | 'endAll', string>>

/** What a store is made from. */
export interface StorageDeps {
  /** Opened and migrated; it stays open. */
  database: Database.Database
  clock: Clock
  nodeId: string
  /** Seconds. */
  idleSeconds: number
  absoluteSeconds: number
}

/** Whom a store tells what it did, in the async context of the request it did it for. */
export interface StorageWatch {
  onLook(look: SessionLook): void
  onChange(change: SessionChange): void
  onProblem(problem: StoreProblem): void
}

/** Makes the session storage of one app. @param watch null when nobody watches, which saves the store its work for it. */
export type CreateStorage = (deps: StorageDeps, watch: StorageWatch | null) => SessionStorage

/** Sessions in the app's own database, shared by all nodes. */
export const sqliteStorage: CreateStorage = (deps, watch) => {
  const store = new SqliteSessionStore({ ...deps, ...watch })
  return {
    store,
    statements: { ...SESSION_SQL, ...ROW_SQL },
    isTouchDeferred: true,
    look: (sid) => store.look(sid),
    flush: () => store.flush(),
    clear: () => new Promise((resolve, reject) => store.clear((error) => (error ? reject(error) : resolve()))),
    close: () => store.close(),
  }
}
