import type { ExchangeSummary } from '../../../src/contract/exchanges.ts'
import type { OperatorAction } from '../../../src/contract/lab.ts'
import { ExchangeLog } from '../../../src/renderer/state/exchange-log.ts'

/** An allowed session exchange with what a test wants to be different. */
export const summary = (seq: number, change: Partial<ExchangeSummary> = {}): ExchangeSummary => ({
  id: `x${seq}`,
  seq,
  startedAt: 1_700_000_000_000 + seq,
  labTime: 1_700_000_000_000 + seq,
  client: 'alice-laptop',
  clientName: 'Alice·Laptop',
  node: 'node-1',
  method: 'GET',
  path: '/me',
  status: 200,
  mechanism: 'session',
  verdict: 'allowed',
  durationMs: 1,
  requestBytes: 100,
  responseBytes: 200,
  ...change,
})

/** A log that holds these exchanges. */
export function logOf(...exchanges: ExchangeSummary[]): ExchangeLog {
  const log = new ExchangeLog()
  for (const exchange of exchanges) log.put(exchange)
  return log
}

/** An operator's action after the exchange with this `seq`. */
export const action = (id: string, afterExchange: number): OperatorAction => ({
  id,
  afterExchange,
  at: afterExchange,
  labTime: 1_700_000_000_000,
  action: 'node-killed',
  params: { node: 'node-3' },
})
