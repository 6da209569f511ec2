import type { Node, NodeChange } from '../../contract/nodes.ts'
import { LabClock } from '../clock.ts'
import { LabError } from '../errors.ts'
import { signingKeyId, type TargetKeys, verifyingKeyIds } from '../target-keys.ts'
import type { ClusterNode, NodeListeners, NodePlan, Roll } from './cluster-node.ts'
import { createDialBuffer, NodeDials } from './dials.ts'
import { NodeCounters } from './node-counters.ts'
import { ageNews, NodeKeys } from './node-keys.ts'
import type { NodeSettings, NodeWorkerData } from './node-messages.ts'
import { closeRun, type Run } from './node-run.ts'
import { NodeThread } from './node-thread.ts'
import { Meter, newSecret, Upstream } from './upstream.ts'

/** How long requests in flight may take to be finished when their node is replaced or taken away, milliseconds. */
const DRAIN_WITHIN_MS = 15_000
/** The same when the lab is put back: a request that takes longer is cut off. */
const REST_WITHIN_MS = 1000
type DownReason = NonNullable<Node['downReason']>

/** One node over all its runs: killed, started again, replaced, counted. */
export class ThreadNode implements ClusterNode {
  readonly id: string
  /** What marks its own requests for the balancer. */
  readonly callTag = newSecret()
  readonly #portalDir: string
  readonly #on: NodeListeners
  readonly #meter = new Meter()
  readonly #dialBuffer = createDialBuffer()
  readonly #dials = new NodeDials(this.#dialBuffer)
  #settings: NodeSettings
  readonly #keys: NodeKeys
  #run: Run | null = null
  /** The thread that is being started, or that runs. */
  #thread: NodeThread | null = null
  #state: Node['state'] = 'down'
  #downReason: DownReason | null = 'stopped'
  #downSince: number | null = null
  readonly #counters = new NodeCounters()
  #announced = ''

  constructor(given: { id: string; settings: NodeSettings; portalDir: string }, on: NodeListeners) {
    this.id = given.id
    this.#settings = given.settings
    this.#keys = new NodeKeys(given.settings.keys, new LabClock(given.settings.clockBuffer))
    this.#portalDir = given.portalDir
    this.#on = on
  }

  get state(): Node['state'] {
    return this.#state
  }

  /** Null unless it takes requests. */
  get upstream(): Upstream | null {
    return this.#state === 'up' ? (this.#run?.upstream ?? null) : null
  }

  /** Where health checks go: null unless it runs, whether it takes requests or not. */
  get probe(): Upstream | null {
    return this.#run?.upstream ?? null
  }

  /** Null unless it runs. */
  get thread(): NodeThread | null {
    return this.#run?.thread ?? null
  }

  snapshot(): Node {
    const run = this.#run
    const { clockSkewMs, latencyMs } = this.#dials
    const keys = run?.keys ?? this.#keys.current
    return {
      id: this.id,
      port: run?.port ?? null,
      url: null,
      state: this.#state,
      downReason: this.#state === 'down' ? this.#downReason : null,
      clockSkewMs,
      latencyMs,
      requests: this.#meter.count,
      ...this.#meter.percentiles(),
      inFlight: run?.upstream.inFlight ?? 0,
      connections: run?.upstream.connections ?? null,
      ...this.#counters.read(),
      downSince: this.#downSince,
      signingKeyId: signingKeyId(keys),
      verifyingKeyIds: verifyingKeyIds(keys),
      keysAgeSeconds: run ? this.#keys.ageSeconds : null,
      jwksFrozen: this.#keys.isFrozen,
      hasOwnCookieSecret: this.#keys.hasOwnCookieSecret,
    }
  }

