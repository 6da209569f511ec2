import type { ExchangeSummary } from '../../contract/exchanges.ts'

/** One exchange with the text that the filter searches. */
export interface ExchangeRow {
  readonly exchange: ExchangeSummary
  /** Lower case: `#seq method path status client node mechanism verdict`. */
  readonly haystack: string
}

const toRow = (exchange: ExchangeSummary): ExchangeRow => ({
  exchange,
  haystack:
    `#${exchange.seq} ${exchange.method} ${exchange.path} ${exchange.status ?? ''} ${exchange.clientName ?? ''} ${exchange.node ?? ''} ${exchange.mechanism} ${exchange.verdict ?? ''}`.toLowerCase(),
})

/**
 * All exchanges the page knows, sorted by `seq`. Changed in place, because copying 100,000 rows for each batch of events would
 * cost more than the events; whoever draws it watches the two counters.
 */
export class ExchangeLog {
  readonly rows: ExchangeRow[] = []
  /** Grows with every change. */
  version = 0
  /** Grows when rows other than new last ones changed, so that a filter result kept from before is worthless. */
  rebuilt = 0
  readonly #rowById = new Map<string, ExchangeRow>()
  readonly #open = new Map<string, ExchangeSummary>()

  /** Exchanges that have no answer yet. */
  get open(): ReadonlyMap<string, ExchangeSummary> {
    return this.#open
  }

  find(id: string): ExchangeSummary | null {
    return this.#rowById.get(id)?.exchange ?? null
  }

  /** Place of the row with this `seq`, or where it would stand. */
  placeOf(seq: number): number {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.rows[middle]?.exchange.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds an exchange, or replaces the one with its `seq`. */
  put(exchange: ExchangeSummary): void {
    const row = toRow(exchange)
    this.version += 1
    this.#remember(row)
    const last = this.rows.at(-1)
    if (!last || last.exchange.seq < exchange.seq) {
      this.rows.push(row)
      return
    }
    const place = this.placeOf(exchange.seq)
    const isSame = this.rows[place]?.exchange.seq === exchange.seq
    this.rows.splice(place, isSame ? 1 : 0, row)
    this.rebuilt += 1
  }

  /** Adds older exchanges in one go; those already known are left alone. */
  prepend(older: readonly ExchangeSummary[]): void {
    const firstSeq = this.rows[0]?.exchange.seq ?? Number.POSITIVE_INFINITY
    const fresh = older.filter((exchange) => exchange.seq < firstSeq).map(toRow)
    if (fresh.length === 0) return
    for (const row of fresh) this.#remember(row)
    const later = this.rows.splice(0)
    for (const row of fresh) this.rows.push(row)
    for (const row of later) this.rows.push(row)
    this.version += 1
    this.rebuilt += 1
  }

  /** Drops all rows with a smaller `seq`. */
  trim(oldestSeq: number): void {
    const gone = this.rows.splice(0, this.placeOf(oldestSeq))
    for (const row of gone) this.#forget(row.exchange.id)
    if (gone.length > 0) this.#touch()
  }

  clear(): void {
    this.rows.length = 0
    this.#rowById.clear()
    this.#open.clear()
    this.#touch()
  }

  #remember(row: ExchangeRow): void {
    this.#rowById.set(row.exchange.id, row)
    if (row.exchange.verdict === null && row.exchange.status === null) this.#open.set(row.exchange.id, row.exchange)
    else this.#open.delete(row.exchange.id)
  }

  #forget(id: string): void {
    this.#rowById.delete(id)
    this.#open.delete(id)
  }

  #touch(): void {
    this.version += 1
    this.rebuilt += 1
  }
}
