import { setTimeout as wait } from 'node:timers/promises'
import type { ClusterChange, ClusterState, StoreKind, StrategyName } from '../../contract/cluster.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Lifetimes } from '../../contract/lifetimes.ts'
import { LIFETIMES } from '../target-defaults.ts'
import type { Balancer } from './balancer.ts'
import type { Cluster } from './cluster.ts'
import type { ClusterSettings } from './cluster-options.ts'
import type { StoreDials } from './dials.ts'
import { isRedisInstalled } from './local-redis.ts'
import type { AskNode } from './nodes-directory.ts'
import type { SessionStores } from './session-stores.ts'

/** How long nodes may take to be connected to a Redis that was started again, and how often they are asked, milliseconds. */
const RECONNECT_PATIENCE_MS = 5000
const RECONNECT_LOOK_MS = 20

/** What live settings are made of. */
export interface LiveSettingsOptions {
  cluster: Cluster
  balancer: Balancer
  stores: SessionStores
  storeDials: StoreDials
  /** Of a fresh lab; `redisUrl` null for a server of the lab's own. */
  start: { strategy: StrategyName; store: StoreKind; redisUrl: string | null }
  onChange(state: ClusterState): void
  /** Credentials are about to be issued that live this long; awaited before they are. */
  onLifetimes(lifetimes: Lifetimes): Promise<void>
  onAction(action: OperatorAction['action'], params?: OperatorAction['params']): void
  /** The sessions that can be seen are others now. */
  onStoreChange(): void
}

/** What nodes issue and judge credentials by. */
type CredentialSettings = Pick<ClusterState, 'leewaySeconds' | 'revocation' | 'recheckAccount' | 'lifetimes'>

/** Of a fresh lab. */
export const STARTING_CREDENTIALS: CredentialSettings = {
  leewaySeconds: 0,
  revocation: 'none',
  recheckAccount: false,
  lifetimes: LIFETIMES,
}

const LIFETIME_NAMES = Object.keys(LIFETIMES) as (keyof Lifetimes)[]

const changedLifetimes = (before: Lifetimes, wanted: ClusterChange['lifetimes'] = {}): Record<string, number> =>
  Object.fromEntries(
    LIFETIME_NAMES.flatMap((name) => (wanted[name] === undefined || wanted[name] === before[name] ? [] : [[name, wanted[name]]])),
  )

/** What the operator can change for all nodes while the lab runs. */
export class LiveSettings {
  readonly #options: LiveSettingsOptions
  readonly #canStartRedis = isRedisInstalled()
  #credentials: CredentialSettings = STARTING_CREDENTIALS

  constructor(options: LiveSettingsOptions) {
    this.#options = options
  }

  state(): ClusterState {
    const { balancer, cluster, stores, storeDials } = this.#options
    return {
      strategy: balancer.strategy,
      store: stores.kind,
      redisUrl: stores.redisUrl,
      isRedisOwn: stores.isRedisOwn,
      canStartRedis: this.#canStartRedis,
      storeState: stores.isReachable ? 'ok' : 'unreachable',
      storeLatencyMs: storeDials.latencyMs,
      isStoreOut: storeDials.isOut,
      ...this.#credentials,
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
    const { balancer, stores, storeDials, start } = this.#options
    balancer.strategy = start.strategy
    storeDials.latencyMs = 0
    storeDials.isOut = false
    this.#credentials = STARTING_CREDENTIALS
    await stores.clear()
    const prepared = await stores.prepare(start.store, start.redisUrl)
    stores.use(prepared)
    this.announce()
    return { ...prepared, ...STARTING_CREDENTIALS }
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
    const before = this.#credentials
    const { leewaySeconds = before.leewaySeconds, revocation = before.revocation, recheckAccount = before.recheckAccount } = change
    const changed = changedLifetimes(before.lifetimes, change.lifetimes)
    const after = { leewaySeconds, revocation, recheckAccount, lifetimes: { ...before.lifetimes, ...changed } }
    const actions: [OperatorAction['action'], OperatorAction['params']][] = []
    if (leewaySeconds !== before.leewaySeconds) actions.push(['leeway-changed', { seconds: leewaySeconds }])
    if (revocation !== before.revocation) actions.push(['revocation-changed', { revocation, from: before.revocation }])
    if (recheckAccount !== before.recheckAccount) actions.push([recheckAccount ? 'recheck-on' : 'recheck-off', {}])
    if (Object.keys(changed).length > 0) actions.push(['lifetimes-changed', changed])
    if (actions.length === 0) return
    this.#credentials = after
    await this.#options.onLifetimes(after.lifetimes)
    await this.#options.cluster.configure(after)
    for (const [action, params] of actions) this.#options.onAction(action, params)
  }
}
