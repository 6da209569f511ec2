import '@xyflow/react/dist/base.css'
import { Background, BackgroundVariant, ReactFlow, useStore } from '@xyflow/react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { BalancerBox, ClientBox, StoreBox } from './boxes.tsx'
import { TopologyLine } from './line.tsx'
import { NodeBox } from './node-box.tsx'
import classes from './topology.module.css'
import { fitOf, useFit } from './use-fit.ts'
import { useTopology } from './use-topology.ts'

const BOXES = { client: ClientBox, balancer: BalancerBox, node: NodeBox, store: StoreBox }
const LINES = { line: TopologyLine }

/** The picture. Nothing in it can be dragged: its order means something. */
export function TopologyGraph() {
  const { t } = useTranslation('topology')
  const width = useStore((pane) => pane.width)
  const height = useStore((pane) => pane.height)
  const { boxes, lines } = useTopology(width, height)
  const showAll = useFit()
  const shape = boxes[0]?.data.shape
  const count = boxes.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size or shape, or a box more or less, needs a new fit.
  useEffect(() => {
    showAll()
  }, [showAll, count, shape, width, height])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of controls that is no form.
    <div className={classes['graph']} role="group" aria-label={t('picture')}>
      <ReactFlow
        nodes={boxes}
        edges={lines}
        nodeTypes={BOXES}
        edgeTypes={LINES}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        minZoom={0.2}
        maxZoom={2}
        fitView
        fitViewOptions={fitOf(shape)}
        proOptions={{ hideAttribution: true }}
        disableKeyboardA11y
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1} className={classes['ground'] ?? ''} />
      </ReactFlow>
    </div>
  )
}
