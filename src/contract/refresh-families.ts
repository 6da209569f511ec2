import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Revocation } from './revocations.ts'

/** Schema of why a family of refresh tokens was ended before its time. */
export const RevokedReason = z.enum(['reused', 'logout', 'logout-everywhere', 'password-changed', 'account-disabled', 'operator'])
/** Why a family of refresh tokens was ended before its time. */
export type RevokedReason = z.infer<typeof RevokedReason>

/** Schema of one refresh token in its family. */
const RefreshMember = z.object({
  /** SHA-256 of the token, hexadecimal. The token itself is only ever at the client. */
  id: z.string(),
  /** `id` of the token that was given for it; null for the first. */
  parent: z.string().nullable(),
  issuedAt: z.number(),
  idleExpiresAt: z.number(),
  /** Null until it is given for another one. */
  usedAt: z.number().nullable(),
  /** When it was presented again and the family was revoked for it; null otherwise. */
  reusedAt: z.number().nullable(),
})

/** Schema of a family of refresh tokens: what began with one login. */
export const RefreshFamily = z.object({
  /** `id` of its first token. */
  id: z.string(),
  account: z.string(),
  /** Null when the client did not say who it is. */
  clientId: z.string().nullable(),
  /** Space-separated (RFC 6749 §3.3). */
  scope: z.string(),
  /** What the client said it is (User-Agent), shortened. */
  device: z.string().nullable(),
  createdAt: z.number(),
  absoluteExpiresAt: z.number(),
  /** `expired` too when every token that was not used has been idle for too long. */
  state: z.enum(['active', 'expired', 'revoked']),
  revokedAt: z.number().nullable(),
  revokedReason: RevokedReason.nullable(),
  /** Each after its parent, generation by generation. */
  members: z.array(RefreshMember),
})
/** A family of refresh tokens. All times are lab time, Unix milliseconds. */
export type RefreshFamily = z.infer<typeof RefreshFamily>

/** Operations on families of refresh tokens. */
export const refreshFamilies = {
  list: oc
    .route({ method: 'GET', path: '/refresh-families', summary: 'Families of refresh tokens with their members, newest first' })
    .input(z.strictObject({ account: z.string().optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) }))
    .output(z.array(RefreshFamily)),
  revoke: oc
    .route({ method: 'POST', path: '/refresh-families/{id}/revoke', summary: 'End a family and, by the way in force, its access tokens' })
    .input(z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/, 'takes the id of a family: 64 hexadecimal digits') }))
    .output(Revocation),
}
