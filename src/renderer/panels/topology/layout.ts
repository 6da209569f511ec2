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

/** How the picture lies in its pane: `wide`, the store to the right of the nodes; `tall`, below them, for a pane that is narrow. */
export type Shape = 'wide' | 'tall'

/** For whom it is drawn: for a `room` its boxes say less, and what they say is larger. */
export type Audience = 'desk' | 'room'

/** As many nodes as stand in one column. */
const MOST_IN_COLUMN: Readonly<Record<Audience, number>> = { desk: 3, room: 7 }

/** How much the boxes of so many nodes can say. */
function densityOf(nodes: number, shape: Shape, audience: Audience): Density {
  if (audience === 'room') return nodes <= MOST_IN_FULL ? 'medium' : 'dense'
  if (nodes <= MOST_IN_FULL && shape === 'wide') return 'full'
  return nodes <= MOST_IN_MEDIUM ? 'medium' : 'dense'
}

/** Room for the edges of a picture that is tall. */
const TALL = { client: 26, balancer: 36, store: 34, right: 44 } as const
/** Room for the edges of a picture for a room: what they leave is for the boxes. */
const SHORT = { client: 26, balancer: 36, store: 44 } as const
const MARGIN = 15
/** A wide picture that is drawn at this scale, or larger, stays as it is. */
const READABLE_SCALE = 0.65
/** How much larger the tall picture has to be to be worth what its boxes do not say. */
const WORTH_LESS_WORDS = 1.2

interface Layout {
  readonly density: Density
  readonly shape: Shape
  /** Whether there is room for words on the lines. */
  readonly hasWords: boolean
  /** Of the whole picture, lines included. */
  readonly size: Size
  readonly clients: readonly Place[]
  readonly balancer: Place
  readonly nodes: readonly Place[]
  readonly store: Place
}

const heightOf = (count: number, height: number, gap: number): number => count * height + Math.max(0, count - 1) * gap

/** Clients, balancer, nodes and store from left to right, each centred; many nodes in two columns, the second half a row lower for its edges. */
export function layoutOf(clients: number, nodes: number, shape: Shape = 'wide', audience: Audience = 'desk'): Layout {
  const density = densityOf(nodes, shape, audience)
  const columns = nodes <= MOST_IN_COLUMN[audience] ? 1 : 2
  const { width, height } = NODE_SIZES[density]
  const pitch = height + NODE_GAPS[density]
  const shift = columns === 1 ? 0 : pitch / 2
  const reach = { ...REACHES[density], ...(audience === 'room' && SHORT), ...(shape === 'tall' && TALL) }
  const balancerX = SIZES.client.width + reach.client
  const nodesX = balancerX + SIZES.balancer.width + reach.balancer
  const clientsHeight = heightOf(clients, SIZES.client.height, CLIENT_GAP)
  const nodesHeight = heightOf(Math.ceil(nodes / columns), height, NODE_GAPS[density]) + (nodes > 1 ? shift : 0)
  const nodesWidth = columns * width + (columns - 1) * reach.nodeColumns
  const isTall = shape === 'tall'
  const above = Math.max(clientsHeight, nodesHeight, SIZES.balancer.height)
  const middle = (isTall ? above : Math.max(above, SIZES.store.height)) / 2
  const store = isTall
    ? { x: nodesX + nodesWidth - SIZES.store.width, y: middle + nodesHeight / 2 + reach.store }
    : { x: nodesX + nodesWidth + reach.store, y: middle - SIZES.store.height / 2 }
  return {
    density,
    shape,
    // Between two columns of nodes words would lie on boxes; of a wide picture for a room the lines are too short.
    hasWords: columns === 1 && (audience === 'desk' || isTall),
    size: {
      width: store.x + SIZES.store.width + (isTall ? TALL.right : 0),
      height: Math.max(2 * middle, store.y + SIZES.store.height),
    },
    clients: Array.from({ length: clients }, (_, index) => ({
      x: 0,
      y: middle - clientsHeight / 2 + index * (SIZES.client.height + CLIENT_GAP),
    })),
    balancer: { x: balancerX, y: middle - SIZES.balancer.height / 2 },
    nodes: Array.from({ length: nodes }, (_, index) => ({
      x: nodesX + (index % columns) * (width + reach.nodeColumns),
      y: middle - nodesHeight / 2 + Math.floor(index / columns) * pitch + (index % columns) * shift,
    })),
    store,
  }
}

/** The layout for this pane, in pixels: wide as long as it can be read, else the one that is drawn larger. */
export function bestLayout(clients: number, nodes: number, pane: Size, audience: Audience = 'desk'): Layout {
  const scaleOf = ({ size }: Layout): number => Math.min((pane.width - 2 * MARGIN) / size.width, (pane.height - 2 * MARGIN) / size.height)
  const wide = layoutOf(clients, nodes, 'wide', audience)
  const tall = layoutOf(clients, nodes, 'tall', audience)
  return scaleOf(wide) < READABLE_SCALE && scaleOf(tall) > scaleOf(wide) * WORTH_LESS_WORDS ? tall : wide
}
