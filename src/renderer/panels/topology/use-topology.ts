import type { Edge, Node as FlowNode } from '@xyflow/react'
import { useMemo } from 'react'
import type { Client } from '../../../contract/clients.ts'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import type { Node } from '../../../contract/nodes.ts'
import { useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { useLab, useSummary, useTraffic } from '../../state/use-lab.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { layoutOf, SIZES } from './layout.ts'
import { EDGE, pathOf, type StoreAccess, storeAccessOf } from './path.ts'

/** What a box knows. `isHot`: on the path of the selected request. */
export interface BoxData extends Record<string, unknown> {
  readonly isHot: boolean
  readonly isLit: boolean
  readonly accent: string
  readonly client?: Client
  readonly node?: Node
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
  /** A request that is on this edge now, or null. */
  readonly flying: ExchangeSummary | null
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
  readonly byClient: ReadonlyMap<string, ExchangeSummary>
  readonly byNode: ReadonlyMap<string, ExchangeSummary>
}

function useFlights(): Flights {
  const { log, version } = useTraffic()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log changes in place; its version says when.
  return useMemo(() => {
    const byClient = new Map<string, ExchangeSummary>()
    const byNode = new Map<string, ExchangeSummary>()
    for (const exchange of log.open.values()) {
      if (exchange.client !== null) byClient.set(exchange.client, exchange)
      if (exchange.node !== null) byNode.set(exchange.node, exchange)
    }
    return { byClient, byNode }
  }, [log, version])
}

function boxesOf(clients: readonly Client[], nodes: readonly Node[], selected: Selected | null, lit: string | null): Box[] {
  const places = layoutOf(clients.length, nodes.length)
  const accent = selected ? accentOf(selected.summary.mechanism) : 'plain'
  const box = (id: string, type: Box['type'] & keyof typeof SIZES, position: { x: number; y: number }, data: Partial<BoxData>): Box => ({
    id,
    type,
    position,
    ...SIZES[type],
    draggable: false,
    selectable: false,
    focusable: false,
    data: { isHot: false, isLit: false, accent, ...data },
  })
  return [
    ...clients.map((client, index) =>
      box(`client:${client.id}`, 'client', places.clients[index] ?? { x: 0, y: 0 }, {
        client,
        isHot: selected?.summary.client === client.id,
        accent: accentOf(client.mechanism),
      }),
    ),
    box('balancer', 'balancer', places.balancer, { isHot: false }),
    ...nodes.map((node, index) =>
      box(`node:${node.id}`, 'node', places.nodes[index] ?? { x: 0, y: 0 }, {
        node,
        isHot: selected?.summary.node === node.id,
        isLit: lit === node.id,
      }),
    ),
    box('store', 'store', places.store, { isHot: selected !== null && selected.access !== null }),
  ]
}

function linesOf(clients: readonly Client[], nodes: readonly Node[], selected: Selected | null, flights: Flights): Line[] {
  const line = (id: string, source: string, target: string, data: Partial<LineData>): Line => {
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
        seq: isHot && source !== 'balancer' && target === 'balancer' ? (selected?.summary.seq ?? null) : null,
        access: isHot && target === 'store' ? (selected?.access ?? null) : null,
        flying,
        ...data,
      },
    }
  }
  return [
    ...clients.map(({ id }) => line(EDGE.client(id), `client:${id}`, 'balancer', {})),
    ...nodes.flatMap(({ id, state }) => [
      line(EDGE.node(id), 'balancer', `node:${id}`, { isDown: state !== 'up', flying: flights.byNode.get(id) ?? null }),
      line(EDGE.store(id), `node:${id}`, 'store', { isDown: state !== 'up' }),
    ]),
  ]
}

/** Boxes and lines of the picture, with the selected request's path in them. */
export function useTopology(): { boxes: Box[]; lines: Line[] } {
  const clients = useLab((lab) => lab.clients)
  const nodes = useLab((lab) => lab.nodes)
  const lit = useUi((ui) => ui.hoveredNode)
  const selected = useSelected()
  const flights = useFlights()
  const boxes = useMemo(() => boxesOf(clients, nodes, selected, lit), [clients, nodes, selected, lit])
  const lines = useMemo(() => linesOf(clients, nodes, selected, flights), [clients, nodes, selected, flights])
  return { boxes, lines }
}
