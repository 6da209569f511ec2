import type { OperatorAction } from '../../../contract/lab.ts'
import type { ExchangeRow } from '../../state/exchange-log.ts'

/** One line of the traffic: an exchange, or something the operator did. */
export type Line = { readonly row: ExchangeRow; readonly action: null } | { readonly row: null; readonly action: OperatorAction }

/** Number of rows, sorted by `seq`, whose `seq` is at most this. */
export function countUpTo(rows: readonly ExchangeRow[], seq: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.exchange.seq ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Exchanges with the operator's actions between them, addressed by line number. Nothing is copied, so that it costs no more with
 * 100,000 rows than with ten.
 */
export class Timeline {
  readonly rows: readonly ExchangeRow[]
  readonly #actions: readonly OperatorAction[]
  /** Line number of each action. */
  readonly #lines: readonly number[]

  constructor(rows: readonly ExchangeRow[], actions: readonly OperatorAction[]) {
    this.rows = rows
    this.#actions = actions.toSorted((a, b) => a.afterExchange - b.afterExchange || a.at - b.at)
    this.#lines = this.#actions.map((action, index) => countUpTo(rows, action.afterExchange) + index)
  }

  get length(): number {
    return this.rows.length + this.#actions.length
  }

  /** Number of actions that stand before this line. */
  #actionsBefore(line: number): number {
    let low = 0
    let high = this.#lines.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lines[middle] ?? 0) < line) low = middle + 1
      else high = middle
    }
    return low
  }

  at(line: number): Line | null {
    const before = this.#actionsBefore(line)
    const action = this.#actions[before]
    if (action && this.#lines[before] === line) return { row: null, action }
    const row = this.rows[line - before]
    return row ? { row, action: null } : null
  }

  /** Line of the exchange with this `seq`, or where it would stand. */
  lineOf(seq: number): number {
    const place = countUpTo(this.rows, seq - 1)
    let low = 0
    let high = this.#lines.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lines[middle] ?? 0) - middle <= place) low = middle + 1
      else high = middle
    }
    return place + low
  }
}

/** The exchange before or after the one with this `seq`; with null the last one. */
export function neighbour(rows: readonly ExchangeRow[], seq: number | null, step: 1 | -1): ExchangeRow | null {
  if (seq === null) return rows.at(-1) ?? null
  return (step === 1 ? rows[countUpTo(rows, seq)] : rows[countUpTo(rows, seq - 1) - 1]) ?? null
}
