import { useMemo } from 'react'
import type { Exchange, ExchangeSummary } from '../../../../../contract/exchanges.ts'
import { useUi } from '../../../../state/ui-state.ts'
import { useExchange } from '../../../../state/use-exchange.ts'
import { useSummary, useTraffic } from '../../../../state/use-lab.ts'
import { type FoundCredential, findCredential } from '../find-credential.ts'
import { type CredentialKind, candidatesOf, shownOf } from './candidates.ts'

/** The exchange whose credential a column shows, and those that it could show instead. */
export interface Column {
  /** The newest first. */
  readonly candidates: readonly ExchangeSummary[]
  /** Null when no exchange has such a credential. */
  readonly summary: ExchangeSummary | null
  /** Null while it is being read. */
  readonly exchange: Exchange | null
  /** Null while the exchange is being read, and where it turned out to carry none. */
  readonly credential: FoundCredential | null
  readonly error: unknown
}

/** What the column of this kind shows: the selected exchange, the one picked for it, or the newest. */
export function useColumn(kind: CredentialKind): Column {
  const { log, version } = useTraffic()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log is changed in place and counts its changes.
  const candidates = useMemo(() => candidatesOf(log.rows, kind), [version, kind])
  const selected = useSummary(useUi((ui) => ui.selectedExchange))
  const picked = useSummary(useUi((ui) => ui.credentialView[kind]))
  const summary = shownOf(candidates, kind, { selected, picked })
  const { exchange, error } = useExchange(summary?.id ?? null)
  const credential = useMemo(() => (exchange ? findCredential(exchange) : null), [exchange])
  return { candidates, summary, exchange, credential: credential?.kind === kind ? credential : null, error }
}