  /** How it could be started again. */
  async plan(): Promise<NodePlan> {
    const { clockSkewMs, latencyMs } = this.#dials
    const memory = (await this.thread?.dump().catch(() => null)) ?? null
    return { id: this.id, clockSkewMs, latencyMs, isDown: this.#state === 'down', keys: this.#keys.condition, memory }
  }

  /** Resolves when nothing is in flight and all is written; to false when that takes too long. */
  async rest(): Promise<boolean> {
    await this.#run?.upstream.idle(REST_WITHIN_MS)
    if (!this.#run || this.#run.upstream.inFlight > 0) return false
    await this.#run.thread.order('flush')
    return true
  }

  /** Works on as a node that was kept like this. @throws LabError `node-failed` */
  async goOn(settings: NodeSettings, plan: NodePlan): Promise<void> {
    this.#settings = settings
    this.#keys.resume({ frozen: null, ownCookieSecret: null })
    this.#keys.follow(settings.keys)
    this.resume(plan)
    await this.#refreshKeys()
    if (plan.memory) await this.thread?.load(plan.memory)
  }

  /** Before it is started: goes on as a node that was kept like this. */
  resume({ clockSkewMs, latencyMs, isDown, keys }: NodePlan): void {
    this.#dials.clockSkewMs = clockSkewMs
    this.#dials.latencyMs = latencyMs
    if (keys) this.#keys.resume(keys)
    if (isDown) this.#setDown('killed')
  }

  /** Resolves when it listens. @throws LabError `conflict` when it is up or starting, `node-failed` when it does not come up. */
  async start(): Promise<void> {
    if (this.#state === 'draining') {
      this.#become('up')
      return
    }
    if (this.#state !== 'down') throw new LabError('conflict', `${this.id} is not down.`)
    if (this.#run) await this.kill()
    this.#become('starting')
    const run = await this.#spawn()
    if (this.#thread !== run.thread) throw new LabError('conflict', `${this.id} was killed while it started.`)
    this.#run = run
    this.#become('up')
    await this.measure()
  }

  async restart(roll: Roll): Promise<void> {
    if (!this.#run) throw new LabError('conflict', `${this.id} is down: start it.`)
    await roll(() => this.configure())
  }

  async change({ clockSkewMs, latencyMs, jwksFrozen, ownCookieSecret }: NodeChange): Promise<void> {
    if (clockSkewMs !== undefined) this.#dials.clockSkewMs = clockSkewMs
    if (latencyMs !== undefined) this.#dials.latencyMs = latencyMs
    if (jwksFrozen !== undefined) this.#keys.freeze(jwksFrozen)
    if (ownCookieSecret !== undefined) this.#keys.setOwnCookieSecret(ownCookieSecret)
    await this.#refreshKeys()
  }

  /**
   * Replaces its run: the new one listens before the old one takes its last request, so none is lost even when this is the only node.
   * A node that is down stays down and has the new settings when it is started.
   * @throws LabError `node-failed` when the new run does not come up; then the old one goes on
   */
  async configure(settings: NodeSettings = this.#settings): Promise<void> {
    this.#settings = settings
    this.#keys.follow(settings.keys)
    const before = this.#run
    if (!before) return
    const run = await this.#spawn()
    if (this.#run !== before) {
      await closeRun(run, 0)
      return
    }
    this.#run = run
    this.#become(this.#state)
    await closeRun(before, DRAIN_WITHIN_MS)
    await this.measure()
  }

  /** Its connections are cut and its thread is gone when this resolves. @throws LabError `conflict` when it is down already. */
  async kill(): Promise<void> {
    const thread = this.#thread
    if (!thread) throw new LabError('conflict', `${this.id} is down already.`)
    const run = this.#run
    this.#setDown('killed')
    await Promise.all([run?.upstream.destroy(), thread.terminate()])
    this.#on.changed(this)
  }

  /** What health checks found: an unreachable node is down, but its thread is left alone; it is up again as soon as it answers. */
  setReachable(isReachable: boolean): void {
    if (!this.#run || this.#state !== (isReachable ? 'down' : 'up')) return
    this.#on.reachable(this, isReachable)
    if (isReachable) {
      this.#become('up')
      return
    }
    this.#state = 'down'
    this.#downReason = 'unreachable'
    this.#downSince = Date.now()
    this.#on.changed(this)
  }

  /** Takes no new requests. @throws LabError `conflict` unless it is up. */
  drain(): void {
    if (this.#state !== 'up') throw new LabError('conflict', `${this.id} is not up.`)
    this.#become('draining')
  }

  /** Finishes what is in flight and ends. */
  async stop(): Promise<void> {
    const run = this.#run
    if (run && this.#state === 'up') this.#become('draining')
    await run?.upstream.idle(DRAIN_WITHIN_MS)
    await this.close()
  }

  /** Lets it write what it holds, and ends it. */
  async close(): Promise<void> {
    const run = this.#run
    const thread = this.#thread
    this.#setDown('stopped')
    if (run) await closeRun(run, 0)
    else await thread?.terminate()
    this.#on.changed(this)
  }

  async setKeys(keys: TargetKeys): Promise<void> {
    this.#settings = { ...this.#settings, keys }
    this.#keys.follow(keys)
    await this.#refreshKeys()
  }

  /** Reads its counters, and announces it when they have changed since the last time. */
  async measure(): Promise<void> {
    const run = this.#run
    if (run && (await this.#counters.ask(run.thread, () => this.#run === run))) this.#announceNews()
  }

  /** Idle nodes are not announced again and again: memory and CPU alone are no news, and an age is from time to time. */
  #announceNews(): void {
    const node = this.snapshot()
    const { requests, inFlight, connections, sessions, storeReads, storeWrites, tokensVerified, revocationReads } = node
    const counts = [requests, inFlight, connections, sessions, storeReads, storeWrites, tokensVerified, revocationReads]
    const news = [...counts, ageNews(node.keysAgeSeconds)].join()
    if (news === this.#announced) return
    this.#announced = news
    this.#on.changed(this)
  }

  async #refreshKeys(): Promise<void> {
    const run = this.#run
    try {
      if (run) await this.#bringUpToDate(run)
    } catch (error) {
      // Gone meanwhile: its next run starts with them.
      if (this.#run === run) throw error
    }
    this.#on.changed(this)
  }

  /** Keys can change while a thread starts, and while it takes others. */
  async #bringUpToDate(run: Run): Promise<void> {
    for (let keys = this.#keys.current; run.keys !== keys; keys = this.#keys.current) {
      await run.thread.setKeys(keys)
      run.keys = keys
    }
  }

  async #spawn(): Promise<Run> {
    const balancerSecret = newSecret()
    const keys = this.#keys.current
    const data: NodeWorkerData = {
      ...this.#settings,
      keys,
      nodeId: this.id,
      dials: this.#dialBuffer,
      portalDir: this.#portalDir,
      balancerSecret,
      callTag: this.callTag,
    }
    const thread: NodeThread = new NodeThread(data, {
      traces: (traces) => this.#on.traces(traces),
      gone: (failure) => this.#gone(thread, failure),
    })
    if (!this.#run) this.#thread = thread
    const port = await thread.listening
    if (this.#run) this.#thread = thread
    const run: Run = { thread, port, keys, upstream: new Upstream(this.id, port, this.#meter, balancerSecret) }
    await this.#bringUpToDate(run)
    return run
  }

  #gone(thread: NodeThread, failure: LabError): void {
    if (this.#thread !== thread) return
    const wasUp = this.#run?.thread === thread
    const upstream = this.#run?.upstream
    this.#setDown('crashed')
    void upstream?.destroy()
    if (wasUp) this.#on.crashed(this, failure)
    this.#on.changed(this)
  }

  #become(state: Node['state']): void {
    this.#state = state
    this.#downSince = null
    this.#on.changed(this)
  }

  #setDown(reason: DownReason): void {
    this.#thread = null
    this.#run = null
    this.#state = 'down'
    this.#downReason = reason
    this.#downSince = Date.now()
    this.#counters.forget()
  }
}
