import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Revocation } from './revocations.ts'

/** How many issued tokens are kept. */
export const MAX_TOKENS = 10_000

const TokenState = z.enum(['active', 'expired', 'revoked'])

/**
 * Schema of an access token that was seen being issued. The list is the lab's, taken from the traffic: a server that issues such tokens keeps none
 * (RFC 7519). Times are lab time, Unix milliseconds.
 */
export const IssuedToken = z.object({
  jti: z.string(),
  account: z.string(),
  /** Null when the client did not say who it is. */
  clientId: z.string().nullable(),
  /** Claim `sid`: the beginning of the id of its refresh family; null without one. */
  sid: z.string().nullable(),
  /** What the client said it is (User-Agent), shortened. */
  device: z.string().nullable(),
  kid: z.string(),
  alg: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** Length of the token on the wire, octets. */
  bytes: z.number().int(),
  /** When a request last carried it, accepted or not; null before the first. */
  lastUsedAt: z.number().nullable(),
  /** The node that was asked last. */
  lastNode: z.string().nullable(),
  /** Requests that it was accepted for, whatever it then allowed. */
  uses: z.number().int(),
  /** Requests that carried it and were denied. One that nobody judged counts in neither. */
  refusals: z.number().int().default(0),
  /** `revoked`: nodes refuse it by the way of revocation in force now. One that was revoked while none was in force stays `active`. */
  state: TokenState,
  /** Who revoked it; null when nobody did. */
  revokedBy: z.enum(['operator', 'client']).nullable(),
  /** `id` of the revocation; its stopwatch may have left already. */
  revocation: z.string().nullable(),
})
/** An access token that was seen being issued. */
export type IssuedToken = z.infer<typeof IssuedToken>

/** Operations on access tokens. */
export const tokens = {
  list: oc
    .route({ method: 'GET', path: '/tokens', summary: 'Access tokens seen being issued, newest first' })
    .input(
      z.strictObject({
        account: z.string().optional(),
        state: TokenState.optional(),
        /** Found in jti, account, client, device or kid, whatever the case. */
        q: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(MAX_TOKENS).default(1000),
      }),
    )
    .output(z.array(IssuedToken)),
  revoke: oc
    .route({ method: 'POST', path: '/tokens/{jti}/revoke', summary: 'Revoke one access token by the way in force' })
    .input(z.strictObject({ jti: z.string().max(200) }))
    .output(Revocation),
}
