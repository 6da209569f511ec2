import type { RequestHandler } from 'express'
import { report, startTimer } from './trace.ts'

const LATENCY = { kind: 'node-latency', file: 'latency.ts', symbol: 'addLatency' } as const

/** Holds each request back for as long as the operator has set, and says so; health checks pass, or a slow node would be a dead one. */
export const addLatency =
  (dial: { readonly latencyMs: number }): RequestHandler =>
  (request, _response, next) => {
    const { latencyMs } = dial
    if (latencyMs === 0 || request.path === '/healthz') {
      next()
      return
    }
    const startedAt = startTimer()
    setTimeout(() => {
      const title = `Held back for ${latencyMs} ms, as set for this node`
      report(LATENCY, { outcome: 'info', startedAt, title, evidence: () => ({ latencyMs }) })
      next()
    }, latencyMs)
  }
