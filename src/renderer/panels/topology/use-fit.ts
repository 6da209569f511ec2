import { getNodesBounds, getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback } from 'react'
import { currentUi } from '../../state/ui-state.ts'
import type { Shape } from './layout.ts'

/** How much larger than drawn it is at most, on a page of usual size. */
const MAX_ZOOM = 1.15

/**
 * How a picture of this shape fits into its pane; it is not blown up more than `maxZoom`, and the more of that on a page that is presented. Of a
 * tall one the lines to the store run beside the boxes.
 */
export const fitOf = (shape: Shape | undefined, { isPresenting, presenterScale } = currentUi()) =>
  ({
    maxZoom: isPresenting ? (MAX_ZOOM * presenterScale) / 100 : MAX_ZOOM,
    minZoom: 0.2,
    padding: { left: '12px', right: shape === 'tall' ? '42px' : '12px', y: '15px' },
  }) as const

/** Fits the whole picture into its pane, now. React Flow's own `fitView` waits for the next change of the boxes. */
export function useFit(): () => void {
  const store = useStoreApi()
  const { setViewport } = useReactFlow()
  return useCallback(() => {
    const { nodes, width, height } = store.getState()
    if (nodes.length === 0 || width === 0 || height === 0) return
    const { minZoom, maxZoom, padding } = fitOf(nodes[0]?.data['shape'] as Shape | undefined)
    void setViewport(getViewportForBounds(getNodesBounds(nodes), width, height, minZoom, maxZoom, padding))
  }, [store, setViewport])
}
