import { useMemo } from 'react'
import { useLab } from '../../state/use-lab.ts'

/** How often all nodes together used the session store. */
export function useStoreUse(): { reads: number; writes: number } {
  const nodes = useLab((lab) => lab.nodes)
  return useMemo(
    () => ({
      reads: nodes.reduce((sum, { storeReads }) => sum + storeReads, 0),
      writes: nodes.reduce((sum, { storeWrites }) => sum + storeWrites, 0),
    }),
    [nodes],
  )
}
