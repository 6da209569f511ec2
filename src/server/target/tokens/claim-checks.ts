import type { JsonObject } from '../../../protocol/jwt.ts'
import type { AccessClaims } from './issue.ts'
import { type Check, deny, pass } from './token-check.ts'

const FILE = 'tokens/claim-checks.ts'

const type: Check = {
  kind: 'token-type',
  clause: 'RFC 9068 §4',
  file: FILE,
  symbol: 'type',
  run: ({ header }) => {
    const typ = typeof header['typ'] === 'string' ? header['typ'].toLowerCase() : null
    const evidence = () => ({ claim: 'typ', value: header['typ'] ?? null, limit: 'at+jwt' })
    return typ === 'at+jwt' || typ === 'application/at+jwt'
      ? pass('It is an access token', evidence)
      : deny('wrong-token-type', 'It is not an access token', evidence)
  },
}

const issuer: Check = {
  kind: 'token-issuer',
  clause: 'RFC 8725 §3.8',
  file: FILE,
  symbol: 'issuer',
  run: ({ claims, policy }) => {
    const evidence = () => ({ claim: 'iss', value: claims['iss'] ?? null, limit: policy.issuer })
    return claims['iss'] === policy.issuer
      ? pass('Issued by the expected issuer', evidence)
      : deny('wrong-issuer', 'Issued by someone else', evidence)
  },
}

const audience: Check = {
  kind: 'token-audience',
  clause: 'RFC 7519 §4.1.3',
  file: FILE,
  symbol: 'audience',
  run: ({ claims, policy }) => {
    const { aud } = claims
    const evidence = () => ({ claim: 'aud', value: aud ?? null, limit: policy.audience })
    return aud === policy.audience || (Array.isArray(aud) && aud.includes(policy.audience))
      ? pass('Meant for this service', evidence)
      : deny('wrong-audience', 'Meant for another service', evidence)
  },
}

/** RFC 7519 §2; JSON.parse reads 1e400 as Infinity, and a token with that would never end. */
const isNumericDate = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

const notBefore: Check = {
  kind: 'token-not-before',
  clause: 'RFC 7519 §4.1.5',
  file: FILE,
  symbol: 'notBefore',
  run: ({ claims, nowSeconds, policy: { leewaySeconds } }) => {
    const { nbf } = claims
    const evidence = () => ({ claim: 'nbf', value: nbf ?? null, now: nowSeconds, leewaySeconds })
    if (nbf === undefined) return pass('It names no time before which it must not be used', evidence)
    if (!isNumericDate(nbf)) return deny('malformed-token', 'nbf is not a number', evidence)
    return nowSeconds + leewaySeconds >= nbf
      ? pass('Its time has begun', evidence)
      : deny('token-not-yet-valid', 'Its time has not begun', evidence)
  },
}

const expiry: Check = {
  kind: 'token-expiry',
  clause: 'RFC 7519 §4.1.4',
  file: FILE,
  symbol: 'expiry',
  run: ({ claims, nowSeconds, policy: { leewaySeconds } }) => {
    const { exp } = claims
    const evidence = () => ({ claim: 'exp', value: exp ?? null, limit: exp ?? null, now: nowSeconds, leewaySeconds })
    // RFC 7519 makes exp optional; a token that never ends is not accepted here (RFC 9068 §2.2 requires it).
    if (!isNumericDate(exp)) return deny('malformed-token', 'exp is missing or not a number', evidence)
    if (nowSeconds < exp) return pass(`Valid for ${Math.ceil(exp - nowSeconds)} s more`, evidence)
    const ago = `Expired ${Math.floor(nowSeconds - exp)} s ago`
    return nowSeconds < exp + leewaySeconds
      ? pass(`${ago}, which the leeway of ${leewaySeconds} s forgives`, evidence)
      : deny('token-expired', ago, evidence)
  },
}

/** What an access token must say besides (RFC 9068 §2.2); `role` is this service's own claim. */
const requiredClaims: Check = {
  kind: 'token-decode',
  clause: 'RFC 9068 §2.2',
  file: FILE,
  symbol: 'requiredClaims',
  isShownOnlyWhenDenied: true,
  run: ({ claims }) => {
    const missing = CLAIM_TYPES.filter(([name, isFit]) => !isFit(claims[name])).map(([name]) => name)
    return missing.length === 0
      ? pass('It says whom it is for and what they may do', () => ({ claims: [...TEXT_CLAIMS, 'iat'] }))
      : deny('malformed-token', 'A claim that this service needs is missing, or is not what it should be', () => ({
          claim: missing[0],
          missing,
        }))
  },
}
const TEXT_CLAIMS = ['sub', 'jti', 'role', 'scope'] as const
const isText = (value: unknown): boolean => typeof value === 'string'
/** A `ver` that is no number would be smaller than none: revocation goes by these. */
const CLAIM_TYPES: readonly (readonly [name: string, isFit: (value: unknown) => boolean])[] = [
  ...TEXT_CLAIMS.map((name) => [name, isText] as const),
  ['iat', isNumericDate],
  ...['sid', 'client_id'].map((name) => [name, (value: unknown) => value === undefined || isText(value)] as const),
  ['ver', (value) => value === undefined || isNumericDate(value)],
]

/** What the claims are held against, once the signature has verified, in order (RFC 8725 §3.3). */
export const CLAIM_CHECKS: readonly Check[] = [type, issuer, audience, notBefore, expiry, requiredClaims]

/** True after {@link requiredClaims}; tells the compiler. */
export const isAccessClaims = (claims: JsonObject): claims is JsonObject & AccessClaims =>
  CLAIM_TYPES.every(([name, isFit]) => isFit(claims[name]))
