import type { ExchangeSummary } from '../../contract/exchanges.ts'

/** How many are kept at hand. */
const RECENT = 1000

/** Summaries of the exchanges that were completed last, and who waits for those that will be. */
export class CompletedSummaries {
  readonly #recent = new Map<string, ExchangeSummary>()
  readonly #waiting = new Map<string, ((summary: ExchangeSummary) => void)[]>()

  /** Undefined when it is not complete, or so long that it has left. */
  get(id: string): ExchangeSummary | undefined {
    return this.#recent.get(id)
  }

  /** Resolves when this one is added. */
  next(id: string): Promise<ExchangeSummary> {
    return new Promise((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve])
    })
  }

  add(summary: ExchangeSummary): void {
    this.#recent.set(summary.id, summary)
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > RECENT && oldest !== undefined) this.#recent.delete(oldest)
    for (const resolve of this.#waiting.get(summary.id) ?? []) resolve(summary)
    this.#waiting.delete(summary.id)
  }
}
