import type { ClientPool } from './clients/client-pool.ts'
import type { LabClock } from './clock.ts'
import type { Balancer } from './cluster/balancer.ts'
import type { Cluster } from './cluster/running-cluster.ts'
import type { Upstream } from './cluster/upstream.ts'
import type { LabParts } from './control/lab-parts.ts'

/** A lab that can take requests and commands, or be set aside meanwhile. */
export interface SwitchableLab {
  readonly parts: LabParts
  /** A lab that is set aside tells nobody what its nodes do. */
  setAside(isAside: boolean): void
}

/**
 * The lab that takes requests and commands now. Beside the operator's there can be one for a lesson; while that one is in front, the
 * operator's goes on as it is, with its nodes, sessions, keys and clock: nobody sends it anything.
 */
export class CurrentLab {
  readonly #strategies = new WeakMap<SwitchableLab, Balancer['strategy']>()
  #lab: SwitchableLab | null = null
  #operators: SwitchableLab | null = null
  /** Those of a lab that is not whole yet. */
  #beginning: { cluster: Cluster; clock: LabClock; clients: ClientPool | null } | null = null

  /** What the balancer works with before there is a whole lab. */
  begin(beginning: { cluster: Cluster; clock: LabClock; clients: ClientPool | null }): void {
    this.#beginning = beginning
  }

  /** @throws Error before {@link use} */
  get parts(): LabParts {
    if (!this.#lab) throw new Error('There is no lab yet.')
    return this.#lab.parts
  }

  /** The operator's, in front or not. @throws Error before {@link use} */
  get first(): SwitchableLab {
    if (!this.#operators) throw new Error('There is no lab yet.')
    return this.#operators
  }

  isInFront(lab: SwitchableLab): boolean {
    return this.#lab === lab
  }

  upstreams(): readonly Upstream[] {
    return this.#works?.cluster.upstreams() ?? []
  }

  suspect(upstream: Upstream): void {
    this.#works?.cluster.suspect(upstream)
  }

  /** Its lab time. */
  nowMs(): number {
    return this.#works?.clock.nowMs() ?? Date.now()
  }

  /** Its client behind a tag, or its node that asks something itself; null when nobody has it. */
  clientByTag(tag: string): { id: string; name: string } | null {
    const client = this.#works?.clients?.byTag(tag)
    if (client) return client
    const node = this.#works?.cluster.nodeByTag(tag) ?? null
    return node === null ? null : { id: node, name: node }
  }

  /** Puts a lab in front; the one before is set aside. Whoever follows the events has to read the whole state again. */
  use(lab: SwitchableLab, balancer: Balancer, strategy: Balancer['strategy'] = balancer.strategy): void {
    const before = this.#lab
    if (before === lab) return
    if (before) this.#strategies.set(before, balancer.strategy)
    before?.setAside(true)
    this.#lab = lab
    this.#operators ??= lab
    balancer.strategy = this.#strategies.get(lab) ?? strategy
    lab.setAside(false)
    if (before) lab.parts.log.publish({ type: 'resync' })
  }

  get #works() {
    return this.#lab?.parts ?? this.#beginning
  }
}
