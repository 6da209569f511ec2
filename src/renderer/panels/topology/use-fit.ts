import { getNodesBounds, getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback } from 'react'

/** How the picture fits into its pane; it is not blown up more than `maxZoom`. */
export const FIT = { maxZoom: 1.15, minZoom: 0.2, padding: { x: '12px', y: '15px' } } as const

/** Fits the whole picture into its pane, now. React Flow's own `fitView` waits for the next change of the boxes. */
export function useFit(): () => void {
  const store = useStoreApi()
  const { setViewport } = useReactFlow()
  return useCallback(() => {
    const { nodes, width, height } = store.getState()
    if (nodes.length === 0 || width === 0 || height === 0) return
    void setViewport(getViewportForBounds(getNodesBounds(nodes), width, height, FIT.minZoom, FIT.maxZoom, FIT.padding))
  }, [store, setViewport])
}
