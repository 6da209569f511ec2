import type { ExchangeSummary } from '../../contract/exchanges.ts'
import { summaryValues } from './exchange-row.ts'
import type { RecordedExchange } from './recorded-exchange.ts'
import type { Batch } from './recorder-messages.ts'

/** Packs completed exchanges for the worker: their bodies into one buffer that is handed over instead of copied. */
export const packBatch = (completed: readonly { exchange: RecordedExchange; summary: ExchangeSummary }[]): Batch => {
  const bodies = completed.map(({ exchange }) => exchange.bodies())
  const size = bodies.reduce((sum, [request, response]) => sum + request.byteLength + response.byteLength, 0)
  const arena = new Uint8Array(size)
  let at = 0
  for (const body of bodies.flat()) {
    arena.set(body, at)
    at += body.byteLength
  }
  return {
    summaries: completed.map(({ summary }) => summaryValues(summary)),
    messages: completed.map(({ exchange }) => exchange.messages()),
    bodies: arena,
  }
}
