import { setTimeout as wait } from 'node:timers/promises'
import type { ClusterChange, ClusterState, StoreKind, StrategyName } from '../../contract/cluster.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Lifetimes } from '../../contract/lifetimes.ts'
import type { Balancer } from './balancer.ts'
import type { ClusterSettings } from './cluster-options.ts'
import type { CredentialPolicy, CredentialSettings } from './credential-policy.ts'
import type { StoreDials } from './dials.ts'
import { isRedisInstalled } from './local-redis.ts'
import type { AskNode } from './nodes-directory.ts'
import type { Cluster } from './running-cluster.ts'
import type { PreparedStore, SessionStores } from './session-stores.ts'

/** How long nodes may take to be connected to a Redis that was started again, and how often they are asked, milliseconds. */
const RECONNECT_PATIENCE_MS = 5000
const RECONNECT_LOOK_MS = 20

/** What live settings are made of. */
export interface LiveSettingsOptions {
  cluster: Cluster
  balancer: Balancer
  stores: SessionStores
  storeDials: StoreDials
  policy: CredentialPolicy
  /** Of a fresh lab; `redisUrl` null for a server of the lab's own. */
  start: { strategy: StrategyName; store: StoreKind; redisUrl: string | null }
  onChange(state: ClusterState): void
  /** Credentials are about to be issued that live this long; awaited before they are. */
  onLifetimes(lifetimes: Lifetimes): Promise<void>
  onAction(action: OperatorAction['action'], params?: OperatorAction['params']): void
  /** The sessions that can be seen are others now. */
  onStoreChange(): void
}

/** Settings that can be kept, and taken up again. */
export interface KeptSettings {
  readonly strategy: StrategyName
  readonly store: StoreKind
  readonly storeLatencyMs: number
  readonly isStoreOut: boolean
  readonly credentials: CredentialSettings
  /** The longest that any access token which is out can have been given to live. */
  readonly longestTokenSeconds: number
}

/** What the operator can change for all nodes while the lab runs. */
export class LiveSettings {
  readonly #options: LiveSettingsOptions
  readonly #canStartRedis = isRedisInstalled()

  constructor(options: LiveSettingsOptions) {
    this.#options = options
  }

  state(): ClusterState {
    const { balancer, cluster, stores, storeDials, policy } = this.#options
    return {
      strategy: balancer.strategy,
      store: stores.kind,
      redisUrl: stores.redisUrl,
      isRedisOwn: stores.isRedisOwn,
      canStartRedis: this.#canStartRedis,
      storeState: stores.isReachable ? 'ok' : 'unreachable',
      storeLatencyMs: storeDials.latencyMs,
      isStoreOut: storeDials.isOut,
      ...policy.current,
      isRolling: cluster.isRolling,
    }
  }

  /**
   * Resolves when every node works by it.
   * @throws LabError `node-failed`, `conflict`, `redis-not-installed`, `redis-not-started` or `redis-unreachable`; the store is then as before
   */
  async change(change: ClusterChange): Promise<ClusterState> {
    this.#turnDials(change)
    const { strategy, store, redisUrl, redisRunning } = change
    const { balancer, onAction } = this.#options
    if (strategy !== undefined && strategy !== balancer.strategy) {
      balancer.strategy = strategy
      onAction('strategy-changed', { strategy })
    }
    if (store !== undefined) await this.#switchStore(store, redisUrl ?? null)
    if (redisRunning !== undefined) await this.#runRedis(redisRunning)
    await this.#setCredentials(change)
    this.announce()
    return this.state()
  }

