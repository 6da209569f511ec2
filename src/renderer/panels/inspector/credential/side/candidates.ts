import type { ExchangeSummary } from '../../../../../contract/exchanges.ts'
import { familyOf } from '../../../../i18n/verdict-words.ts'
import type { ExchangeRow } from '../../../../state/exchange-log.ts'

/** The two kinds of credentials that stand side by side. */
export type CredentialKind = 'jwt' | 'session'

/** As many of the newest as a list to choose from can bear. */
const MOST_OFFERED = 50

/** Without a credential in either direction: a login that was refused, a refresh token given back. */
const isWithout = ({ verdict, method, path, status }: ExchangeSummary): boolean =>
  verdict === null ||
  (method === 'POST' && /^\/token\/(revoke|introspect)/.test(path)) ||
  (method === 'POST' && /^\/(session|token)(\?|$)/.test(path) && status !== 200)

/** Whether an exchange has a credential of this kind to show. */
export const carries = (exchange: ExchangeSummary, kind: CredentialKind): boolean =>
  familyOf(exchange.mechanism) === kind && !isWithout(exchange)

/** The newest exchanges with a credential of this kind, the newest first. */
export function candidatesOf(rows: readonly ExchangeRow[], kind: CredentialKind): ExchangeSummary[] {
  const found: ExchangeSummary[] = []
  for (let place = rows.length - 1; place >= 0 && found.length < MOST_OFFERED; place -= 1) {
    const exchange = rows[place]?.exchange
    if (exchange && carries(exchange, kind)) found.push(exchange)
  }
  return found
}

/** The exchange to show: the selected one where it is of this kind, else the one picked, else the newest. Null when there is none. */
export function shownOf(
  candidates: readonly ExchangeSummary[],
  kind: CredentialKind,
  { selected, picked }: { readonly selected: ExchangeSummary | null; readonly picked: ExchangeSummary | null },
): ExchangeSummary | null {
  if (selected && carries(selected, kind)) return selected
  return picked ?? candidates[0] ?? null
}
