import { getNodesBounds, getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback } from 'react'

/** The picture is not blown up more than this. */
export const MOST_ZOOM = 1.15
const LEAST_ZOOM = 0.2
const PADDING = 0.04

/** Fits the whole picture into its pane, now. React Flow's own `fitView` waits for the next change of the boxes. */
export function useFit(): () => void {
  const store = useStoreApi()
  const { setViewport } = useReactFlow()
  return useCallback(() => {
    const { nodes, width, height } = store.getState()
    if (nodes.length === 0 || width === 0 || height === 0) return
    void setViewport(getViewportForBounds(getNodesBounds(nodes), width, height, LEAST_ZOOM, MOST_ZOOM, PADDING))
  }, [store, setViewport])
}
