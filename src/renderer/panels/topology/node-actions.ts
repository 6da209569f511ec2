import type { Node } from '../../../contract/nodes.ts'

/** What can be done to a node as a whole. */
export const NODE_ACTIONS = ['start', 'kill', 'restart', 'drain', 'remove'] as const
/** What can be done to a node as a whole. */
export type NodeAction = (typeof NODE_ACTIONS)[number]

/** Why an action cannot be done now: the key of its words; null when it can be. */
export type WhyNot = 'elsewhere' | 'isUp' | 'isDown' | 'isStarting' | 'isDraining' | 'isLast' | null

/** Why something cannot be done to a node now; null when it can be. */
export function whyNot(action: NodeAction, { state, url }: Node, nodes: number): WhyNot {
  if (action === 'remove') return nodes === 1 ? 'isLast' : null
  // A process of its own can only be sent requests or not.
  if (url !== null && action !== 'drain' && (action !== 'start' || state === 'down')) return 'elsewhere'
  if (state === 'starting') return 'isStarting'
  if (action === 'start') return state === 'up' ? 'isUp' : null
  if (state === 'down') return 'isDown'
  return state === 'draining' && action !== 'kill' ? 'isDraining' : null
}
