import { z } from 'zod'

/** The ways in which access tokens can be ended before their `exp`, from the one that asks nobody to the one that asks every time. */
export const REVOCATION_WAYS = ['none', 'denylist', 'not-before', 'version', 'introspection'] as const

/** Schema of a way to end access tokens early. */
export const RevocationWay = z.enum(REVOCATION_WAYS)
/**
 * How an access token ends before its `exp`. `none`: it does not. `denylist`: its `jti`, or the `sid` of its refresh family, is looked up.
 * `not-before`: tokens of an account that were issued until a moment are refused. `version`: the claim `ver` must be the account's number.
 * `introspection`: the authorization server is asked about every token (RFC 7662).
 */
export type RevocationWay = z.infer<typeof RevocationWay>
