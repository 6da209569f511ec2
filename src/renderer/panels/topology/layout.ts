/** Place of a box, in the picture's own units. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** Sizes of the boxes, in the picture's own units; the style sheet uses the same. */
export const SIZES = {
  client: { width: 118, height: 46 },
  balancer: { width: 122, height: 84 },
  node: { width: 178, height: 80 },
  store: { width: 96, height: 96 },
} as const

const GAPS = { client: 14, node: 12 } as const
const COLUMNS = { client: 0, balancer: 174, node: 378, store: 642 } as const

const heightOf = (count: number, kind: 'client' | 'node'): number => count * SIZES[kind].height + Math.max(0, count - 1) * GAPS[kind]

const column = (count: number, kind: 'client' | 'node', middle: number): Place[] =>
  Array.from({ length: count }, (_, index) => ({
    x: COLUMNS[kind],
    y: middle - heightOf(count, kind) / 2 + index * (SIZES[kind].height + GAPS[kind]),
  }))

interface Layout {
  readonly clients: readonly Place[]
  readonly balancer: Place
  readonly nodes: readonly Place[]
  readonly store: Place
}

/** Four columns, each centred on the same line: clients, balancer, nodes, store. */
export function layoutOf(clients: number, nodes: number): Layout {
  const middle = Math.max(heightOf(clients, 'client'), heightOf(nodes, 'node'), SIZES.store.height) / 2
  return {
    clients: column(clients, 'client', middle),
    balancer: { x: COLUMNS.balancer, y: middle - SIZES.balancer.height / 2 },
    nodes: column(nodes, 'node', middle),
    store: { x: COLUMNS.store, y: middle - SIZES.store.height / 2 },
  }
}
