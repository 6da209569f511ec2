import { oc } from '@orpc/contract'
import { z } from 'zod'

/** The most nodes that a lab runs at once. */
export const MAX_NODES = 16
/** The longest latency that can be added to a node or the store, milliseconds. */
export const MAX_LATENCY_MS = 10_000
/** The farthest a node's clock may be off from the lab's, milliseconds: a day. */
export const MAX_SKEW_MS = 24 * 3_600_000

/** Schema of a node. */
export const Node = z.object({
  /** `node-1`, `node-2` ... */
  id: z.string(),
  /** Null unless it listens. */
  port: z.number().int().nullable(),
  /** Where it answers when it is a process of its own, given by URL; null for a thread of this lab. */
  url: z.string().nullable(),
  state: z.enum(['starting', 'up', 'draining', 'down']),
  /** Why it is down; null unless down. `unreachable`: health checks fail. */
  downReason: z.enum(['killed', 'crashed', 'unreachable', 'stopped']).nullable(),
  clockSkewMs: z.number(),
  /** Added before each of its answers, milliseconds. */
  latencyMs: z.number(),
  requests: z.number().int(),
  /** Null before the first request. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** Requests that it has not answered yet. */
  inFlight: z.number().int(),
  /** Connections that are open to it; null unless up. */
  connections: z.number().int().nullable(),
  /** Heap and external memory of the worker; null unless up and a thread of this lab. */
  memoryBytes: z.number().nullable(),
  /** Share of one core that its thread used since the last measurement, 0 to 1; null unless up and a thread of this lab. */
  cpu: z.number().nullable(),
  /** Sessions in its own memory; null unless the session store is `memory`. */
  sessions: z.number().int().nullable(),
  /** Uses of the session store (0 when a node given by URL does not tell) since it was started or the lab was reset. */
  storeReads: z.number().int(),
  storeWrites: z.number().int(),
  /** Access tokens it verified since then; none of them took a use of the session store. */
  tokensVerified: z.number().int(),
  /** Look-ups since then that asked whether an access token has been revoked. */
  revocationReads: z.number().int(),
  /** Real time it went down, Unix milliseconds; null unless down. */
  downSince: z.number().nullable(),
  /** The key it signs access tokens with; empty when it signs none, or does not tell. */
  signingKeyId: z.string(),
  /** The keys whose tokens it accepts. */
  verifyingKeyIds: z.array(z.string()),
  /**
   * How long ago its set of keys was last known to be the issuer's, whole seconds: 0 while it is told of every change; on the lab clock while
   * it is frozen, in real time where it fetches them from a JWKS URL. Null when it is down, or does not tell.
   */
  keysAgeSeconds: z.number().int().nullable(),
  /** It takes no new keys: those it has are all it knows. */
  jwksFrozen: z.boolean(),
  /** It signs session cookies with a secret of its own, which no other node knows. */
  hasOwnCookieSecret: z.boolean(),
})
/** One instance of the app under study, in its own worker thread or given by URL. */
export type Node = z.infer<typeof Node>

const ById = z.strictObject({ id: z.string() })

/** What can be changed of a node while the lab runs. All of it acts at once, without a restart. */
export const NodeChange = z.strictObject({
  clockSkewMs: z.number().int().min(-MAX_SKEW_MS).max(MAX_SKEW_MS).optional(),
  latencyMs: z.number().int().min(0).max(MAX_LATENCY_MS).optional(),
  jwksFrozen: z.boolean().optional(),
  ownCookieSecret: z.boolean().optional(),
})
/** What can be changed of a node while the lab runs. */
export type NodeChange = z.infer<typeof NodeChange>

/** Operations on nodes. All of them answer when their effect is in force. */
export const nodes = {
  list: oc.route({ method: 'GET', path: '/nodes', summary: 'All nodes' }).output(z.array(Node)),
  add: oc
    .route({
      method: 'POST',
      path: '/nodes',
      summary: 'Add a node: a new thread, or a target that runs elsewhere, by URL',
      successStatus: 201,
    })
    .input(
      z
        .strictObject({
          /** Origin of a target that runs as a process of its own, for example `http://127.0.0.1:4801`. */
          url: z
            .url({ protocol: /^http$/ })
            .max(300)
            .optional(),
          /** What lets the lab fetch the steps of that target's answers; printed by it when it starts. */
          secret: z
            .string()
            .regex(/^[\w-]{16,200}$/, 'takes the secret as the target printed it')
            .optional(),
        })
        .optional(),
    )
    .output(Node),
  change: oc
    .route({ method: 'PATCH', path: '/nodes/{id}', summary: 'Change clock skew, latency, key updates or cookie secret' })
    .input(ById.extend(NodeChange.shape))
    .output(Node),
  remove: oc
    .route({ method: 'DELETE', path: '/nodes/{id}', summary: 'Drain a node, end it and forget it', successStatus: 204 })
    .input(ById)
    .output(z.void()),
  kill: oc.route({ method: 'POST', path: '/nodes/{id}/kill', summary: 'Kill its thread, as kill -9 would' }).input(ById).output(Node),
  start: oc.route({ method: 'POST', path: '/nodes/{id}/start', summary: 'Start a node that is down or draining' }).input(ById).output(Node),
  restart: oc
    .route({ method: 'POST', path: '/nodes/{id}/restart', summary: 'Replace its run by a new one; requests in flight are finished' })
    .input(ById)
    .output(Node),
  drain: oc
    .route({ method: 'POST', path: '/nodes/{id}/drain', summary: 'Send it no new requests; those in flight are finished' })
    .input(ById)
    .output(Node),
}
