import type { ExchangeTrace } from '../target/trace.ts'

/** Traces that are kept at most; the oldest leave first. */
const MOST = 1000
/** How long a trace is kept, milliseconds: the lab asks right after the answer. */
const KEEP_MS = 30_000
/** How long somebody waits for the trace of an exchange whose answer is just being sent, milliseconds. */
const WAIT_MS = 300

interface Entry {
  readonly expectedAt: number
  trace: ExchangeTrace | null
  deliver: ((trace: ExchangeTrace | null) => void) | null
}

/** The newest traces of the exchanges that the balancer sent, in memory, each to be fetched once. */
export class TraceShelf {
  readonly #entries = new Map<string, Entry>()
  readonly #timer = setInterval(() => this.#forgetOld(), KEEP_MS / 2).unref()

  /** The balancer sent this exchange: its trace will be asked for. That of no other one is kept. */
  expect(exchangeId: string): void {
    if (this.#entries.has(exchangeId)) return
    this.#entries.set(exchangeId, { expectedAt: performance.now(), trace: null, deliver: null })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST) break
      this.#forget(oldest)
    }
  }

  put(trace: ExchangeTrace): void {
    const entry = this.#entries.get(trace.exchangeId)
    if (!entry) return
    if (entry.deliver) {
      this.#entries.delete(trace.exchangeId)
      entry.deliver(trace)
    } else entry.trace = trace
  }

  /** Takes a trace off the shelf; waits a moment for one that is to come. Null when there is none. */
  async take(exchangeId: string): Promise<ExchangeTrace | null> {
    const entry = this.#entries.get(exchangeId)
    if (!entry || entry.deliver) return null
    if (entry.trace) {
      this.#entries.delete(exchangeId)
      return entry.trace
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#forget(exchangeId), WAIT_MS)
      entry.deliver = (trace) => {
        clearTimeout(timer)
        resolve(trace)
      }
    })
  }

  close(): void {
    clearInterval(this.#timer)
    for (const exchangeId of [...this.#entries.keys()]) this.#forget(exchangeId)
  }

  #forget(exchangeId: string): void {
    const entry = this.#entries.get(exchangeId)
    this.#entries.delete(exchangeId)
    entry?.deliver?.(null)
  }

  #forgetOld(): void {
    const limit = performance.now() - KEEP_MS
    for (const [exchangeId, { expectedAt }] of this.#entries) {
      if (expectedAt > limit) break
      this.#forget(exchangeId)
    }
  }
}
