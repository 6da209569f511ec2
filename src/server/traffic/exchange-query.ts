import type { ExchangeQuery, ExchangeSummary } from '../../contract/exchanges.ts'
import { NEUTRAL_VERDICTS } from '../../contract/verdict.ts'

/** How many exchanges a query answers when it names no limit. */
export const DEFAULT_LIMIT = 1000

/** A query as SQL over `exchanges e`; `isNewestFirst` rows must be turned round before they are shown. */
export interface QuerySql {
  where: string
  order: string
  values: (string | number)[]
  isNewestFirst: boolean
}

const NOT_DENIED = ['allowed', ...NEUTRAL_VERDICTS]

/** What `q` is sought in; the same text as {@link matches} builds. */
const HAYSTACK = `e.method || ' ' || e.path || ' ' || e.status || ' ' || coalesce(e.client, '') || ' ' || coalesce(e.client_name, '') || ' ' ||
  coalesce(e.node, '') || ' ' || e.verdict`

const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** Turns the contract's filters into SQL; every value is bound, none is written into the text. */
export const toSql = (query: ExchangeQuery): QuerySql => {
  const clauses: string[] = []
  const values: (string | number)[] = []
  const add = (clause: string, ...bound: (string | number)[]): void => {
    clauses.push(clause)
    values.push(...bound)
  }
  if (query.after !== undefined) add('e.seq > ?', query.after)
  if (query.before !== undefined) add('e.seq < ?', query.before)
  if (query.verdict === 'denied') add(`e.verdict NOT IN (${NOT_DENIED.map(() => '?').join()})`, ...NOT_DENIED)
  else if (query.verdict) add('e.verdict = ?', query.verdict)
  if (query.mechanism === 'jwt') add("e.mechanism IN ('jwt-bearer', 'jwt-cookie')")
  else if (query.mechanism) add('e.mechanism = ?', query.mechanism)
  if (query.node) add('e.node = ?', query.node)
  if (query.client) add('e.client = ?', query.client)
  if (query.q) add(`${HAYSTACK} LIKE ? ESCAPE '\\'`, likePattern(query.q))
  // A whole JSON string, so that an id is never the beginning of another; the pattern of the contract needs no escapes in it.
  if (query.evidence) add('EXISTS (SELECT 1 FROM exchange_messages m WHERE m.seq = e.seq AND instr(m.steps, ?) > 0)', `"${query.evidence}"`)
  const isNewestFirst = query.after === undefined
  return {
    where: clauses.length > 0 ? `WHERE ${clauses.join(' AND ')}` : '',
    order: `ORDER BY e.seq ${isNewestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    values: [...values, query.limit ?? DEFAULT_LIMIT],
    isNewestFirst,
  }
}

/** Whether an exchange that is still in flight answers the query: it has no verdict, mechanism, status or steps yet. */
export const matches = (exchange: ExchangeSummary, query: ExchangeQuery): boolean => {
  if (query.verdict !== undefined || query.mechanism !== undefined || query.evidence !== undefined) return false
  if (query.after !== undefined && exchange.seq <= query.after) return false
  if (query.before !== undefined && exchange.seq >= query.before) return false
  if (query.node && exchange.node !== query.node) return false
  if (query.client && exchange.client !== query.client) return false
  if (!query.q) return true
  const { method, path, client, clientName, node } = exchange
  return `${method} ${path}  ${client ?? ''} ${clientName ?? ''} ${node ?? ''} `.toLowerCase().includes(query.q.toLowerCase())
}
