import type { ClusterChange, ClusterState } from '../../contract/cluster.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Balancer } from './balancer.ts'
import type { Cluster, ClusterSettings } from './cluster.ts'
import type { StoreDials } from './dials.ts'

/** What live settings are made of. */
export interface LiveSettingsOptions {
  cluster: Cluster
  balancer: Balancer
  storeDials: StoreDials
  /** Of a fresh lab. */
  start: Pick<ClusterState, 'strategy' | 'store'>
  onChange(state: ClusterState): void
  onAction(action: OperatorAction['action'], params?: OperatorAction['params']): void
}

/** What the operator can change for all nodes while the lab runs. */
export class LiveSettings {
  readonly #options: LiveSettingsOptions
  #store: ClusterState['store']
  #leewaySeconds = 0

  constructor(options: LiveSettingsOptions) {
    this.#options = options
    this.#store = options.start.store
  }

  state(): ClusterState {
    const { balancer, cluster, storeDials } = this.#options
    return {
      strategy: balancer.strategy,
      store: this.#store,
      redisUrl: null,
      isRedisOwn: false,
      canStartRedis: false,
      storeState: 'ok',
      storeLatencyMs: storeDials.latencyMs,
      isStoreOut: storeDials.isOut,
      leewaySeconds: this.#leewaySeconds,
      isRolling: cluster.isRolling,
    }
  }

  /** Resolves when every node works by it. @throws LabError `node-failed`, or why the store cannot be had. */
  async change(change: ClusterChange): Promise<ClusterState> {
    this.#turnDials(change)
    const { strategy } = change
    const { balancer, onAction } = this.#options
    if (strategy !== undefined && strategy !== balancer.strategy) {
      balancer.strategy = strategy
      onAction('strategy-changed', { strategy })
    }
    await this.#setLeeway(change.leewaySeconds)
    this.announce()
    return this.state()
  }

  /** Back to how the lab was started; answers what the nodes are to be started with. */
  reset(): ClusterSettings {
    const { balancer, storeDials, start } = this.#options
    balancer.strategy = start.strategy
    storeDials.latencyMs = 0
    storeDials.isOut = false
    this.#leewaySeconds = 0
    this.#store = start.store
    this.announce()
    return { store: this.#store, redisUrl: null, leewaySeconds: 0 }
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

  async #setLeeway(seconds: number | undefined): Promise<void> {
    if (seconds === undefined || seconds === this.#leewaySeconds) return
    this.#leewaySeconds = seconds
    await this.#options.cluster.configure({ leewaySeconds: seconds })
    this.#options.onAction('leeway-changed', { seconds })
  }
}
