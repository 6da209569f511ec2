import type Database from 'better-sqlite3'
import type { StoreKind } from '../../contract/cluster.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import { RedisConnection, withoutPassword } from '../storage/redis-connection.ts'
import { RedisRefreshRecords } from '../storage/redis-refresh-records.ts'
import { RedisRevocationRecords } from '../storage/redis-revocation-records.ts'
import { RedisSessionRecords } from '../storage/redis-session-records.ts'
import { RefreshRows } from '../storage/refresh-rows.ts'
import type { FamilyDirectory } from '../storage/refresh-store.ts'
import type { RevocationRecords } from '../storage/revocation-records.ts'
import { RevocationRows } from '../storage/revocation-rows.ts'
import { type RevocationDirectory, Revoker } from '../storage/revoker.ts'
import { RecordsDirectory, type SessionDirectory, SqliteDirectory } from '../storage/session-directory.ts'
import type { CredentialPolicy } from './credential-policy.ts'
import { LocalRedis } from './local-redis.ts'

/** What the session stores of a lab are made of. */
export interface SessionStoresOptions {
  /** The target's. */
  database: Database.Database
  clock: Clock
  /** By which way something is ended, and how long that has to be remembered. */
  policy: CredentialPolicy
  allowedHosts: AllowedHosts
  /** The data folder. */
  folder: string
  /** Runs a statement, again while another connection holds the lock. */
  patiently<T>(work: () => T): Promise<T>
  /** Redis, in use, became reachable or stopped being so. */
  onReachable(isReachable: boolean): void
}

/** A store that nodes can be started with. */
export interface PreparedStore {
  readonly store: StoreKind
  /** With its password; null unless the store is `redis`. */
  readonly redisUrl: string | null
}

/** What one store holds, seen from outside. */
interface Directories {
  readonly sessions: SessionDirectory
  readonly families: FamilyDirectory
  readonly revocations: RevocationDirectory
}

/** A Redis server in use. */
interface Redis extends Directories {
  readonly url: string
  readonly connection: RedisConnection
}

/** The session stores that nodes can use, seen from outside: which one is in use, what is in it, and the Redis server that the lab may run. */
export class SessionStores {
  readonly #options: SessionStoresOptions
  readonly #sqlite: Directories
  #memory: Directories | null = null
  #redis: Redis | null = null
  /** Runs until the lab ends or is reset: whoever comes back to it finds the sessions that were left there. */
  #own: LocalRedis | null = null
  #isOwnRunning = false
  #kind: StoreKind = 'sqlite'

  constructor(options: SessionStoresOptions) {
    this.#options = options
    const { database, clock, patiently } = options
    const families = new RefreshRows(database, patiently)
    const revocations = this.#revoker(new RevocationRows(database, patiently), families)
    this.#sqlite = { sessions: new SqliteDirectory(database, clock, patiently), families, revocations }
  }

  get kind(): StoreKind {
    return this.#kind
  }

  /** Without its password; null unless Redis is in use. */
  get redisUrl(): string | null {
    return this.#kind === 'redis' && this.#redis ? withoutPassword(this.#redis.url) : null
  }

  /** Whether the Redis in use is the lab's own. */
  get isRedisOwn(): boolean {
    return this.#kind === 'redis' && this.#own !== null && this.#redis?.url === this.#own.url
  }

  get isReachable(): boolean {
    return this.#kind !== 'redis' || (this.#redis?.connection.isReachable ?? false)
  }

  /** Sessions in the store that is in use. @throws LabError `store-unavailable` */
  get directory(): SessionDirectory {
    return this.#inUse.sessions
  }

  /** Families of refresh tokens in the same. @throws LabError `store-unavailable` */
  get families(): FamilyDirectory {
    return this.#inUse.families
  }

  /** What ended before its time, in the same. @throws LabError `store-unavailable` */
  get revocations(): RevocationDirectory {
    return this.#inUse.revocations
  }

