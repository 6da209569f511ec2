import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Schema of a node. */
export const Node = z.object({
  /** `node-1`, `node-2` ... */
  id: z.string(),
  /** Null unless it listens. */
  port: z.number().int().nullable(),
  state: z.enum(['starting', 'up', 'draining', 'down']),
  clockSkewMs: z.number(),
  latencyMs: z.number(),
  requests: z.number().int(),
  /** Null before the first request. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** Heap and external memory of the worker; null unless up. */
  memoryBytes: z.number().nullable(),
  /** Real time it went down, Unix milliseconds; null unless down. */
  downSince: z.number().nullable(),
  signingKeyId: z.string(),
})
/** One instance of the app under study, in its own worker thread. */
export type Node = z.infer<typeof Node>

const ById = z.object({ id: z.string() })

/** Operations on nodes. */
export const nodes = {
  list: oc.route({ method: 'GET', path: '/nodes', summary: 'All nodes' }).output(z.array(Node)),
  kill: oc.route({ method: 'POST', path: '/nodes/{id}/kill', summary: 'Kill its thread, as kill -9 would' }).input(ById).output(Node),
  start: oc.route({ method: 'POST', path: '/nodes/{id}/start', summary: 'Start a node that is down' }).input(ById).output(Node),
}
