import { useQuery } from '@tanstack/react-query'
import type { Revocation } from '../../../contract/revocations.ts'
import type { Step } from '../../../contract/step.ts'
import { api } from '../../api.ts'

const LOOK_UPS: ReadonlySet<string> = new Set(['token-denylist', 'token-account-not-before', 'token-version', 'token-introspection'])

/** What one request paid to learn whether its token had been revoked. */
export interface Price {
  /** Steps that asked. */
  readonly lookUps: number
  readonly us: number
}

/** Counts what the steps of one request say. */
export function priceOf(steps: readonly Step[]): Price {
  const asked = steps.filter(({ kind }) => LOOK_UPS.has(kind))
  return { lookUps: asked.length, us: asked.reduce((sum, { durationUs }) => sum + durationUs, 0) }
}

/** The request that a stopwatch's price is read from: one that it counted. Null while it has counted none. */
export const pricedExchange = ({ firstRefusedExchange, lastAcceptedExchange }: Revocation): string | null =>
  firstRefusedExchange ?? lastAcceptedExchange

/** What the request that the stopwatch counted paid; null when there is none, or its traffic is gone. */
export function usePrice(revocation: Revocation | null): Price | null {
  const id = revocation && pricedExchange(revocation)
  const { data } = useQuery({
    queryKey: ['price', id],
    queryFn: async () => priceOf((await api.exchanges.get({ id: id ?? '' })).steps),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return data ?? null
}
