import { useQuery } from '@tanstack/react-query'
import type { Exchange } from '../../contract/exchanges.ts'
import { api } from '../api.ts'
import { useSummary } from './use-lab.ts'

interface ExchangeDetail {
  readonly exchange: Exchange | null
  readonly isLoading: boolean
  readonly error: unknown
}

/** Heads, bodies and steps of one exchange, fetched when its answer has arrived; null while it is in flight. */
export function useExchange(id: string | null): ExchangeDetail {
  const summary = useSummary(id)
  const isDone = summary !== null && summary.verdict !== null
  const { data, error, isLoading } = useQuery({
    queryKey: ['exchange', id, summary?.status, summary?.verdict],
    queryFn: () => api.exchanges.get({ id: id ?? '' }),
    enabled: isDone,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  })
  return { exchange: data ?? null, isLoading, error }
}
