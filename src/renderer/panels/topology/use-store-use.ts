import { useMemo } from 'react'
import { useLab } from '../../state/use-lab.ts'

/** How often all nodes together used the session store, and how often they asked whether a token had been revoked. */
export function useStoreUse(): { reads: number; writes: number; lookUps: number } {
  const nodes = useLab((lab) => lab.nodes)
  return useMemo(
    () => ({
      reads: nodes.reduce((sum, { storeReads }) => sum + storeReads, 0),
      writes: nodes.reduce((sum, { storeWrites }) => sum + storeWrites, 0),
      lookUps: nodes.reduce((sum, { revocationReads }) => sum + revocationReads, 0),
    }),
    [nodes],
  )
}
