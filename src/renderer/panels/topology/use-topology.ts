import type { Edge, Node as FlowNode } from '@xyflow/react'
import { useMemo } from 'react'
import type { Client } from '../../../contract/clients.ts'
import type { ClusterState } from '../../../contract/cluster.ts'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import type { Node } from '../../../contract/nodes.ts'
import { useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { useLab, useSummary, useTraffic } from '../../state/use-lab.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { bestLayout, type Density, NODE_SIZES, type Place, type Shape, SIZES } from './layout.ts'
import { pinsOf } from './node-words.ts'
import { EDGE, pathOf, type StoreAccess, storeAccessOf } from './path.ts'

/** What a box knows. `isHot`: on the path of the selected request. */
export interface BoxData extends Record<string, unknown> {
  readonly isHot: boolean
  readonly isLit: boolean
  readonly accent: string
  readonly client?: Client
  readonly node?: Node
  readonly density: Density
  readonly shape: Shape
  /** Names of the clients that a sticky balancer keeps on this node. */
  readonly pins: readonly string[]
  /** The selected request used the session store on this node. */
  readonly usesStore: boolean
}

/** What an edge knows. */
export interface LineData extends Record<string, unknown> {
  readonly accent: string
  readonly isHot: boolean
  readonly isDim: boolean
  readonly isDown: boolean
  /** Words on the edge, only on the selected path. */
  readonly seq: number | null
  readonly access: StoreAccess
  /** Uses of the store along this edge since the node was started; null where it is none to the store, or was not used. */
  readonly uses: { readonly reads: number; readonly writes: number } | null
  /** The newest request that is on this edge now, or null. */
  readonly flying: ExchangeSummary | null
  /** How many requests are on this edge now. */
  readonly flights: number
}

/** A box of the picture. */
export type Box = FlowNode<BoxData, 'client' | 'balancer' | 'node' | 'store'>
/** A line of the picture. */
export type Line = Edge<LineData, 'line'>

interface Selected {
  readonly summary: ExchangeSummary
  readonly access: StoreAccess
  readonly edges: ReadonlySet<string>
}

function useSelected(): Selected | null {
  const id = useUi((ui) => ui.selectedExchange)
  const summary = useSummary(id)
  const { exchange } = useExchange(id)
  return useMemo(() => {
    if (!summary) return null
    const access = exchange ? storeAccessOf(exchange.steps) : null
    return { summary, access, edges: new Set(pathOf(summary, access)) }
  }, [summary, exchange])
}

interface Flights {
  readonly newest: ExchangeSummary
  readonly count: number
}

/** Requests that are open, by node. */
function useFlights(): ReadonlyMap<string, Flights> {
  const { log, version } = useTraffic()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log changes in place; its version says when.
  return useMemo(() => {
    const byNode = new Map<string, Flights>()
    for (const exchange of log.open.values()) {
      if (exchange.node !== null) byNode.set(exchange.node, { newest: exchange, count: (byNode.get(exchange.node)?.count ?? 0) + 1 })
    }
    return byNode
  }, [log, version])
}

interface Parts {
  readonly clients: readonly Client[]
  readonly nodes: readonly Node[]
  readonly cluster: Pick<ClusterState, 'store' | 'strategy' | 'isStoreOut' | 'storeState'>
  readonly selected: Selected | null
  readonly places: ReturnType<typeof bestLayout>
}

/** Each node's memory is its store: there is none that they share. */
const isShared = ({ store }: Parts['cluster']): boolean => store !== 'memory'

function boxesOf({ clients, nodes, cluster, selected, places }: Parts, lit: string | null): Box[] {
  const { density, shape } = places
  const pins = pinsOf(clients, cluster.strategy)
  const accent = selected ? accentOf(selected.summary.mechanism) : 'plain'
  const box = (id: string, type: NonNullable<Box['type']>, position: Place | undefined, data: Partial<BoxData>): Box => ({
    id,
    type,
    position: position ?? { x: 0, y: 0 },
    ...(type === 'node' ? NODE_SIZES[density] : SIZES[type]),
    draggable: false,
    selectable: false,
    focusable: false,
    // Above a selected line, which lies above the others: with two columns it passes boxes of the first.
    zIndex: 2,
    data: { isHot: false, isLit: false, accent, density, shape, pins: [], usesStore: false, ...data },
  })
  const usesStore = selected !== null && selected.access !== null
  return [
    ...clients.map((client, index) =>
      box(`client:${client.id}`, 'client', places.clients[index], {
        client,
        isHot: selected?.summary.client === client.id,
        accent: accentOf(client.mechanism),
      }),
    ),
    box('balancer', 'balancer', places.balancer, {}),
    ...nodes.map((node, index) => {
      const isHot = selected?.summary.node === node.id
      return box(`node:${node.id}`, 'node', places.nodes[index], {
        node,
        isHot,
        isLit: lit === node.id,
        pins: pins.get(node.id) ?? [],
        usesStore: isHot && usesStore,
      })
    }),
    ...(isShared(cluster) ? [box('store', 'store', places.store, { isHot: usesStore })] : []),
  ]
}

function lineOf(id: string, source: string, target: string, selected: Selected | null, data: Partial<LineData>): Line {
  const isHot = selected?.edges.has(id) ?? false
  const flying = data.flying ?? null
  const mechanism = flying?.mechanism ?? selected?.summary.mechanism ?? 'none'
  return {
    id,
    source,
    target,
    type: 'line',
    focusable: false,
    selectable: false,
    zIndex: isHot || flying ? 1 : 0,
    data: {
      accent: isHot || flying ? accentOf(mechanism) : 'plain',
      isHot,
      isDim: selected !== null && !isHot,
      isDown: false,
      seq: isHot && target === 'balancer' ? (selected?.summary.seq ?? null) : null,
      access: isHot && target === 'store' ? (selected?.access ?? null) : null,
      uses: null,
      flying,
      flights: 0,
      ...data,
    },
  }
}

function linesOf({ clients, nodes, cluster, selected, places }: Parts, flights: ReadonlyMap<string, Flights>): Line[] {
  const isStoreGone = cluster.isStoreOut || cluster.storeState === 'unreachable'
  // Where there are none the store's box has the sum.
  const { hasWords } = places
  const hasUses = hasWords && places.shape === 'wide'
  const toStore = ({ id, state, storeReads, storeWrites }: Node): Line =>
    lineOf(EDGE.store(id), `node:${id}`, 'store', selected, {
      isDown: state !== 'up' || isStoreGone,
      ...(!hasWords && { access: null }),
      uses: hasUses && storeReads + storeWrites > 0 ? { reads: storeReads, writes: storeWrites } : null,
    })
  return [
    ...clients.map(({ id }) => lineOf(EDGE.client(id), `client:${id}`, 'balancer', selected, {})),
    ...nodes.map(({ id, state }) => {
      const open = flights.get(id)
      return lineOf(EDGE.node(id), 'balancer', `node:${id}`, selected, {
        isDown: state !== 'up',
        flying: open?.newest ?? null,
        flights: open?.count ?? 0,
      })
    }),
    ...(isShared(cluster) ? nodes.map(toStore) : []),
  ]
}

/** Boxes and lines of the picture in a pane of this size, with the selected request's path in them. */
export function useTopology(width: number, height: number): { boxes: Box[]; lines: Line[] } {
  const clients = useLab((lab) => lab.clients)
  const nodes = useLab((lab) => lab.nodes)
  const cluster = useLab((lab) => lab.cluster)
  const lit = useUi((ui) => ui.hoveredNode)
  const selected = useSelected()
  const flights = useFlights()
  const audience = useUi((ui) => (ui.isPresenting ? 'room' : 'desk'))
  const places = useMemo(
    () => bestLayout(clients.length, nodes.length, { width, height }, audience),
    [clients.length, nodes.length, width, height, audience],
  )
  const parts = useMemo(() => ({ clients, nodes, cluster, selected, places }), [clients, nodes, cluster, selected, places])
  const boxes = useMemo(() => boxesOf(parts, lit), [parts, lit])
  const lines = useMemo(() => linesOf(parts, flights), [parts, flights])
  return { boxes, lines }
}
