import type { Upstream } from './upstream.ts'

/** How often every node is asked, milliseconds. */
const EVERY_MS = 2000
/** How long an answer may take, milliseconds: nodes on a busy machine are slow, not dead. */
const WITHIN_MS = 5000
/** Failures in a row that make a node unreachable; a refused connection counts as all of them. */
const FAILURES = 2

/** A node as health checks see it. */
export interface CheckedNode {
  /** Null when there is nothing to ask: it does not run. */
  readonly probe: Upstream | null
  setReachable(isReachable: boolean): void
}

/** Asks every node for `GET /healthz`, real time: one that does not answer gets no traffic until it does. */
export class HealthChecks {
  readonly #nodes: () => readonly CheckedNode[]
  readonly #failures = new WeakMap<Upstream, number>()
  readonly #pending = new WeakSet<Upstream>()
  readonly #timer: NodeJS.Timeout

  constructor(nodes: () => readonly CheckedNode[]) {
    this.#nodes = nodes
    this.#timer = setInterval(() => void this.run(), EVERY_MS).unref()
  }

  /** One round; resolves when every node has answered or failed. */
  async run(): Promise<void> {
    await Promise.all(this.#nodes().map((node) => this.check(node)))
  }

  /** Asks one node now, for example because a request to it has just failed. */
  async check(node: CheckedNode): Promise<void> {
    const { probe } = node
    if (!probe || this.#pending.has(probe)) return
    this.#pending.add(probe)
    const failures = await this.#failuresOf(probe)
    this.#pending.delete(probe)
    // Its run was replaced meanwhile.
    if (node.probe !== probe) return
    this.#failures.set(probe, failures)
    if (failures === 0) node.setReachable(true)
    else if (failures >= FAILURES) node.setReachable(false)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #failuresOf(probe: Upstream): Promise<number> {
    try {
      const signal = AbortSignal.timeout(WITHIN_MS)
      const { statusCode, body } = await probe.pool.request({ method: 'GET', path: '/healthz', signal })
      await body.dump()
      if (statusCode === 200) return 0
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return FAILURES
    }
    return (this.#failures.get(probe) ?? 0) + 1
  }
}