  /** Where that in the memory of nodes is asked for; known once there are nodes. */
  set memory(directories: Directories) {
    this.#memory = directories
  }

  /** Deletes all sessions, families and revocations in every store. One that does not answer any more has lost what was in it, or is not to be asked. */
  async clear(): Promise<void> {
    const opened = [this.#sqlite, this.#memory, this.#redis].filter((store) => store !== null)
    await Promise.allSettled(
      opened.flatMap(({ sessions, families, revocations }) => [sessions.clear(), families.clear(), revocations.clear()]),
    )
  }

  /** Deletes them in the store that is in use. @throws LabError `store-unavailable` */
  async clearInUse(): Promise<void> {
    const { sessions, families, revocations } = this.#inUse
    await Promise.all([sessions.clear(), families.clear(), revocations.clear()])
  }

  get #inUse(): Directories {
    const directories = { sqlite: this.#sqlite, memory: this.#memory, redis: this.#redis }[this.#kind]
    if (!directories) throw new LabError('store-unavailable', `The session store ${this.#kind} is not there.`)
    return directories
  }

  /**
   * Makes sure that a store can be had, before any node is told to use it.
   * @param redisUrl a server that runs; null for the lab's own, which is started when it does not run
   * @throws LabError `redis-not-installed`, `redis-not-started`, `redis-unreachable` or `host-not-allowed`
   */
  async prepare(store: StoreKind, redisUrl: string | null): Promise<PreparedStore> {
    if (store !== 'redis') return { store, redisUrl: null }
    if (redisUrl !== null) this.#options.allowedHosts.require(redisUrl, 'Redis')
    const url = redisUrl ?? (await this.#ownUrl())
    if (this.#redis?.url !== url) {
      const redis = await this.#connect(url)
      this.#redis?.connection.close()
      this.#redis = redis
    }
    return { store, redisUrl: url }
  }

  /** From now on the store is the one that was prepared. */
  use({ store }: PreparedStore): void {
    this.#kind = store
  }

  /** Ends the lab's own Redis, as if its machine had failed, or starts it again, empty. @throws LabError `conflict` when it is not in use */
  async setOwnRunning(isRunning: boolean): Promise<void> {
    if (!this.#own || !this.isRedisOwn)
      throw new LabError('conflict', "The lab's own Redis is not in use: only that one can be stopped here.")
    if (isRunning === this.#isOwnRunning) return
    this.#isOwnRunning = isRunning
    if (isRunning) {
      await this.#own.launch()
      await this.#redis?.connection.whenReachable(5000)
    } else await this.#own.halt()
  }

  /** Everything that was started is ended. */
  async close(): Promise<void> {
    this.#redis?.connection.close()
    this.#redis = null
    const own = this.#own
    this.#own = null
    await own?.stop()
  }

  async #ownUrl(): Promise<string> {
    this.#own ??= await LocalRedis.start({
      folder: this.#options.folder,
      onLost: () => {
        this.#isOwnRunning = false
      },
    })
    if (this.#own.pid === null) await this.#own.launch()
    this.#isOwnRunning = true
    return this.#own.url
  }

  async #connect(url: string): Promise<Redis> {
    const connection = await RedisConnection.open({
      url,
      onChange: (isReachable) => {
        if (this.#redis?.connection === connection && this.#kind === 'redis') this.#options.onReachable(isReachable)
      },
    })
    try {
      await connection.whenReachable()
    } catch (error) {
      connection.close()
      throw error
    }
    const sessions = new RecordsDirectory(new RedisSessionRecords(connection), this.#options.clock)
    const families = new RedisRefreshRecords(connection)
    return { url, connection, sessions, families, revocations: this.#revoker(new RedisRevocationRecords(connection), families) }
  }

  #revoker(records: RevocationRecords, families: FamilyDirectory): RevocationDirectory {
    const { policy, clock } = this.#options
    const tokenLifeMs = () => policy.longestTokenSeconds * 1000
    return new Revoker({ records, families, clock, tokenLifeMs, way: () => policy.current.revocation })
  }
}
