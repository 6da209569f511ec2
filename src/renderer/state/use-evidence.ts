import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ExchangeSummary } from '../../contract/exchanges.ts'
import { api } from '../api.ts'

/** The most exchanges that are named for one credential. */
export const EVIDENCE_SHOWN = 50

/**
 * The newest exchanges whose steps name this id, newest first; undefined until they were sought.
 * @param stamp changes when there may be more of them, for example the time of the last use
 */
export function useEvidence(id: string, stamp: string | number | null): readonly ExchangeSummary[] | undefined {
  const { data } = useQuery({
    queryKey: ['evidence', id, stamp],
    queryFn: async () => (await api.exchanges.summaries({ evidence: id, limit: EVIDENCE_SHOWN })).toReversed(),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
  return data
}
