import { oc } from '@orpc/contract'
import { z } from 'zod'
import { RevocationWay } from './revocation.ts'

/** How many revocations are kept, the newest. */
export const MAX_REVOCATIONS = 200

/**
 * Schema of a revocation and its stopwatch: what became of the requests that carried a revoked credential. Only requests count that reached the
 * balancer after the revocation was in force, and only until the credential would have expired by itself.
 */
export const Revocation = z.object({
  id: z.string(),
  /** Lab time, Unix milliseconds. */
  at: z.number(),
  /** The way in force when it was revoked; null for sessions: their row is gone, which takes no way. */
  way: RevocationWay.nullable(),
  /** `token`: one access token. `device`: all of one refresh family. `account`: all of an account. `session`: one session, or all of an account. */
  scope: z.enum(['token', 'device', 'account', 'session']),
  /** Null when nobody knows whose it was. */
  account: z.string().nullable(),
  /** Null unless the scope is `token`. */
  jti: z.string().nullable(),
  /** Claim `sid` of the tokens of that device; null unless the scope is `token` or `device`, and for tokens without a family. */
  sid: z.string().nullable(),
  /** Public id; null unless one session was ended. */
  sessionId: z.string().nullable(),
  /** Who asked for it: the operator here, or a client by a request of its own (logout, change of password ...). */
  by: z.enum(['operator', 'client']),
  /** Requests whose credential was taken for good all the same. */
  accepted: z.number().int().nonnegative(),
  /** Requests that were refused because of it. */
  refused: z.number().int().nonnegative(),
  /** Real milliseconds from the revocation to the last request that was accepted; null when none was. */
  lastAcceptedMs: z.number().nullable(),
  /** Real milliseconds from the revocation to the first request that was refused; null when none was. */
  firstRefusedMs: z.number().nullable(),
  /** Ids of those exchanges; null too when they were not recorded. */
  lastAcceptedExchange: z.string().nullable(),
  firstRefusedExchange: z.string().nullable(),
  /** Lab time when the last such credential expires by itself; null when the lab has not seen it being issued. */
  endsAt: z.number().nullable(),
  /** Rows that are kept because of it; null when a client asked for it, since only the nodes know. */
  rowsKept: z.number().int().nonnegative().nullable(),
  /** Other tokens still good that ended along with it, because the way knows accounts only. */
  collateral: z.number().int().nonnegative(),
})
/** A revocation and its stopwatch. */
export type Revocation = z.infer<typeof Revocation>

/** Operations on revocations. */
export const revocations = {
  list: oc
    .route({ method: 'GET', path: '/revocations', summary: 'Revocations with their stopwatches, newest first' })
    .output(z.array(Revocation)),
}
