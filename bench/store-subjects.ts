import { createRequire } from 'node:module'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import session, { type SessionData } from 'express-session'
import { Checkpoints } from '../src/server/storage/checkpoints.ts'
import { connectDatabase, openDatabase } from '../src/server/storage/open.ts'
import { placeOfSid } from '../src/server/storage/sid-key.ts'
import { SqliteSessionStore } from '../src/server/target/sessions/sqlite-session-store.ts'

/** A store under measurement: each call does one operation; those that answer later return a promise. */
export interface Subject {
  name: string
  get(sid: string): unknown
  set(sid: string, data: SessionData): unknown
  touch(sid: string, data: SessionData): unknown
  /** The session as a request holds it when it saves or touches; absent where that makes no difference to the store. */
  held?(sid: string): SessionData
  /** What an operation left for later is done here, inside the measured time. */
  settle(): void
  /** What another thread does for it; its time is counted apart. */
  drain?(): Promise<void>
  /** Gives back what the connection keeps of the file, so that no preparation warms a measurement. */
  cool?(): void
  close(): Promise<void> | void
}

const DAY_MS = 86_400_000
const requireCommonJs = createRequire(import.meta.url)

/** A session of about 400 bytes of JSON. */
export const sampleSession = (n: number): SessionData =>
  Object.assign(
    { cookie: { originalMaxAge: DAY_MS, expires: new Date(Date.now() + DAY_MS), httpOnly: true, path: '/', sameSite: 'lax' as const } },
    {
      account: `account-${n % 5000}`,
      device: 'Mozilla/5.0 (X11; Linux x64) bench',
      csrf: 'k5Jw0lV9Zq3tYx7cRb1nMd8sGh2fPa4u',
      cart: [
        { sku: 'A-1001', count: 2 },
        { sku: 'B-2002', count: 1 },
      ],
      note: 'x'.repeat(90),
    },
  )

const clock = { nowMs: () => Date.now() }
const noop = (): void => {}

/** Our store, as a node uses it that nobody watches, with the thread that copies the log. */
export function ours(folder: string, file = 'ours.db'): Subject & { store: SqliteSessionStore; database: Database.Database } {
  openDatabase(join(folder, file), 'target').database.close()
  const database = connectDatabase(join(folder, file))
  const checkpoints = new Checkpoints({ databaseFiles: [join(folder, file)], onProblem: (message) => console.error(message) })
  const limits = { idleSeconds: 3600, absoluteSeconds: 86_400 }
  const store = new SqliteSessionStore({ database, clock, ...limits, nodeId: 'bench', purgeEverySeconds: 0 })
  const failed = (error: unknown): void => {
    if (error) throw error
  }
  const get = (sid: string): SessionData => {
    let found: SessionData | null | undefined
    store.get(sid, (_error, data) => {
      found = data
    })
    if (!found) throw new Error(`The session ${sid} is not there.`)
    return found
  }
  return {
    name: 'ours',
    store,
    database,
    get,
    held: get,
    set: (sid, data) => store.set(sid, data, failed),
    touch: (sid, data) => store.touch(sid, data, failed),
    settle() {
      while (!store.flush());
    },
    drain: () => checkpoints.copyNow(),
    cool: () => database.pragma('shrink_memory'),
    async close() {
      store.close()
      await checkpoints.close()
      database.close()
    },
  }
}

/**
 * What a use of better-sqlite3 without a store needs: prepared statements on the plain schema (text key), WAL and NORMAL and all else as it
 * comes (16 MB cache, a checkpoint every 1,000 pages), the limit compared, the JSON read and written.
 */
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
  const read = (sid: string) => JSON.parse(get.get(sid, Date.now())?.data ?? 'null')
  return {
    name,
    database,
    get: read,
    held: read,
    set: (sid, data) => set.run(sid, Date.now() + DAY_MS, JSON.stringify(data)),
    touch: (sid) => touch.run(Date.now() + DAY_MS, sid),
    settle: noop,
    cool: () => database.pragma('shrink_memory'),
    close: () => void database.close(),
  }
}

/**
 * The limit of any store in this SQLite that commits each save: nothing but one statement by the integer key on our own table, touches in one
 * transaction, and never a checkpoint of its own. It forgets what a store is for: limits, ends, the whole hash.
 */
export function least(folder: string, file: string): Subject {
  const database = connectDatabase(join(folder, file))
  database.pragma('wal_autocheckpoint = 0')
  const get = database.prepare<[bigint], string>('SELECT data FROM sessions WHERE key = ?').pluck()
  const set = database.prepare('UPDATE sessions SET data = ? WHERE key = ?')
  const touch = database.prepare('UPDATE sessions SET last_seen_at = ? WHERE key = ?')
  const checkpoints = new Checkpoints({ databaseFiles: [join(folder, file)], onProblem: (message) => console.error(message) })
  const read = (sid: string) => JSON.parse(get.get(placeOfSid(sid).key) ?? 'null')
  const touched: string[] = []
  return {
    name: 'least',
    get: read,
    held: read,
    set: (sid, data) => set.run(JSON.stringify(data), placeOfSid(sid).key),
    touch: (sid) => touched.push(sid),
    settle: database.transaction(() => {
      for (const sid of touched.splice(0)) touch.run(Date.now(), placeOfSid(sid).key)
    }),
    drain: () => checkpoints.copyNow(),
    cool: () => database.pragma('shrink_memory'),
    async close() {
      await checkpoints.close()
      database.close()
    },
  }
}

/** The limit of any store that answers a copy: the JSON in a Map, in the same process, parsed and written each time. */
export function map(rows: Iterable<string>): Subject {
  const json = JSON.stringify(sampleSession(1))
  const sessions = new Map<string, string>()
  for (const sid of rows) sessions.set(sid, json)
  return {
    name: 'Map',
    get: (sid) => JSON.parse(sessions.get(sid) ?? 'null'),
    set: (sid, data) => sessions.set(sid, JSON.stringify(data)),
    touch: (sid) => sessions.has(sid),
    settle: noop,
    close: noop,
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
  return { ...synchronously(store), name: 'better-sqlite3-session-store', close: () => void database.close() }
}

/** The store of express-session. It answers in a later tick; only its own work counts here. */
export const memory = (): Subject => ({ ...synchronously(new session.MemoryStore()), name: 'MemoryStore', close: noop })

const synchronously = (store: Required<session.Store> | session.MemoryStore) => ({
  get: (sid: string) => store.get(sid, noop),
  set: (sid: string, data: SessionData) => store.set(sid, data, noop),
  touch: (sid: string, data: SessionData) => store.touch(sid, data, noop),
  settle: noop,
})
