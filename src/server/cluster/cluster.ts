import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { MAX_NODES, type Node, type NodeChange } from '../../contract/nodes.ts'
import { AllowedHosts } from '../allowed-hosts.ts'
import { portalUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import type { TargetKeys } from '../target-keys.ts'
import type { ClusterNode, NodeListeners, NodePlan } from './cluster-node.ts'
import type { ClusterOptions, ClusterSettings } from './cluster-options.ts'
import { HealthChecks } from './health-checks.ts'
import type { NodeSettings, NodeTrace } from './node-messages.ts'
import type { AskNode } from './nodes-directory.ts'
import { placeOf, type RemoteAddress, RemoteNode } from './remote-node.ts'
import { RollingRestarts } from './rolling-restarts.ts'
import type { Cluster } from './running-cluster.ts'
import { ThreadNode } from './thread-node.ts'
import type { Upstream } from './upstream.ts'

/** How often counters are announced at most, milliseconds. */
const MEASURE_EVERY_MS = 1000

class ThreadedCluster implements Cluster {
  readonly #options: ClusterOptions
  readonly #portalDir = fileURLToPath(portalUrl())
  readonly #health = new HealthChecks(() => this.#nodes)
  readonly #rolling = new RollingRestarts((isRolling) => this.#options.onRolling?.(isRolling))
  #settings: NodeSettings
  #nodes: ClusterNode[] = []
  #upstreams: readonly Upstream[] = []
  #lastNumber = 0
  #timer: NodeJS.Timeout | null = null
  #isClosing = false
  /** No request is given to any node meanwhile. */
  #isHeld = false

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#settings = options.settings
  }

  get isRolling(): boolean {
    return this.#rolling.isUnderWay
  }

  async open(): Promise<this> {
    try {
      await this.#startAll()
    } catch (error) {
      await this.close()
      throw error
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

  directories(): readonly AskNode[] {
    return this.#nodes.flatMap(({ thread }) => (thread ? (call) => thread.ask(call) : []))
  }

  nodeByTag(tag: string): string | null {
    return this.#nodes.find((node) => node instanceof ThreadNode && node.callTag === tag)?.id ?? null
  }

  suspect(upstream: Upstream): void {
    const node = this.#nodes.find(({ probe }) => probe === upstream)
    if (node) void this.#health.check(node)
  }

  async add(address?: RemoteAddress): Promise<Node> {
    if (this.#nodes.length >= MAX_NODES) throw new LabError('conflict', `A lab has at most ${MAX_NODES} nodes: remove one first.`)
    if (address) this.#requireNew(address)
    const node = address ? this.#createRemote(address) : this.#create()
    this.#nodes.push(node)
    try {
      await (node instanceof RemoteNode ? node.join() : node.start())
    } catch (error) {
      this.#forget(node)
      if (address) await node.close()
      throw error
    }
    return node.snapshot()
  }

  async remove(id: string): Promise<void> {
    const node = this.#find(id)
    if (this.#nodes.length === 1) throw new LabError('conflict', 'This is the only node: a lab has at least one.')
    await node.stop()
    this.#forget(node)
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

  async restart(id: string): Promise<Node> {
    const node = this.#find(id)
    await node.restart(this.#rolling.run)
    return node.snapshot()
  }

  drain(id: string): Node {
    const node = this.#find(id)
    node.drain()
    return node.snapshot()
  }

  async change(id: string, change: NodeChange): Promise<Node> {
    const node = this.#find(id)
    await node.change(change)
    return node.snapshot()
  }

  configure(change: ClusterSettings): Promise<void> {
    return this.#rolling.run(async () => {
      this.#settings = { ...this.#settings, ...change }
      for (const node of [...this.#nodes]) await node.configure(this.#settings)
    })
  }

  async setKeys(keys: TargetKeys): Promise<void> {
    this.#settings = { ...this.#settings, keys }
    await Promise.all(this.#nodes.map((node) => node.setKeys(keys)))
  }

  async flush(): Promise<void> {
    // A node that goes down meanwhile has nothing left to write.
    await Promise.allSettled(this.#nodes.map((node) => node.thread?.order('flush')))
  }

  async measure(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.measure()))
  }

  async reset(change: ClusterSettings & { keys: TargetKeys }): Promise<void> {
    await this.#rolling.run(async () => {
      this.#settings = { ...this.#settings, ...change }
      await this.#closeAll()
      await this.#startAll()
      await this.#nodes[0]?.thread?.order('reset')
    })
  }

  plans(): Promise<NodePlan[]> {
    return Promise.all(this.#nodes.filter((node) => node instanceof ThreadNode).map((node) => node.plan()))
  }

  async replace(change: ClusterSettings & { keys: TargetKeys }, plans: readonly NodePlan[], meanwhile: () => Promise<void>): Promise<void> {
    await this.#rolling.run(async () => {
      const settings = { ...this.#settings, ...change }
      if (await this.#stayAsThreads(settings, plans, meanwhile)) return
      await this.#closeAll()
      await meanwhile()
      this.#settings = settings
      const planned = plans.map((plan) => {
        const node = this.#create(plan.id)
        node.resume(plan)
        return { node, ...plan }
      })
      this.#nodes = planned.map(({ node }) => node)
      this.#lastNumber = Math.max(...plans.map(({ id }) => Number(id.split('-')[1])))
      await startEach(planned.filter(({ isDown }) => !isDown).map(({ node }) => node))
      await Promise.all(planned.map(({ node, memory }) => memory && node.thread?.load(memory)))
      for (const node of this.#nodes) this.#changed(node)
    })
  }

  /** False when other nodes are to be there, or one that is does not come to rest: nothing has been done then. */
  async #stayAsThreads(settings: NodeSettings, plans: readonly NodePlan[], meanwhile: () => Promise<void>): Promise<boolean> {
    const nodes = this.#nodes.filter((node) => node instanceof ThreadNode)
    const areSame =
      nodes.length === this.#nodes.length &&
      isDeepStrictEqual(nodes.map(isUpNow), plans.map(isUpLater)) &&
      nodes.every(({ state }) => state === 'up')
    if (!areSame || !isDeepStrictEqual(withoutKeys(settings), withoutKeys(this.#settings))) return false
    this.#isHeld = true
    this.#gather()
    try {
      if (!(await Promise.all(nodes.map((node) => node.rest()))).every(Boolean)) return false
      await meanwhile()
      this.#settings = settings
      await Promise.all(nodes.map((node, place) => node.goOn(settings, plans[place] as NodePlan)))
    } finally {
      this.#isHeld = false
      this.#gather()
    }
    return true
  }

  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#timer) clearInterval(this.#timer)
    this.#health.stop()
    await Promise.all(this.#nodes.map((node) => node.close()))
    this.#gather()
  }

  async #startAll(): Promise<void> {
    this.#nodes = Array.from({ length: this.#options.nodes }, () => this.#create())
    await startEach(this.#nodes)
  }

  async #closeAll(): Promise<void> {
    const before = this.#nodes
    await Promise.all(before.map((node) => node.close()))
    for (const node of before) this.#forget(node)
    this.#lastNumber = 0
  }

  #create(id = this.#nextId()): ThreadNode {
    const { onTrace } = this.#options
    return new ThreadNode({ id, settings: this.#settings, portalDir: this.#portalDir }, this.#listeners(onTrace))
  }

  #createRemote(address: RemoteAddress): RemoteNode {
    const { onTrace, onRemoteTrace = onTrace } = this.#options
    return new RemoteNode(this.#nextId(), address, this.#listeners(onRemoteTrace))
  }

  #requireNew({ url }: RemoteAddress): void {
    const { allowedHosts = new AllowedHosts() } = this.#options
    allowedHosts.require(url, 'The node')
    const wanted = placeOf(url)
    const isThere = ({ url: known, port }: Node): boolean => wanted === (known === null ? `here:${port}` : placeOf(known))
    const twin = this.nodes().find(isThere)
    if (twin) throw new LabError('conflict', `${twin.id} is what answers at ${url}.`)
  }

  #nextId(): string {
    this.#lastNumber++
    return `node-${this.#lastNumber}`
  }

  #listeners(onTrace: (trace: NodeTrace) => void): NodeListeners {
    return {
      traces: (traces) => {
        for (const trace of traces) onTrace(trace)
      },
      untraced: (exchangeId, step) => this.#options.onUntraced?.(exchangeId, step),
      changed: (node) => this.#changed(node),
      crashed: (node, failure) => this.#options.onNodeCrash(node.id, failure),
      reachable: (node, isReachable) => this.#options.onReachable?.(node.id, isReachable),
    }
  }

  #gather(): void {
    this.#upstreams = this.#isHeld ? [] : this.#nodes.flatMap((node) => node.upstream ?? [])
  }

  #forget(node: ClusterNode): void {
    this.#nodes = this.#nodes.filter((kept) => kept !== node)
    this.#gather()
    if (!this.#isClosing) this.#options.onNodeRemoved?.(node.id)
  }

  #changed(node: ClusterNode): void {
    this.#gather()
    if (!this.#isClosing && this.#nodes.includes(node)) this.#options.onNodeChange(node.snapshot())
  }

  #find(id: string): ClusterNode {
    const node = this.#nodes.find((candidate) => candidate.id === id)
    if (!node) throw new LabError('not-found', `There is no node ${id}.`)
    return node
  }
}

const isUpNow = ({ id, state }: ThreadNode) => ({ id, isUp: state === 'up' })
const isUpLater = ({ id, isDown }: NodePlan) => ({ id, isUp: !isDown })
const withoutKeys = ({ keys, ...settings }: NodeSettings): Omit<NodeSettings, 'keys'> => settings

async function startEach(nodes: readonly ClusterNode[]): Promise<void> {
  const starts = await Promise.allSettled(nodes.map((node) => node.start()))
  const failed = starts.find((start) => start.status === 'rejected')
  if (failed) throw failed.reason
}

/** Starts all nodes at once. @throws LabError `node-failed` when one does not come up. */
export const startCluster = (options: ClusterOptions): Promise<Cluster> => new ThreadedCluster(options).open()
