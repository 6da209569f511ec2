import { z } from 'zod'
import type { NodeTrace } from './node-messages.ts'
import { LAB_PATHS, RemoteTrace } from './remote-answers.ts'

/** Exchanges whose traces one request asks for at most. */
const BATCH = 100
/** Requests under way at most: what is answered meanwhile waits and goes with the next one, so that load makes batches larger, not more. */
const REQUESTS = 2
/** Exchanges that wait at most; what is answered beyond that stays without its steps. */
const MOST_WAITING = 5000

/** Why the steps of an exchange are not known. */
export type MissReason = 'no-secret' | 'refused' | 'unreachable' | 'unreadable' | 'busy'

/** How traces are fetched from a target that is a process of its own, and who is told. */
export interface RemoteTracesOptions {
  /** Asks the target with its secret; null when it does not know of that path, or not of us. */
  ask(path: string): Promise<unknown>
  onTraces(traces: NodeTrace[]): void
  onMissed(exchangeId: string, reason: MissReason): void
}

/** Fetches the traces of exchanges after they were answered, many at once when there are many. */
export class RemoteTraces {
  readonly #options: RemoteTracesOptions
  #waiting: string[] = []
  #requests = 0
  #isScheduled = false

  constructor(options: RemoteTracesOptions) {
    this.#options = options
  }

  fetch(exchangeId: string): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#options.onMissed(exchangeId, 'busy')
      return
    }
    this.#waiting.push(exchangeId)
    if (this.#isScheduled) return
    this.#isScheduled = true
    // What is answered in the same turn goes together.
    setImmediate(() => {
      this.#isScheduled = false
      this.#send()
    })
  }

  #send(): void {
    while (this.#requests < REQUESTS && this.#waiting.length > 0) {
      this.#requests++
      void this.#fetchBatch(this.#waiting.splice(0, BATCH)).finally(() => {
        this.#requests--
        this.#send()
      })
    }
  }

  async #fetchBatch(exchangeIds: readonly string[]): Promise<void> {
    const missed = new Set(exchangeIds)
    let reason: MissReason = 'refused'
    try {
      const answer = await this.#options.ask(LAB_PATHS.traces + exchangeIds.join(','))
      const candidates = answer === null ? [] : z.array(z.unknown()).max(BATCH).parse(answer)
      const traces = candidates.flatMap((candidate) => RemoteTrace.safeParse(candidate).data ?? [])
      if (traces.length < candidates.length) reason = 'unreadable'
      // One that nobody asked for says nothing of the others.
      this.#options.onTraces(traces.filter(({ exchangeId }) => missed.delete(exchangeId)))
    } catch (error) {
      reason = error instanceof z.ZodError || error instanceof SyntaxError ? 'unreadable' : 'unreachable'
    }
    for (const exchangeId of missed) this.#options.onMissed(exchangeId, reason)
  }
}
