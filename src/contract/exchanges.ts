import { oc } from '@orpc/contract'
import { z } from 'zod'
import { ExchangeMechanism } from './mechanism.ts'
import { Step } from './step.ts'
import { Verdict } from './verdict.ts'

/** Header names and values in wire order. */
export const HeaderPairs = z.array(z.tuple([z.string(), z.string()]))
/** Header names and values in wire order. */
export type HeaderPairs = z.infer<typeof HeaderPairs>

/** Schema of one half of an exchange. `body` holds at most 64 KiB; `bytes` counts head and body as they were on the wire. */
export const HttpMessage = z.object({
  headers: HeaderPairs,
  /** Text of the body, or base64 when `bodyEncoding` says so. */
  body: z.string(),
  bodyEncoding: z.enum(['utf8', 'base64']),
  /** Whole length of the body in octets, also when `body` was cut. */
  bodyBytes: z.number().int().nonnegative(),
  isBodyCut: z.boolean(),
  bytes: z.number().int().nonnegative(),
})
/** One half of an exchange. */
export type HttpMessage = z.infer<typeof HttpMessage>

/** Schema of an exchange without its heads, bodies and steps: what a list row needs. */
export const ExchangeSummary = z.object({
  id: z.string(),
  /** Ordinal given at the balancer when the request came in; shown as #43. */
  seq: z.number().int().positive(),
  /** Real time, Unix milliseconds. */
  startedAt: z.number(),
  /** Lab time, Unix milliseconds. */
  labTime: z.number(),
  /** Id of the lab client that sent it, or null for curl and other strangers. */
  client: z.string().nullable(),
  /** The client's name when it was sent (kept after the client is removed). */
  clientName: z.string().nullable(),
  node: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  /** Null while in flight. */
  status: z.number().int().nullable(),
  mechanism: ExchangeMechanism,
  /** Null while in flight. */
  verdict: Verdict.nullable(),
  durationMs: z.number().nullable(),
  requestBytes: z.number().int().nonnegative(),
  responseBytes: z.number().int().nonnegative(),
})
/** An exchange without heads, bodies and steps. */
export type ExchangeSummary = z.infer<typeof ExchangeSummary>

/** Schema of a whole exchange. */
export const Exchange = ExchangeSummary.extend({ request: HttpMessage, response: HttpMessage, steps: z.array(Step) })
/** A whole exchange: both messages and what the server did. */
export type Exchange = z.infer<typeof Exchange>

/** Schema of the filters that lists, exports and the traffic pane share. */
export const ExchangeQuery = z.strictObject({
  /** Only exchanges with a greater `seq`; the oldest first. Without it: the newest `limit`, oldest first. */
  after: z.coerce.number().int().nonnegative().optional(),
  /** Only exchanges with a smaller `seq`, newest kept: for loading history backwards. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(5000).optional(),
  /** Text sought in method, path, status, client, node and verdict; case does not matter. */
  q: z.string().max(200).optional(),
  verdict: z.union([Verdict, z.enum(['denied'])]).optional(),
  mechanism: z.union([ExchangeMechanism, z.enum(['jwt'])]).optional(),
  node: z.string().optional(),
  client: z.string().optional(),
  /** Only exchanges whose steps name exactly this: the id of a session row, a `jti`, a refresh token or its family, a `kid`. */
  evidence: z
    .string()
    .regex(/^[\w.:-]{4,200}$/, 'is an id as the steps show it')
    .optional(),
})
/** The filters that lists and exports share. */
export type ExchangeQuery = z.infer<typeof ExchangeQuery>

/** Schema of a request target in origin-form (RFC 9112 §3.2.1): what is not visible ASCII is percent-encoded (RFC 3986 §2). */
export const RequestPath = z
  .string()
  .max(4096)
  .regex(/^\/[\x21-\x7E]*$/, 'It starts with "/" and is written in visible ASCII; anything else is percent-encoded')

const Replay = z.strictObject({
  id: z.string(),
  /** Sent in this client's name, with the credential that was recorded; the same client when absent. */
  client: z.string().optional(),
  method: z.string().max(20).optional(),
  path: RequestPath.optional(),
  headers: HeaderPairs.optional(),
  body: z.string().optional(),
})

/** What an action by a client answers: the exchanges it caused, in order; empty when nothing went over the wire. */
export const CausedExchanges = z.object({ exchanges: z.array(z.string()) })

/** Operations on traffic. */
export const exchanges = {
  list: oc
    .route({ method: 'GET', path: '/exchanges', summary: 'Recorded exchanges, whole' })
    .input(ExchangeQuery)
    .output(z.array(Exchange)),
  summaries: oc
    .route({ method: 'GET', path: '/exchange-summaries', summary: 'Recorded exchanges without heads, bodies and steps' })
    .input(ExchangeQuery)
    .output(z.array(ExchangeSummary)),
  get: oc
    .route({ method: 'GET', path: '/exchanges/{id}', summary: 'One exchange' })
    .input(z.strictObject({ id: z.string() }))
    .output(Exchange),
  clear: oc.route({ method: 'DELETE', path: '/exchanges', summary: 'Forget all traffic', successStatus: 204 }).output(z.void()),
  har: oc
    .route({ method: 'GET', path: '/exchanges.har', summary: 'Traffic as HAR 1.2; secrets hidden unless asked' })
    .input(ExchangeQuery.extend({ secrets: z.enum(['hidden', 'shown']).optional() }))
    .output(z.record(z.string(), z.unknown())),
  replay: oc
    .route({ method: 'POST', path: '/exchanges/{id}/replay', summary: 'Send a recorded request again' })
    .input(Replay)
    .output(CausedExchanges),
}
