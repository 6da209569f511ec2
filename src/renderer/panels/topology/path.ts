import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import type { Step } from '../../../contract/step.ts'
import { storeUseOf } from '../inspector/store-use.ts'

/** How an exchange used the store; null when it did not, or when its steps are not known yet. */
export type StoreAccess = 'read' | 'write' | 'both' | null

/** How the steps used the store. */
export function storeAccessOf(steps: readonly Step[]): StoreAccess {
  const { reads, writes } = storeUseOf(steps)
  if (reads > 0 && writes > 0) return 'both'
  return reads > 0 ? 'read' : writes > 0 ? 'write' : null
}

/** Ids of the edges between the boxes. */
export const EDGE = {
  client: (client: string): string => `client:${client}`,
  node: (node: string): string => `node:${node}`,
  store: (node: string): string => `store:${node}`,
} as const

/** Edges that an exchange went along. A stranger's request begins at the balancer. */
export function pathOf({ client, node }: Pick<ExchangeSummary, 'client' | 'node'>, access: StoreAccess): string[] {
  const edges: string[] = []
  if (client !== null) edges.push(EDGE.client(client))
  if (node !== null) edges.push(EDGE.node(node))
  if (node !== null && access !== null) edges.push(EDGE.store(node))
  return edges
}
