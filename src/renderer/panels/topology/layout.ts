/** Place of a box, in the picture's own units. */
export interface Place {
  readonly x: number
  readonly y: number
}

/** Extent of a box, in the picture's own units. */
interface Size {
  readonly width: number
  readonly height: number
}

/** How much a node's box says: the more nodes, the less, so that all of them can be read. */
export type Density = 'full' | 'medium' | 'dense'

/** Sizes of the boxes. */
export const SIZES = {
  client: { width: 118, height: 46 },
  balancer: { width: 138, height: 92 },
  store: { width: 122, height: 112 },
} as const

/** Sizes of a node's box by density. */
export const NODE_SIZES: Readonly<Record<Density, Size>> = {
  full: { width: 232, height: 100 },
  medium: { width: 176, height: 68 },
  dense: { width: 172, height: 30 },
}

const NODE_GAPS: Readonly<Record<Density, number>> = { full: 16, medium: 16, dense: 6 }
const CLIENT_GAP = 14
/** Room for the edges between two columns of boxes. */
const REACHES = {
  full: { client: 46, balancer: 54, nodeColumns: 0, store: 84 },
  medium: { client: 38, balancer: 46, nodeColumns: 20, store: 56 },
  dense: { client: 30, balancer: 38, nodeColumns: 16, store: 46 },
} as const
const MOST_IN_FULL = 3
const MOST_IN_MEDIUM = 8

/** How much the boxes of so many nodes can say. */
export const densityOf = (nodes: number): Density => (nodes <= MOST_IN_FULL ? 'full' : nodes <= MOST_IN_MEDIUM ? 'medium' : 'dense')

interface Layout {
  readonly density: Density
  readonly clients: readonly Place[]
  readonly balancer: Place
  readonly nodes: readonly Place[]
  readonly store: Place
}

const heightOf = (count: number, height: number, gap: number): number => count * height + Math.max(0, count - 1) * gap

/** Clients, balancer, nodes and store from left to right, each centred; many nodes in two columns, the second half a row lower for its edges. */
export function layoutOf(clients: number, nodes: number): Layout {
  const density = densityOf(nodes)
  const columns = density === 'full' ? 1 : 2
  const { width, height } = NODE_SIZES[density]
  const pitch = height + NODE_GAPS[density]
  const shift = columns === 1 ? 0 : pitch / 2
  const reach = REACHES[density]
  const balancerX = SIZES.client.width + reach.client
  const nodesX = balancerX + SIZES.balancer.width + reach.balancer
  const clientsHeight = heightOf(clients, SIZES.client.height, CLIENT_GAP)
  const nodesHeight = heightOf(Math.ceil(nodes / columns), height, NODE_GAPS[density]) + (nodes > 1 ? shift : 0)
  const middle = Math.max(clientsHeight, nodesHeight, SIZES.store.height) / 2
  return {
    density,
    clients: Array.from({ length: clients }, (_, index) => ({
      x: 0,
      y: middle - clientsHeight / 2 + index * (SIZES.client.height + CLIENT_GAP),
    })),
    balancer: { x: balancerX, y: middle - SIZES.balancer.height / 2 },
    nodes: Array.from({ length: nodes }, (_, index) => ({
      x: nodesX + (index % columns) * (width + reach.nodeColumns),
      y: middle - nodesHeight / 2 + Math.floor(index / columns) * pitch + (index % columns) * shift,
    })),
    store: { x: nodesX + columns * width + (columns - 1) * reach.nodeColumns + reach.store, y: middle - SIZES.store.height / 2 },
  }
}
