import { z } from 'zod'

/** Why an exchange was allowed or denied. One code an exchange; the list is part of the public surface. */
export const VERDICTS = [
  'allowed',
  'no-credential',
  'bad-credentials',
  'unknown-session',
  'session-expired',
  'bad-cookie-signature',
  'malformed-token',
  'unsupported-algorithm',
  'unknown-key',
  'bad-signature',
  'token-expired',
  'token-not-yet-valid',
  'wrong-issuer',
  'wrong-audience',
  'wrong-token-type',
  'token-revoked',
  'refresh-unknown',
  'refresh-reused',
  'refresh-expired',
  'account-disabled',
  'insufficient-role',
  'insufficient-scope',
  'csrf-blocked',
  'rate-limited',
  'store-unavailable',
  'no-node-available',
  'not-auth',
] as const

/** Schema of a verdict code. */
export const Verdict = z.enum(VERDICTS)
/** A verdict code. */
export type Verdict = z.infer<typeof Verdict>

/** The verdicts that are neither an "allowed" nor a "denied" by the server: drawn in ink, never in red. */
export const NEUTRAL_VERDICTS: readonly Verdict[] = ['not-auth', 'no-node-available', 'store-unavailable']
