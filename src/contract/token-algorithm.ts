import { z } from 'zod'

/** What access tokens can be signed with (RFC 7518 §3.1). */
export const TOKEN_ALGORITHMS = ['HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256'] as const
/** Schema of a signature algorithm (RFC 7518 §3.1). */
export const TokenAlgorithm = z.enum(TOKEN_ALGORITHMS)
/** A signature algorithm (RFC 7518 §3.1). */
export type TokenAlgorithm = z.infer<typeof TokenAlgorithm>
