import type { ExchangeSummary } from '../../../../contract/exchanges.ts'
import type { ExchangeRow } from '../../../state/exchange-log.ts'
import { countUpTo } from '../../traffic/timeline.ts'

/** The most exchanges in one diagram. */
export const MOST_EXCHANGES = 30

/** Which exchanges a diagram shows. */
export type Scope = 'one' | 'onward' | 'login'

/** Exchanges for a diagram, oldest first. */
export interface Run {
  readonly exchanges: readonly ExchangeSummary[]
  /** There are more than a diagram may show. */
  readonly isCut: boolean
}

const isLogin = ({ method, path, verdict }: ExchangeSummary): boolean =>
  method === 'POST' && /^\/(session|token)(\?|$)/.test(path) && verdict === 'allowed'

function gathered(rows: readonly ExchangeRow[], from: number, fits: (exchange: ExchangeSummary) => boolean): ExchangeSummary[] {
  const found: ExchangeSummary[] = []
  for (let place = from; place < rows.length && found.length <= MOST_EXCHANGES; place += 1) {
    const exchange = rows[place]?.exchange
    if (exchange && exchange.verdict !== null && fits(exchange)) found.push(exchange)
  }
  return found
}

const bounded = (exchanges: readonly ExchangeSummary[]): Run => ({
  exchanges: exchanges.slice(0, MOST_EXCHANGES),
  isCut: exchanges.length > MOST_EXCHANGES,
})

/** The selected exchange and the answered ones after it. @param rows those that the traffic filter lets through, by `seq` */
export function onwardRun(rows: readonly ExchangeRow[], selected: ExchangeSummary): Run {
  const later = gathered(rows, countUpTo(rows, selected.seq), () => true)
  return bounded([selected, ...later])
}

/** All of the selected exchange's client since its last login before it. Where they are too many, the newest up to the selected one. */
export function loginRun(rows: readonly ExchangeRow[], selected: ExchangeSummary): Run {
  const before: ExchangeSummary[] = []
  for (let place = countUpTo(rows, selected.seq) - 1; place >= 0; place -= 1) {
    const exchange = rows[place]?.exchange
    if (!exchange || exchange.client !== selected.client || exchange.verdict === null) continue
    if (before.length === MOST_EXCHANGES) return { exchanges: before.reverse(), isCut: true }
    before.push(exchange)
    if (isLogin(exchange)) break
  }
  before.reverse()
  const after = gathered(rows, countUpTo(rows, selected.seq), ({ client }) => client === selected.client)
  return bounded([...before, ...after])
}
