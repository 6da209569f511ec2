import type { StrategyName } from '../../contract/cluster.ts'
import type { Step } from '../../contract/step.ts'
import { parseCookieHeader } from '../../protocol/cookie.ts'
import type { Cluster } from './running-cluster.ts'
import { createStrategy, type Strategy } from './strategies.ts'
import type { Upstream } from './upstream.ts'

/** Cookie by which a sticky balancer knows the node that a client used before. It names a node and proves nothing. */
export const AFFINITY_COOKIE = 'affinity'

const SYMBOLS: Record<StrategyName, string> = {
  'round-robin': 'roundRobin',
  'least-connections': 'leastConnections',
  random: 'atRandom',
  sticky: 'sticky',
}

/** Which node takes a request, and why. */
interface Picked {
  /** Null when no node takes requests. */
  upstream: Upstream | null
  step: Step
  /** `Set-Cookie` of the answer; null when the client has the right cookie, or the strategy needs none. */
  affinityCookie: string | null
}

/** How the balancer chooses; the strategy can be changed between two requests. */
export class Choice {
  readonly #cluster: Pick<Cluster, 'upstreams' | 'suspect'>
  #name: StrategyName
  #choose: Strategy

  constructor(cluster: Pick<Cluster, 'upstreams' | 'suspect'>, strategy: StrategyName) {
    this.#cluster = cluster
    this.#name = strategy
    this.#choose = createStrategy(strategy)
  }

  get strategy(): StrategyName {
    return this.#name
  }

  set strategy(name: StrategyName) {
    this.#name = name
    this.#choose = createStrategy(name)
  }

  /** @param tried nodes that could not be reached for this request */
  pick(cookieHeader: string | undefined, tried: ReadonlySet<Upstream>): Picked {
    const startedAt = performance.now()
    const up = this.#cluster.upstreams()
    const candidates = tried.size === 0 ? up : up.filter((upstream) => !tried.has(upstream))
    const isSticky = this.#name === 'sticky'
    const affinity = isSticky ? affinityOf(cookieHeader) : null
    const upstream = this.#choose(candidates, affinity)
    const durationUs = Math.round((performance.now() - startedAt) * 10_000) / 10
    const nodes = candidates.map(({ id, inFlight }) => ({ id, inFlight }))
    const step: Step = {
      kind: 'balancer-pick',
      outcome: upstream ? 'pass' : 'fail',
      durationUs,
      title: this.#title(upstream, affinity),
      evidence: { strategy: this.#name, node: upstream?.id ?? null, nodes, ...(isSticky && { affinity }) },
      source: { file: 'src/server/cluster/strategies.ts', symbol: SYMBOLS[this.#name] },
    }
    const isNew = isSticky && upstream !== null && upstream.id !== affinity
    return { upstream, step, affinityCookie: isNew ? `${AFFINITY_COOKIE}=${upstream.id}; Path=/; HttpOnly; SameSite=Lax` : null }
  }

  /** A request could not be sent to it: health checks look now instead of at their next turn. */
  suspect(upstream: Upstream): void {
    this.#cluster.suspect(upstream)
  }

  #title(upstream: Upstream | null, affinity: string | null): string {
    if (!upstream) return 'No node is up to take the request'
    if (affinity === null) return `${upstream.id} was picked by ${this.#name}`
    if (affinity === upstream.id) return `${upstream.id}, as the affinity cookie says`
    return `${affinity} takes no requests: ${upstream.id} instead, and from now on`
  }
}

const affinityOf = (cookieHeader: string | undefined): string | null => {
  if (cookieHeader === undefined) return null
  return parseCookieHeader(cookieHeader).find(({ name }) => name === AFFINITY_COOKIE)?.value ?? null
}
