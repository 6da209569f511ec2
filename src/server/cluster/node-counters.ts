import type { Node } from '../../contract/nodes.ts'
import type { NodeStats } from './node-messages.ts'
import type { NodeThread } from './node-thread.ts'

type Counters = Pick<Node, 'memoryBytes' | 'cpu' | 'sessions' | 'storeReads' | 'storeWrites' | 'tokensVerified' | 'revocationReads'>

/** What the thread of a node has counted, as of the last time that it was asked. */
export class NodeCounters {
  #stats: NodeStats | null = null
  #cpu: number | null = null
  #measuredAt = 0
  #isAsking = false

  read(): Counters {
    const {
      memoryBytes = null,
      sessions = null,
      storeReads = 0,
      storeWrites = 0,
      tokensVerified = 0,
      revocationReads = 0,
    } = this.#stats ?? {}
    return { memoryBytes, cpu: this.#cpu, sessions, storeReads, storeWrites, tokensVerified, revocationReads }
  }

  /**
   * False when there is nothing new: it is being asked already, or does not answer.
   * @param isCurrent whether this is still the node's thread: what one of before answers late is not taken
   */
  async ask(thread: NodeThread, isCurrent: () => boolean): Promise<boolean> {
    if (this.#isAsking) return false
    this.#isAsking = true
    const stats = await thread.order('stats').catch(() => null)
    this.#isAsking = false
    if (!isCurrent() || !stats) return false
    const now = performance.now()
    const before = this.#stats
    // A new run counts from zero.
    this.#cpu = before && stats.cpuMs >= before.cpuMs ? Math.min(1, (stats.cpuMs - before.cpuMs) / (now - this.#measuredAt)) : null
    this.#measuredAt = now
    this.#stats = stats
    return true
  }

  /** The node is down: nothing is known. */
  forget(): void {
    this.#stats = null
    this.#cpu = null
  }
}
