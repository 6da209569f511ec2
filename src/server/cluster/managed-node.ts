import type { Node } from '../../contract/nodes.ts'
import { LabError } from '../errors.ts'
import type { NodeTrace, NodeWorkerData } from './node-messages.ts'
import { NodeThread } from './node-thread.ts'
import { Meter, newSecret, Upstream } from './upstream.ts'

/** What a node tells its cluster. */
export interface NodeListeners {
  traces(traces: NodeTrace[]): void
  /** State or counters are different now. */
  changed(node: ManagedNode): void
  /** The thread ended and nobody had asked for it. */
  crashed(node: ManagedNode, failure: LabError): void
}

/** One node over all its runs: killed, started again, counted. */
export class ManagedNode {
  #data: Omit<NodeWorkerData, 'balancerSecret'>
  readonly #on: NodeListeners
  readonly #meter = new Meter()
  #thread: NodeThread | null = null
  #upstream: Upstream | null = null
  #state: Node['state'] = 'down'
  #port: number | null = null
  #memoryBytes: number | null = null
  #downSince: number | null = null
  #announcedCount = 0
  #isMeasuring = false

  constructor(data: Omit<NodeWorkerData, 'balancerSecret'>, on: NodeListeners) {
    this.#data = data
    this.#on = on
  }

  get id(): string {
    return this.#data.nodeId
  }

  get state(): Node['state'] {
    return this.#state
  }

  /** Null unless up. */
  get upstream(): Upstream | null {
    return this.#upstream
  }

  /** Null unless it runs. */
  get thread(): NodeThread | null {
    return this.#thread
  }

  snapshot(): Node {
    return {
      id: this.id,
      port: this.#port,
      state: this.#state,
      clockSkewMs: this.#data.clockSkewMs,
      latencyMs: 0,
      requests: this.#meter.count,
      ...this.#meter.percentiles(),
      memoryBytes: this.#memoryBytes,
      downSince: this.#downSince,
      signingKeyId: this.#data.keys.tokenKeyId,
    }
  }

  /** Resolves when it listens. @throws LabError `conflict` unless it is down, `node-failed` when it does not come up. */
  async start(): Promise<void> {
    if (this.#state !== 'down') throw new LabError('conflict', `${this.id} is not down.`)
    const balancerSecret = newSecret()
    const thread: NodeThread = new NodeThread(
      { ...this.#data, balancerSecret },
      {
        traces: (traces) => this.#on.traces(traces),
        gone: (failure) => this.#gone(thread, failure),
      },
    )
    this.#thread = thread
    this.#state = 'starting'
    this.#downSince = null
    this.#on.changed(this)
    const port = await thread.listening
    if (this.#thread !== thread) throw new LabError('conflict', `${this.id} was killed while it started.`)
    this.#port = port
    this.#upstream = new Upstream(this.id, port, this.#meter, balancerSecret)
    this.#state = 'up'
    this.#on.changed(this)
    const memoryBytes = await thread.order('stats').catch(() => null)
    if (this.#thread === thread) this.#memoryBytes = memoryBytes
  }

  /** Closes it and starts it anew with these keys; a node that is down is only started. */
  async restart(keys: NodeWorkerData['keys'], withinMs: number): Promise<void> {
    await this.close(withinMs)
    this.#data = { ...this.#data, keys }
    await this.start()
  }

  /** Its connections are cut and its thread is gone when this resolves. @throws LabError `conflict` when it is down already. */
  async kill(): Promise<void> {
    const thread = this.#thread
    if (!thread) throw new LabError('conflict', `${this.id} is down already.`)
    const upstream = this.#upstream
    this.#setDown()
    await Promise.all([upstream?.destroy(), thread.terminate()])
    this.#on.changed(this)
  }

  /** Lets it write what it holds, but waits no longer than `withinMs`. */
  async close(withinMs: number): Promise<void> {
    const thread = this.#thread
    if (!thread) return
    const upstream = this.#upstream
    this.#setDown()
    await upstream?.destroy()
    await settledWithin(thread.order('close'), withinMs)
    await thread.terminate()
  }

  /** Announces it when it has answered since the last time. */
  async measure(): Promise<void> {
    if (!this.#thread || this.#state !== 'up' || this.#isMeasuring || this.#meter.count === this.#announcedCount) return
    this.#isMeasuring = true
    const thread = this.#thread
    const memoryBytes = await thread.order('stats').catch(() => null)
    this.#isMeasuring = false
    if (this.#thread !== thread) return
    this.#announcedCount = this.#meter.count
    this.#memoryBytes = memoryBytes
    this.#on.changed(this)
  }

  clearCounters(): void {
    this.#meter.clear()
    this.#announcedCount = 0
  }

  #gone(thread: NodeThread, failure: LabError): void {
    if (this.#thread !== thread) return
    const wasUp = this.#state === 'up'
    const upstream = this.#upstream
    this.#setDown()
    void upstream?.destroy()
    if (wasUp) this.#on.crashed(this, failure)
    this.#on.changed(this)
  }

  #setDown(): void {
    this.#thread = null
    this.#upstream = null
    this.#state = 'down'
    this.#port = null
    this.#memoryBytes = null
    this.#downSince = Date.now()
  }
}

/** Resolves when the promise settles either way, at the latest after `withinMs`. */
const settledWithin = (promise: Promise<unknown>, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    promise.then(done, done)
  })
