import { fileURLToPath } from 'node:url'
import type { Node } from '../../contract/nodes.ts'
import { portalUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import { ManagedNode } from './managed-node.ts'
import type { NodeSettings, NodeTrace } from './node-messages.ts'
import type { Upstream } from './upstream.ts'

/** How often counters are announced at most, milliseconds. */
const MEASURE_EVERY_MS = 1000
/** How long a node may take to write what it holds before it is killed, milliseconds. */
const CLOSE_WITHIN_MS = 1500

/** How a cluster is started. */
export interface ClusterOptions {
  /** How many nodes. */
  nodes: number
  settings: NodeSettings
  onTrace(trace: NodeTrace): void
  /** On every change of state; for counters at most once a second. */
  onNodeChange(node: Node): void
  /** The node's thread ended by itself, and why; `onNodeChange` follows. */
  onNodeCrash(id: string, failure: LabError): void
}

/** The nodes that run the target, each in its own worker thread. */
export interface Cluster {
  nodes(): Node[]
  /** Nodes that are up, for the balancer. */
  upstreams(): readonly Upstream[]
  /** @throws LabError `not-found`, or `conflict` when it is down already. */
  kill(id: string): Promise<Node>
  /** @throws LabError `not-found`, `conflict` unless it is down, or `node-failed`. */
  start(id: string): Promise<Node>
  /** Every node that is up writes the touches it holds back. */
  flush(): Promise<void>
  /** Starts every node anew with these keys, then has one put the target's data back to the start; counters begin anew. */
  reset(keys: NodeSettings['keys']): Promise<void>
  /** Within two seconds. */
  close(): Promise<void>
}

class ThreadedCluster implements Cluster {
  readonly #options: ClusterOptions
  readonly #nodes: ManagedNode[]
  #upstreams: readonly Upstream[] = []
  #timer: NodeJS.Timeout | null = null
  #isClosing = false

  constructor(options: ClusterOptions) {
    this.#options = options
    const portalDir = fileURLToPath(portalUrl())
    const listeners = {
      traces: (traces: NodeTrace[]) => {
        for (const trace of traces) options.onTrace(trace)
      },
      changed: (node: ManagedNode) => this.#changed(node),
      crashed: (node: ManagedNode, failure: LabError) => options.onNodeCrash(node.id, failure),
    }
    this.#nodes = Array.from(
      { length: options.nodes },
      (_, index) => new ManagedNode({ ...options.settings, nodeId: `node-${index + 1}`, clockSkewMs: 0, portalDir }, listeners),
    )
  }

  async open(): Promise<this> {
    const starts = await Promise.allSettled(this.#nodes.map((node) => node.start()))
    const failed = starts.find((start) => start.status === 'rejected')
    if (failed) {
      await this.close()
      throw failed.reason
    }
    this.#timer = setInterval(() => {
      for (const node of this.#nodes) void node.measure()
    }, MEASURE_EVERY_MS)
    this.#timer.unref()
    return this
  }

  nodes(): Node[] {
    return this.#nodes.map((node) => node.snapshot())
  }

  upstreams(): readonly Upstream[] {
    return this.#upstreams
  }

  async kill(id: string): Promise<Node> {
    const node = this.#find(id)
    const killed = node.kill()
    this.#gather()
    await killed
    return node.snapshot()
  }

  async start(id: string): Promise<Node> {
    const node = this.#find(id)
    await node.start()
    return node.snapshot()
  }

  async flush(): Promise<void> {
    // A node that goes down meanwhile has nothing left to write.
    await Promise.allSettled(this.#up().map((node) => node.thread?.order('flush')))
  }

  async reset(keys: NodeSettings['keys']): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.restart(keys, CLOSE_WITHIN_MS)))
    const thread = this.#up()[0]?.thread
    if (!thread) throw new LabError('conflict', 'No node is up to put the data back to the start: start one first.')
    await thread.order('reset')
    for (const node of this.#nodes) {
      node.clearCounters()
      this.#changed(node)
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#timer) clearInterval(this.#timer)
    await Promise.all(this.#nodes.map((node) => node.close(CLOSE_WITHIN_MS)))
    this.#gather()
  }

  #up(): ManagedNode[] {
    return this.#nodes.filter((node) => node.state === 'up')
  }

  #gather(): void {
    this.#upstreams = this.#nodes.flatMap((node) => node.upstream ?? [])
  }

  #changed(node: ManagedNode): void {
    this.#gather()
    if (!this.#isClosing) this.#options.onNodeChange(node.snapshot())
  }

  #find(id: string): ManagedNode {
    const node = this.#nodes.find((candidate) => candidate.id === id)
    if (!node) throw new LabError('not-found', `There is no node ${id}.`)
    return node
  }
}

/** Starts all nodes at once. @throws LabError `node-failed` when one does not come up. */
export const startCluster = (options: ClusterOptions): Promise<Cluster> => new ThreadedCluster(options).open()
