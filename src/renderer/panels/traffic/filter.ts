import { NEUTRAL_VERDICTS } from '../../../contract/verdict.ts'
import type { ExchangeRow } from '../../state/exchange-log.ts'
import type { TrafficFilter } from '../../state/ui-state.ts'

/** The part of the exchange log that filtering needs. */
export interface Rows {
  readonly rows: readonly ExchangeRow[]
  /** Grows when rows other than new last ones changed. */
  readonly rebuilt: number
}

type Test = (row: ExchangeRow) => boolean

/** Every word must occur, in any order: `bob 401`, and also `bad signature`, since verdict codes are written with hyphens. */
const textTest = (text: string): Test => {
  const words = text.split(/\s+/)
  return words.length === 1 ? ({ haystack }) => haystack.includes(text) : ({ haystack }) => words.every((word) => haystack.includes(word))
}

const verdictTest = (verdict: 'allowed' | 'denied'): Test =>
  verdict === 'allowed'
    ? ({ exchange }) => exchange.verdict === 'allowed'
    : ({ exchange }) => exchange.verdict !== null && exchange.verdict !== 'allowed' && !NEUTRAL_VERDICTS.includes(exchange.verdict)

const mechanismTest = (mechanism: 'session' | 'jwt'): Test =>
  mechanism === 'session'
    ? ({ exchange }) => exchange.mechanism === 'session'
    : ({ exchange }) => exchange.mechanism === 'jwt-bearer' || exchange.mechanism === 'jwt-cookie'

const textOf = (filter: TrafficFilter): string => filter.text.trim().toLowerCase()

/** True when the filter lets everything through. */
export const isOpenFilter = (filter: TrafficFilter): boolean =>
  textOf(filter) === '' && filter.mechanism === 'all' && filter.verdict === 'all' && filter.node === null

function testOf(filter: TrafficFilter): Test {
  const tests: Test[] = []
  if (filter.mechanism !== 'all') tests.push(mechanismTest(filter.mechanism))
  if (filter.verdict !== 'all') tests.push(verdictTest(filter.verdict))
  if (filter.node !== null) tests.push(({ exchange }) => exchange.node === filter.node)
  const text = textOf(filter)
  if (text !== '') tests.push(textTest(text))
  return (row) => tests.every((test) => test(row))
}

/** True when all that `next` lets through, `before` let through as well: every word of a piece of a text is a piece of a word of that text. */
const narrows = (before: TrafficFilter, next: TrafficFilter): boolean =>
  before.mechanism === next.mechanism &&
  before.verdict === next.verdict &&
  before.node === next.node &&
  textOf(next).includes(textOf(before))

interface Kept {
  readonly filter: TrafficFilter
  readonly rebuilt: number
  /** How many rows of the log the result already stands for. */
  readonly seen: number
  readonly result: readonly ExchangeRow[]
}

/**
 * Filters the exchange log. Keeps its last result: new last rows are tested alone, and a longer text searches only what the
 * shorter one had found.
 */
export class RowFilter {
  #kept: Kept | null = null

  apply(log: Rows, filter: TrafficFilter): readonly ExchangeRow[] {
    if (isOpenFilter(filter)) {
      this.#kept = null
      return log.rows
    }
    const result = this.#result(log, filter)
    this.#kept = { filter, rebuilt: log.rebuilt, seen: log.rows.length, result }
    return result
  }

  #result(log: Rows, filter: TrafficFilter): readonly ExchangeRow[] {
    const test = testOf(filter)
    const kept = this.#kept
    if (kept === null || kept.rebuilt !== log.rebuilt || !narrows(kept.filter, filter)) return log.rows.filter(test)
    const isSame = textOf(kept.filter) === textOf(filter)
    const known = isSame ? kept.result : kept.result.filter(test)
    const fresh = log.rows.slice(kept.seen).filter(test)
    return fresh.length === 0 ? known : [...known, ...fresh]
  }
}
