import { Pool } from 'undici'
import type { Node } from '../../contract/nodes.ts'
import { LabError } from '../errors.ts'
import type { ClusterNode, NodeListeners } from './cluster-node.ts'
import { ageNews } from './node-keys.ts'
import { LAB_PATHS, LAB_SECRET, RemoteStats } from './remote-answers.ts'
import { type MissReason, RemoteTraces } from './remote-traces.ts'
import { Meter, newSecret, Upstream } from './upstream.ts'

/** How long requests in flight may take to be finished when the node is taken away, milliseconds. */
const DRAIN_WITHIN_MS = 15_000
/** How long it may take to answer the lab itself, milliseconds. */
const ANSWER_WITHIN_MS = 5000
/** Connections to ask for steps and counters: those of the balancer stay free for requests. */
const CONNECTIONS = 4
/** The most that an answer to the lab may hold, octets. */
const MAX_ANSWER = 4 * 1024 * 1024

/** Where a target runs that is a process of its own. */
export interface RemoteAddress {
  /** An origin. */
  readonly url: string
  /** Printed by the target when it started; null when the operator gave none: then its steps are not known. */
  readonly secret: string | null
}

const REASONS: Record<MissReason, string> = {
  'no-secret': 'was added without its secret',
  refused: 'knows of none: the secret it was added with is not the one it has now, or it was started anew',
  unreachable: 'could not be asked for them',
  unreadable: 'told them in a way that cannot be read: it is of another version',
  busy: 'has too many answers to tell the steps of all',
}

/** Host and port of an origin; all loopback names are one machine, and which of its addresses one of them means is not asked. */
export const placeOf = (origin: string): string => {
  const { hostname, port } = new URL(origin)
  return `${/^(localhost|\[::1\]|127\..*)$/.test(hostname) ? 'here' : hostname}:${port || 80}`
}

/** A node that was given by URL: the balancer sends it requests, and its life is its own. */
export class RemoteNode implements ClusterNode {
  readonly id: string
  readonly thread = null
  readonly #address: RemoteAddress
  readonly #on: NodeListeners
  readonly #meter = new Meter()
  readonly #run: Upstream
  /** For what the lab itself asks. */
  readonly #lab: Pool
  #state: 'up' | 'draining' | 'down' = 'down'
  #downSince: number | null = null
  #isClosed = false
  #isMeasuring = false
  #stats: RemoteStats | null = null
  #announced = ''

