import type { StrategyName } from '../../contract/cluster.ts'

/** What a strategy may know of a node. */
export interface Candidate {
  readonly id: string
  /** Requests that this node has not answered yet. */
  readonly inFlight: number
}

/** Chooses one of the nodes that are up; null when there is none. `affinity`: the node that the request's affinity cookie names, or null. */
export type Strategy = <T extends Candidate>(nodes: readonly T[], affinity: string | null) => T | null

/** One after the other. */
export const roundRobin = (): Strategy => {
  let turn = 0
  return (nodes) => {
    if (nodes.length === 0) return null
    const node = nodes[turn % nodes.length]
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER
    return node ?? null
  }
}

/** The node with the fewest unanswered requests; among equals the one whose turn it is, so that an idle cluster shares evenly. */
export const leastConnections = (): Strategy => {
  const nextAmongEquals = roundRobin()
  return (nodes) => {
    const fewest = Math.min(...nodes.map((node) => node.inFlight))
    return nextAmongEquals(
      nodes.filter((node) => node.inFlight === fewest),
      null,
    )
  }
}

/** @param random uniform in [0, 1). */
export const atRandom =
  (random: () => number = Math.random): Strategy =>
  (nodes) =>
    nodes[Math.floor(random() * nodes.length)] ?? null

/** Session affinity: stay on the node used before; another one when there was none or it takes no requests. */
export const sticky =
  (fallback: Strategy = roundRobin()): Strategy =>
  (nodes, affinity) =>
    nodes.find((node) => node.id === affinity) ?? fallback(nodes, affinity)

const CREATE: Record<StrategyName, () => Strategy> = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  random: atRandom,
  sticky,
}

/** The strategy of that name, with its own state. */
export const createStrategy = (name: StrategyName): Strategy => CREATE[name]()
