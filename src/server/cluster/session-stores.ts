import type Database from 'better-sqlite3'
import type { StoreKind } from '../../contract/cluster.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import { RedisConnection, withoutPassword } from '../storage/redis-connection.ts'
import { RedisSessionRecords } from '../storage/redis-session-records.ts'
import { RecordsDirectory, type SessionDirectory, SqliteDirectory } from '../storage/session-directory.ts'
import { LocalRedis } from './local-redis.ts'

/** What the session stores of a lab are made of. */
export interface SessionStoresOptions {
  /** The target's. */
  database: Database.Database
  clock: Clock
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

/** A Redis server in use. */
interface Redis {
  readonly url: string
  readonly connection: RedisConnection
  readonly directory: SessionDirectory
}

/** The session stores that nodes can use, seen from outside: which one is in use, what is in it, and the Redis server that the lab may run. */
export class SessionStores {
  readonly #options: SessionStoresOptions
  readonly #sqlite: SessionDirectory
  #memory: SessionDirectory | null = null
  #redis: Redis | null = null
  /** Runs until the lab ends or is reset: whoever comes back to it finds the sessions that were left there. */
  #own: LocalRedis | null = null
  #isOwnRunning = false
  #kind: StoreKind = 'sqlite'

  constructor(options: SessionStoresOptions) {
    this.#options = options
    this.#sqlite = new SqliteDirectory(options.database, options.clock, options.patiently)
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

  /** Sessions in the store that is in use. */
  get directory(): SessionDirectory {
    const directory = { sqlite: this.#sqlite, memory: this.#memory, redis: this.#redis?.directory }[this.#kind]
    if (!directory) throw new LabError('store-unavailable', `The session store ${this.#kind} is not there.`)
    return directory
  }

  /** Where sessions in the memory of nodes are asked for; known once there are nodes. */
  set memory(directory: SessionDirectory) {
    this.#memory = directory
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
    return { url, connection, directory: new RecordsDirectory(new RedisSessionRecords(connection), this.#options.clock) }
  }
}