  constructor(id: string, address: RemoteAddress, on: NodeListeners) {
    this.id = id
    this.#address = address
    this.#on = on
    this.#run = new Upstream(id, address.url, this.#meter, address.secret ?? newSecret())
    const traces = new RemoteTraces({
      ask: (path) => this.#ask(path),
      onTraces: on.traces,
      onMissed: (exchangeId, reason) => this.#missed(exchangeId, reason),
    })
    this.#run.onReleased = (exchangeId) => {
      if (address.secret === null) this.#missed(exchangeId, 'no-secret')
      else traces.fetch(exchangeId)
    }
    this.#lab = new Pool(address.url, { connections: CONNECTIONS, maxResponseSize: MAX_ANSWER })
  }

  get upstream(): Upstream | null {
    return this.#state === 'up' ? this.#run : null
  }

  get probe(): Upstream | null {
    return this.#isClosed ? null : this.#run
  }

  snapshot(): Node {
    const isDown = this.#state === 'down'
    const stats = this.#stats
    return {
      id: this.id,
      port: null,
      url: this.#address.url,
      state: this.#state,
      downReason: isDown ? (this.#isClosed ? 'stopped' : 'unreachable') : null,
      clockSkewMs: 0,
      latencyMs: 0,
      requests: this.#meter.count,
      ...this.#meter.percentiles(),
      inFlight: this.#run.inFlight,
      connections: isDown ? null : this.#run.connections,
      memoryBytes: null,
      cpu: null,
      sessions: isDown ? null : (stats?.sessions ?? null),
      storeReads: stats?.storeReads ?? 0,
      storeWrites: stats?.storeWrites ?? 0,
      tokensVerified: stats?.tokensVerified ?? 0,
      revocationReads: stats?.revocationReads ?? 0,
      downSince: this.#downSince,
      signingKeyId: stats?.signingKeyId ?? '',
      verifyingKeyIds: stats?.verifyingKeyIds ?? [],
      keysAgeSeconds: isDown ? null : (stats?.keysAgeSeconds ?? null),
      jwksFrozen: false,
      hasOwnCookieSecret: false,
    }
  }

  /** Makes sure that a target answers there. @throws LabError `conflict` with what to do */
  async join(): Promise<void> {
    const advice = 'Start it there (npm run target), and give the URL that its line TARGET_READY says.'
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
      const { statusCode, headers, body } = await this.#run.pool.request({ method: 'GET', path: '/healthz', signal })
      await body.dump()
      if (statusCode !== 200 || headers['x-authlab-node'] === undefined)
        throw new LabError('conflict', `What answers at ${this.#address.url} is no target of AuthLab. ${advice}`)
    } catch (cause) {
      if (cause instanceof LabError) throw cause
      throw new LabError('conflict', `Nothing answers at ${this.#address.url}. ${advice}`, { cause })
    }
    this.#become('up')
    await this.measure()
  }

  async measure(): Promise<void> {
    if (this.#address.secret !== null && this.#state !== 'down' && !this.#isMeasuring) {
      this.#isMeasuring = true
      const answer = await this.#ask(LAB_PATHS.stats).catch(() => null)
      this.#isMeasuring = false
      this.#stats = RemoteStats.safeParse(answer).data ?? this.#stats
    }
    const { requests, inFlight, connections } = this.snapshot()
    const stats = this.#stats && { ...this.#stats, keysAgeSeconds: ageNews(this.#stats.keysAgeSeconds) }
    const news = JSON.stringify([requests, inFlight, connections, stats])
    if (news === this.#announced || this.#isClosed) return
    this.#announced = news
    this.#on.changed(this)
  }

  setReachable(isReachable: boolean): void {
    if (this.#isClosed || this.#state !== (isReachable ? 'down' : 'up')) return
    this.#on.reachable(this, isReachable)
    this.#become(isReachable ? 'up' : 'down')
  }

  async start(): Promise<void> {
    if (this.#state === 'up') throw new LabError('conflict', `${this.id} is not down.`)
    if (this.#state === 'down') throw this.#notOurs('start it where it runs, and it takes requests as soon as it answers')
    this.#become('up')
  }

  drain(): void {
    if (this.#state !== 'up') throw new LabError('conflict', `${this.id} is not up.`)
    this.#become('draining')
  }

  async restart(): Promise<void> {
    throw this.#notOurs('restart it where it runs')
  }

  async kill(): Promise<void> {
    throw this.#notOurs('end it where it runs, or drain or remove it here')
  }

  async change(): Promise<void> {
    throw this.#notOurs('its clock, latency, keys and secrets are changed where it runs')
  }

  /** It was configured when it was started. */
  async configure(): Promise<void> {}

  /** It fetches public keys itself; secret ones are given to it where it runs. */
  async setKeys(): Promise<void> {}

  async stop(): Promise<void> {
    if (this.#state === 'up') this.#become('draining')
    await this.#run.idle(DRAIN_WITHIN_MS)
    await this.close()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#become('down')
    await Promise.all([this.#run.destroy(), this.#lab.destroy()])
  }

  #notOurs(instead: string): LabError {
    return new LabError('conflict', `${this.id} is a process of its own, at ${this.#address.url}: ${instead}.`)
  }

  #become(state: 'up' | 'draining' | 'down'): void {
    this.#state = state
    this.#downSince = state === 'down' ? Date.now() : null
    this.#on.changed(this)
  }

  /** Null when it does not know of that, or not of us. */
  async #ask(path: string): Promise<unknown> {
    const headers = { [LAB_SECRET]: this.#address.secret ?? '' }
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const { statusCode, body } = await this.#lab.request({ method: 'GET', path, headers, signal })
    if (statusCode === 200) return body.json()
    await body.dump()
    return null
  }

  #missed(exchangeId: string, reason: MissReason): void {
    this.#on.untraced(exchangeId, {
      kind: 'steps-missing',
      outcome: reason === 'no-secret' ? 'info' : 'fail',
      durationUs: 0,
      title: `The steps of ${this.id} are not known: it ${REASONS[reason]}`,
      evidence: { node: this.id, url: this.#address.url, reason },
      source: { file: 'src/server/cluster/remote-node.ts', symbol: 'RemoteNode' },
    })
  }
}
