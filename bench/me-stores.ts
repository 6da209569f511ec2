import { createRequire } from 'node:module'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { RedisStore } from 'connect-redis'
import session, { MemoryStore } from 'express-session'
import { createClient } from 'redis'
import { type CreateStorage, sqliteStorage } from '../src/server/target/session-storage.ts'

/** Any Store of express-session under the app: it can say less about its sessions than the app's own. */
const plain =
  (store: session.Store): CreateStorage =>
  () => ({
    store,
    statements: null,
    look: () => ({ state: 'unknown', row: null }),
    flush: () => true,
    clear: async () => store.clear?.(),
    close: () => undefined,
  })

async function redisStore(): Promise<session.Store> {
  const client = createClient({ url: process.env['BENCH_REDIS'] })
  await client.connect()
  return new RedisStore({ client })
}

/** The best SQLite store of npm, in WAL as its users run it. */
function npmSqliteStore(folder: string): session.Store {
  const database = new Database(join(folder, 'npm.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  type Peer = new (options: { client: Database.Database }) => session.Store
  const create = createRequire(import.meta.url)('better-sqlite3-session-store') as (library: typeof session) => Peer
  const SqliteStore = create(session)
  return new SqliteStore({ client: database })
}

/** The session stores that the same app is measured on. */
export const STORES = {
  'our SQLite store': async () => sqliteStorage,
  MemoryStore: async () => plain(new MemoryStore()),
  'connect-redis': async () => plain(await redisStore()),
  'better-sqlite3-session-store': async (folder: string) => plain(npmSqliteStore(folder)),
} as const satisfies Record<string, (folder: string) => Promise<CreateStorage>>
