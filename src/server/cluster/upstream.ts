import { randomBytes } from 'node:crypto'
import { Pool } from 'undici'

/** How many of the newest answers the percentiles are taken of. */
const SAMPLES = 512
/** Connections to one node; more requests than that wait in line. */
const CONNECTIONS = 256

/** Counts one node's answers and how long they took. */
export class Meter {
  #count = 0
  readonly #durations = new Float64Array(SAMPLES)

  /** @param durationMs from request head to the last byte of the answer. */
  add(durationMs: number): void {
    this.#durations[this.#count % SAMPLES] = durationMs
    this.#count++
  }

  clear(): void {
    this.#count = 0
  }

  get count(): number {
    return this.#count
  }

  /** Nearest-rank percentiles of the newest answers, milliseconds; null before the first. */
  percentiles(): { p50Ms: number | null; p95Ms: number | null } {
    const sorted = this.#durations.slice(0, Math.min(this.#count, SAMPLES)).sort()
    const at = (rank: number): number | null => {
      const value = sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)]
      return value === undefined ? null : Math.round(value * 1000) / 1000
    }
    return { p50Ms: at(0.5), p95Ms: at(0.95) }
  }
}

/** What a node and its balancer agree on for one run. */
export const newSecret = (): string => randomBytes(16).toString('hex')

/** One run of a node that listens: where the balancer sends requests to. A node that starts again is a new upstream. */
export class Upstream {
  readonly id: string
  readonly pool: Pool
  readonly meter: Meter
  /** What proves the balancer to the node. */
  readonly secret: string
  /** Called after each exchange that was sent to it, answered or not; null when its traces come by themselves. */
  onReleased: ((exchangeId: string) => void) | null = null
  #inFlight = 0
  #whenIdle: (() => void)[] = []

  /** @param at port on this machine, or an origin */
  constructor(id: string, at: number | string, meter = new Meter(), secret = newSecret()) {
    this.id = id
    this.secret = secret
    this.meter = meter
    // The node keeps idle connections longer than that, so a request never meets a connection that is just being closed.
    this.pool = new Pool(typeof at === 'number' ? `http://127.0.0.1:${at}` : at, {
      connections: CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 100_000,
      // A node that hangs is a thing to look at: the client or the operator ends it.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  /** Requests that are not answered yet. */
  get inFlight(): number {
    return this.#inFlight
  }

  set inFlight(count: number) {
    this.#inFlight = count
    if (count > 0) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  /** Connections that are open to the node. */
  get connections(): number {
    return this.pool.stats.connected
  }

  /** Resolves when every request is answered, at the latest after `withinMs`. */
  idle(withinMs: number): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs)
      this.#whenIdle.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Breaks off every request in flight. */
  async destroy(): Promise<void> {
    await this.pool.destroy()
  }
}
