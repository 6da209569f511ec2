import { LabError } from '../errors.ts'

type Client = Awaited<ReturnType<typeof makeClient>>

/** How to reach a Redis server and whom to tell. */
export interface RedisConnectionOptions {
  /** `redis://[[user]:password@]host[:port][/database]`. */
  url: string
  /** Called when the server becomes reachable, and when it stops being so; not before the first of the two. */
  onChange?: (isReachable: boolean) => void
}

/** A command that takes longer has failed, milliseconds. */
const COMMAND_TIMEOUT_MS = 1000
const CONNECT_TIMEOUT_MS = 1000
const MIN_RETRY_MS = 50
const MAX_RETRY_MS = 1000

/** The library is loaded only here: that takes longer than all the rest of a node. */
async function makeClient(url: string) {
  const { createClient } = await import('redis')
  return createClient({
    url,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(MIN_RETRY_MS * 2 ** Math.min(retries, 10), MAX_RETRY_MS),
    },
  })
}

/**
 * One connection to Redis. While the server cannot be reached every use fails at once with `store-unavailable`: nothing is queued for later,
 * because whoever asked has been answered by then. It reconnects by itself for as long as it is open.
 */
export class RedisConnection {
  readonly #client: Client
  readonly #options: RedisConnectionOptions
  #isReachable: boolean | null = null
  /** It is connected and does not answer. */
  #isStalled = false
  #lastError: unknown

  private constructor(client: Client, options: RedisConnectionOptions) {
    this.#client = client
    this.#options = options
    client.on('error', (error: unknown) => this.#lose(error))
    client.on('ready', () => this.#reach())
  }

  /** Starts to connect and does not wait for it. @throws LabError `redis-unreachable` when the URL says no Redis */
  static async open(options: RedisConnectionOptions): Promise<RedisConnection> {
    const client = await makeClient(options.url).catch((cause: unknown) => {
      const advice = 'It is written as redis://:PASSWORD@HOST:PORT/DATABASE, special characters of the password percent-encoded.'
      throw new LabError('redis-unreachable', `The URL ${withoutPassword(options.url)} is none that Redis can be reached by. ${advice}`, {
        cause,
      })
    })
    const connection = new RedisConnection(client, options)
    // Rejects only when it is closed before the server was ever there.
    client.connect().catch(() => undefined)
    return connection
  }

  get isReachable(): boolean {
    return this.#isReachable === true
  }

  /** Resolves when the server has answered. @throws LabError `redis-unreachable` with the reason when it does not within the time, milliseconds. */
  async whenReachable(timeoutMs = 2000): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (!this.isReachable) {
      if (performance.now() > deadline) throw this.#unreachable()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Runs commands. @throws LabError `store-unavailable` when the server is gone, refuses, or does not answer in time. */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (!this.#client.isReady || this.#isStalled) throw this.#unavailable(this.#lastError)
    let timer: NodeJS.Timeout | undefined
    let isLate = false
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        isLate = true
        reject(new Error(`no answer within ${COMMAND_TIMEOUT_MS} ms`))
      }, COMMAND_TIMEOUT_MS)
    })
    try {
      return await Promise.race([work(this.#client), late])
    } catch (error) {
      if (isLate) this.#stall(error)
      throw this.#unavailable(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the connection; what is still unanswered fails. */
  close(): void {
    this.#isReachable = null
    this.#client.removeAllListeners('ready')
    if (this.#client.isOpen) this.#client.destroy()
  }

  #reach(): void {
    this.#isStalled = false
    if (this.#isReachable === true) return
    this.#isReachable = true
    this.#options.onChange?.(true)
  }

  #lose(error: unknown): void {
    this.#lastError = error
    // `null` stays: closed, or not yet tried. The first failure is told too.
    if (this.#isReachable === false || !this.#client.isOpen) return
    this.#isReachable = false
    this.#options.onChange?.(false)
  }

  /** The server took the command and says nothing: the next ones fail at once, until it answers or the connection breaks. */
  #stall(error: unknown): void {
    if (this.#isStalled) return
    this.#isStalled = true
    this.#lose(error)
    this.#client.ping().then(
      () => this.#reach(),
      (failure: unknown) => this.#lose(failure),
    )
  }

  #unavailable(cause: unknown): LabError {
    const message = `The session store cannot be used: Redis at ${withoutPassword(this.#options.url)} does not answer.`
    return new LabError('store-unavailable', message, { cause })
  }

  #unreachable(): LabError {
    const where = withoutPassword(this.#options.url)
    const reason = this.#lastError instanceof Error ? this.#lastError.message || this.#lastError.name : 'no answer'
    return new LabError('redis-unreachable', `Redis at ${where} cannot be used (${reason}). Start it, or give the URL of one that runs.`)
  }
}

/** A Redis URL as it may be shown: host, port and database. */
export function withoutPassword(url: string): string {
  try {
    const shown = new URL(url)
    // Where it belongs, and where it stands by a slip.
    Object.assign(shown, { username: '', password: '', search: '', hash: '' })
    return shown.href
  } catch {
    return 'an address that is not a URL'
  }
}
