import { createRequire } from 'node:module'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import session, { type SessionData } from 'express-session'
import { connectDatabase, openDatabase } from '../src/server/storage/open.ts'
import { SqliteSessionStore } from '../src/server/target/sessions/sqlite-session-store.ts'

/** A store under measurement: each call does one operation; those that answer later return a promise. */
export interface Subject {
  name: string
  get(sid: string): unknown
  set(sid: string, data: SessionData): unknown
  touch(sid: string, data: SessionData): unknown
  /** What an operation left for later is done here, inside the measured time. */
  settle(): void
  close(): void
}

const DAY_MS = 86_400_000
const requireCommonJs = createRequire(import.meta.url)

/** A session of about 400 bytes of JSON. */
export const sampleSession = (n: number): SessionData =>
  ({
    cookie: { originalMaxAge: DAY_MS, expires: new Date(Date.now() + DAY_MS), httpOnly: true, path: '/', sameSite: 'lax' },
    account: `account-${n % 5000}`,
    device: 'Mozilla/5.0 (X11; Linux x64) bench',
    csrf: 'k5Jw0lV9Zq3tYx7cRb1nMd8sGh2fPa4u',
    cart: [
      { sku: 'A-1001', count: 2 },
      { sku: 'B-2002', count: 1 },
    ],
    note: 'x'.repeat(90),
  }) as unknown as SessionData

const clock = { nowMs: () => Date.now() }
const noop = (): void => {}

/** Our store, as a node uses it. */
export function ours(folder: string, file = 'ours.db'): Subject & { store: SqliteSessionStore; database: Database.Database } {
  openDatabase(join(folder, file), 'target').database.close()
  const database = connectDatabase(join(folder, file))
  const store = new SqliteSessionStore({
    database,
    clock,
    idleSeconds: 3600,
    absoluteSeconds: 86_400,
    nodeId: 'bench',
    purgeEverySeconds: 0,
  })
  const failed = (error: unknown): void => {
    if (error) throw error
  }
  return {
    name: 'ours',
    store,
    database,
    get: (sid) => {
      let found: unknown
      store.get(sid, (_error, data) => {
        found = data
      })
      return found
    },
    set: (sid, data) => store.set(sid, data, failed),
    touch: (sid, data) => store.touch(sid, data, failed),
    settle: () => store.flush(),
    close() {
      store.close()
      database.close()
    },
  }
}

/** Prepared statements on the plain schema (text key), WAL and NORMAL, with the JSON that any store has to read and write. */
export function raw(folder: string, hasExpiryIndex: boolean): Subject & { database: Database.Database } {
  const name = hasExpiryIndex ? 'raw' : 'raw without expiry index'
  const database = new Database(join(folder, `${name}.db`))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec('CREATE TABLE IF NOT EXISTS sessions (sid TEXT PRIMARY KEY, expires INTEGER NOT NULL, data TEXT NOT NULL)')
  if (hasExpiryIndex) database.exec('CREATE INDEX IF NOT EXISTS by_expiry ON sessions (expires)')
  const get = database.prepare<[string, number], { data: string }>('SELECT data FROM sessions WHERE sid = ? AND expires > ?')
  const set = database.prepare(
    'INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (sid) DO UPDATE SET expires = excluded.expires, data = excluded.data',
  )
  const touch = database.prepare('UPDATE sessions SET expires = ? WHERE sid = ?')
  return {
    name,
    database,
    get: (sid) => JSON.parse(get.get(sid, Date.now())?.data ?? 'null'),
    set: (sid, data) => set.run(sid, Date.now() + DAY_MS, JSON.stringify(data)),
    touch: (sid) => touch.run(Date.now() + DAY_MS, sid),
    settle: noop,
    close: () => database.close(),
  }
}

/** The best SQLite store of npm, in WAL. */
export function npmPeer(folder: string): Subject {
  const database = new Database(join(folder, 'npm.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  type Peer = new (options: { client: Database.Database; expired: { clear: boolean; intervalMs: number } }) => Required<session.Store>
  const create = requireCommonJs('better-sqlite3-session-store') as (library: typeof session) => Peer
  // It starts a timer that nothing can stop: taken out while it is made, so that the bench can end.
  const { setInterval } = globalThis
  Object.assign(globalThis, { setInterval: noop })
  const Peer = create(session)
  const store = new Peer({ client: database, expired: { clear: true, intervalMs: DAY_MS } })
  Object.assign(globalThis, { setInterval })
  return { ...synchronously(store), name: 'better-sqlite3-session-store', close: () => database.close() }
}

/** The store of express-session. It answers in a later tick; only its own work counts here. */
export const memory = (): Subject => ({ ...synchronously(new session.MemoryStore()), name: 'MemoryStore', close: noop })

const synchronously = (store: Required<session.Store> | session.MemoryStore) => ({
  get: (sid: string) => store.get(sid, noop),
  set: (sid: string, data: SessionData) => store.set(sid, data, noop),
  touch: (sid: string, data: SessionData) => store.touch(sid, data, noop),
  settle: noop,
})
