import type { StoreKind } from '../../../contract/cluster.ts'
import { LabError } from '../../errors.ts'
import type { KeptMemory } from '../../storage/memory-contents.ts'
import { MemoryRefreshRecords } from '../../storage/memory-refresh-records.ts'
import { MemoryRevocationRecords } from '../../storage/memory-revocation-records.ts'
import { RedisConnection } from '../../storage/redis-connection.ts'
import { RedisRefreshRecords } from '../../storage/redis-refresh-records.ts'
import { RedisRevocationRecords } from '../../storage/redis-revocation-records.ts'
import { RedisSessionRecords } from '../../storage/redis-session-records.ts'
import type { RefreshStore } from '../../storage/refresh-store.ts'
import type { RevocationRecords } from '../../storage/revocation-records.ts'
import { RecordsDirectory } from '../../storage/session-directory.ts'
import type { SessionRecords } from '../../storage/session-records.ts'
import { retryBusy } from '../retry-busy.ts'
import { type CreateStorage, type StoreStatements, sqliteStorage } from '../session-storage.ts'
import { recordsOfConnectRedis } from './connect-redis-records.ts'
import { MemorySessionRecords } from './memory-session-records.ts'
import { TimedSessionStore } from './timed-session-store.ts'

/** What runs in Redis, as the trace shows it. */
const REDIS_COMMANDS: StoreStatements = {
  find: 'HGETALL authlab:session:<id>',
  insert: 'EVALSHA <save> 1 authlab:session:<id> ...',
  update: 'EVALSHA <save> 1 authlab:session:<id> ...',
  touch: 'EVALSHA <touch> 1 authlab:session:<id> ...',
  destroy: 'EVALSHA <end> 1 authlab:session:<id> ...',
  listOfAccount: 'ZRANGE authlab:account:<name> 0 499 REV',
  endAll: 'EVALSHA <end for account> 1 authlab:account:<name> ...',
}

/** What a storage is made of that is not the database. */
interface Records {
  readonly records: SessionRecords
  readonly refresh: RefreshStore
  readonly revocations: RevocationRecords
  readonly statements: StoreStatements | null
  readonly ownSessions?: (now: number) => number
}

const storageOf =
  ({ records, refresh, revocations, statements, ownSessions }: Records): CreateStorage =>
  (deps, watch) => {
    const store = new TimedSessionStore({ ...deps, records, ...watch })
    return {
      store,
      statements,
      directory: new RecordsDirectory(records, deps.clock, retryBusy),
      refresh,
      revocations,
      ...(ownSessions && { ownSessions: () => ownSessions(deps.clock.nowMs()) }),
      look: (sid) => store.look(sid),
      flush: () => store.flush(),
      clear: async () => records.clear(),
      close: () => store.close(),
    }
  }

/** A way to keep sessions, and what has to be closed with it. */
export interface OpenedStorage {
  createStorage: CreateStorage
  /** Null unless it keeps all in the memory of this thread. */
  readonly memory: KeptMemory | null
  close(): void
}

/**
 * Gets ready what a kind of session store needs. With `redis` it waits a while for the server, then goes on without: the node refuses what
 * needs a session until it is there.
 * @param redisUrl null unless the kind is `redis`
 * @throws LabError `redis-unreachable` when a URL is needed and there is none
 */
export async function openStorage(kind: StoreKind, redisUrl: string | null): Promise<OpenedStorage> {
  if (kind === 'redis') {
    if (redisUrl === null) throw new LabError('redis-unreachable', 'The session store redis needs the URL of a server.')
    const connection = await RedisConnection.open({ url: redisUrl })
    await connection.whenReachable().catch(() => undefined)
    const records = recordsOfConnectRedis(new RedisSessionRecords(connection))
    const refresh = new RedisRefreshRecords(connection)
    const revocations = new RedisRevocationRecords(connection)
    const createStorage = storageOf({ records, refresh, revocations, statements: REDIS_COMMANDS })
    return { createStorage, memory: null, close: () => connection.close() }
  }
  if (kind === 'sqlite') return { createStorage: sqliteStorage, memory: null, close: () => undefined }
  const records = new MemorySessionRecords()
  const ownSessions = (now: number): number => records.count(now)
  const refresh = new MemoryRefreshRecords()
  const revocations = new MemoryRevocationRecords()
  const memory: KeptMemory = {
    dump: () => ({ sessions: records.dump(), families: refresh.dump(), ...revocations.dump() }),
    load: ({ sessions, families, denied, marks }) => {
      records.load(sessions)
      refresh.load(families)
      revocations.load({ denied, marks })
    },
  }
  return { createStorage: storageOf({ records, refresh, revocations, statements: null, ownSessions }), memory, close: () => undefined }
}