  /** Back to how the lab was started; answers what the nodes are to be started with. @throws LabError when Redis cannot be had any more */
  async reset(): Promise<ClusterSettings> {
    const { balancer, stores, storeDials, start, policy } = this.#options
    balancer.strategy = start.strategy
    storeDials.latencyMs = 0
    storeDials.isOut = false
    policy.reset()
    await stores.clear()
    const prepared = await stores.prepare(start.store, start.redisUrl)
    stores.use(prepared)
    this.announce()
    return { ...prepared, ...policy.settings, introspectionUrl: this.#introspectionUrl }
  }

  /** What of it can be kept. */
  kept(): KeptSettings {
    const { balancer, stores, storeDials, policy } = this.#options
    const dials = { storeLatencyMs: storeDials.latencyMs, isStoreOut: storeDials.isOut }
    return {
      strategy: balancer.strategy,
      store: stores.kind,
      ...dials,
      credentials: policy.current,
      longestTokenSeconds: policy.longestTokenSeconds,
    }
  }

  /**
   * As they were kept; answers what the nodes are to be started with.
   * @param prepared the store, ready for use
   */
  resume(
    { strategy, storeLatencyMs, isStoreOut, credentials, longestTokenSeconds }: KeptSettings,
    prepared: PreparedStore,
  ): ClusterSettings {
    const { balancer, stores, storeDials, policy } = this.#options
    balancer.strategy = strategy
    storeDials.latencyMs = storeLatencyMs
    storeDials.isOut = isStoreOut
    policy.resume(credentials, longestTokenSeconds)
    stores.use(prepared)
    this.announce()
    return { ...prepared, ...policy.settings, introspectionUrl: this.#introspectionUrl }
  }

  /** Through the balancer, as any other request: nobody knows which node answers. Null where no node asks: as nodes are started first. */
  get #introspectionUrl(): string | null {
    const { balancer, policy } = this.#options
    return policy.current.revocation === 'introspection' ? `${balancer.url}/token/introspect` : null
  }

  announce(): void {
    this.#options.onChange(this.state())
  }

  #turnDials({ storeLatencyMs, storeOut }: ClusterChange): void {
    const { storeDials, onAction } = this.#options
    if (storeLatencyMs !== undefined && storeLatencyMs !== storeDials.latencyMs) {
      storeDials.latencyMs = storeLatencyMs
      onAction('store-latency-changed', { latencyMs: storeLatencyMs })
    }
    if (storeOut !== undefined && storeOut !== storeDials.isOut) {
      storeDials.isOut = storeOut
      onAction(storeOut ? 'store-outage-on' : 'store-outage-off')
    }
  }

  async #switchStore(store: StoreKind, redisUrl: string | null): Promise<void> {
    const { stores, cluster, onAction, onStoreChange } = this.#options
    const from = stores.kind
    const urlBefore = stores.redisUrl
    // Null when the store that is left cannot tell.
    const left = await stores.directory.count().catch(() => null)
    const prepared = await stores.prepare(store, redisUrl)
    if (store === from && stores.redisUrl === urlBefore) return
    await cluster.configure(prepared)
    stores.use(prepared)
    onAction('store-changed', { store, from, left })
    onStoreChange()
  }

  async #runRedis(isRunning: boolean): Promise<void> {
    const { stores, cluster } = this.#options
    await stores.setOwnRunning(isRunning)
    if (!isRunning) return
    // Each node has a connection of its own, which tries again at its own pace.
    const deadline = performance.now() + RECONNECT_PATIENCE_MS
    const hasStore = async (ask: AskNode): Promise<void> => {
      while (performance.now() < deadline) {
        const isReached = await ask({ of: 'sessions', method: 'find', args: ['0'.repeat(64)] }).then(
          () => true,
          () => false,
        )
        if (isReached) return
        await wait(RECONNECT_LOOK_MS)
      }
    }
    await Promise.all(cluster.directories().map(hasStore))
  }

  /** One rolling restart for all of them. */
  async #setCredentials(change: ClusterChange): Promise<void> {
    const { policy, cluster, onLifetimes, onAction } = this.#options
    const actions = policy.change(change)
    if (actions.length === 0) return
    await onLifetimes(policy.current.lifetimes)
    await cluster.configure({ ...policy.settings, introspectionUrl: this.#introspectionUrl })
    for (const [action, params] of actions) onAction(action, params)
  }
}
