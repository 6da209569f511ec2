import { isUtf8 } from 'node:buffer'
import { TOKEN_ALGORITHMS } from '../../../contract/token-algorithm.ts'
import type { Verdict } from '../../../contract/verdict.ts'
import { isCanonicalBase64url } from '../../../protocol/base64url.ts'
import { decodeObjectPart, isJsonObject, type JsonObject, parseDistinctObject } from '../../../protocol/jwt.ts'
import { currentTrace, startTimer } from '../trace.ts'
import { CLAIM_CHECKS, isAccessClaims } from './claim-checks.ts'
import type { AccessClaims, TokenPolicy } from './issue.ts'
import { type Candidate, type Check, deny, pass } from './token-check.ts'

const FILE = 'tokens/verify.ts'

const compactForm: Check = {
  kind: 'token-decode',
  clause: 'RFC 7519 §7.2',
  file: FILE,
  symbol: 'compactForm',
  run: (candidate) => {
    const parts = candidate.token.split('.')
    const [header, payload, signature] = parts
    if (parts.length !== 3 || !header || !payload || signature === undefined)
      return deny('malformed-token', 'The credential is not three parts joined by dots', () => ({ parts: parts.length }))
    candidate.parts = [header, payload, signature]
    return pass('Three parts: header, payload, signature', () => ({ parts: 3, bytes: candidate.token.length }))
  },
}

/** Headers of one key are all alike, so the last few are kept read. Only canonical, well-formed ones get in. */
const knownHeaders = new Map<string, JsonObject>()
const MAX_KNOWN_HEADERS = 16

const readHeader = (part: string): JsonObject | null => {
  const known = knownHeaders.get(part)
  if (known) return known
  const { value } = decodeObjectPart(part)
  if (value && part.length <= 512) {
    if (knownHeaders.size >= MAX_KNOWN_HEADERS) knownHeaders.clear()
    knownHeaders.set(part, value)
  }
  return value
}

const canonicalEncoding: Check = {
  kind: 'token-encoding',
  clause: 'RFC 7515 §2',
  file: FILE,
  symbol: 'canonicalEncoding',
  run: (candidate) => {
    const bad = candidate.parts.findIndex((part) => !isCanonicalBase64url(part))
    if (bad !== -1)
      return deny('malformed-token', 'A part is not canonical base64url', () => ({ part: ['header', 'payload', 'signature'][bad] }))
    const header = readHeader(candidate.parts[0])
    if (!header) return deny('malformed-token', 'The header is not a JSON object with distinct names', () => ({ part: 'header' }))
    // RFC 7515 §4.1.11: extensions that are not understood and must be make the token invalid; this server knows none.
    if ('crit' in header)
      return deny('malformed-token', 'The header asks for an extension that is not known', () => ({ crit: header['crit'] }))
    candidate.header = header
    return pass('Canonical base64url; the header is a JSON object', () => ({ header }))
  },
}

const allowedAlgorithm: Check = {
  kind: 'token-algorithm',
  clause: 'RFC 8725 §3.1',
  file: FILE,
  symbol: 'allowedAlgorithm',
  run: ({ header }) => {
    const evidence = () => ({ alg: header['alg'] ?? null, allowed: TOKEN_ALGORITHMS })
    return TOKEN_ALGORITHMS.some((alg) => alg === header['alg'])
      ? pass(`${header['alg']} is on the server's list`, evidence)
      : deny('unsupported-algorithm', "The algorithm is not on the server's list", evidence)
  },
}

const knownKey: Check = {
  kind: 'token-key',
  clause: 'RFC 7515 §4.1.4',
  file: FILE,
  symbol: 'knownKey',
  run: (candidate) => {
    // jku, x5u, jwk and x5c are never read: keys come from this server's own configuration (RFC 8725 §3.10).
    const { kid, alg } = candidate.header
    const key = typeof kid === 'string' ? candidate.policy.keyring.find(kid) : null
    const jwksAgeSeconds = candidate.policy.keyring.ageSeconds?.()
    const evidence = () => ({ kid: kid ?? null, alg, ...(jwksAgeSeconds !== undefined && { jwksAgeSeconds }) })
    if (!key) return deny('unknown-key', 'No key of this server has that id', evidence)
    // RFC 8725 §3.1: one key, one algorithm. A public key must never be taken for the secret of an HMAC.
    if (key.alg !== alg)
      return deny('unsupported-algorithm', `Key ${key.kid} is for ${key.alg} alone`, () => ({ ...evidence(), allowed: [key.alg] }))
    candidate.key = key
    return pass(`Key ${key.kid} found`, evidence)
  },
}

const signature: Check = {
  kind: 'token-signature',
  clause: 'RFC 7515 §5.2',
  file: FILE,
  symbol: 'signature',
  run: (candidate) => {
    const { key, parts, token } = candidate
    const evidence = () => ({ alg: key?.alg, kid: key?.kid })
    if (!key) return deny('unknown-key', 'No key to verify with')
    if (parts[2] === '') return deny('bad-signature', 'The token is not signed', evidence)
    // The signing input is what stands before the last dot; the encoding of the signature has been found canonical.
    const input = token.slice(0, -parts[2].length - 1)
    if (!key.isGenuine(input, Buffer.from(parts[2], 'base64url')))
      return deny('bad-signature', 'The signature does not match header and payload', evidence)
    const octets = Buffer.from(parts[1], 'base64url')
    // RFC 7519 §7.2 step 10: what is no UTF-8 is not repaired.
    if (!isUtf8(octets)) return deny('malformed-token', 'The payload is not UTF-8', () => ({ flaw: 'not-utf8-json' }))
    const { value, flaw } = parseDistinctObject(octets.toString('utf8'))
    if (!value || !isJsonObject(value))
      return deny('malformed-token', 'The payload is not a JSON object with distinct names', () => ({ flaw }))
    candidate.claims = value
    return pass('The signature matches: the claims are as they were issued', () => ({ ...evidence(), claims: value }))
  },
}

/** Checks of one access token, in order. The first that fails is the verdict; nothing after it runs (RFC 7519 §7.2, RFC 8725 §3). */
const CHECKS: readonly Check[] = [compactForm, canonicalEncoding, allowedAlgorithm, knownKey, signature, ...CLAIM_CHECKS]

/** Brings the keys up to date that this token is verified with; null when there is nothing to wait for. */
export const refreshKeys = ({ keyring }: TokenPolicy, token: string): Promise<void> | null => {
  if (!keyring.refresh) return null
  const kid = readHeader(token.slice(0, Math.max(0, token.indexOf('.'))))?.['kid']
  return keyring.refresh(typeof kid === 'string' ? kid : null)
}

/** The claims while the signature has not verified. */
const UNPROVEN: JsonObject = {}

/** The claims of a good token, or why it is not. */
export type Verification =
  | { denied: null; claims: AccessClaims }
  | { denied: Verdict; title: string /** Null unless the signature verified. */; genuine: JsonObject | null }

/** Verifies an access token at lab time. No claim is used before the signature verified (RFC 8725 §3.3); the leeway is the policy's. */
export const verifyAccessToken = (policy: TokenPolicy, token: string): Verification => {
  const nowSeconds = policy.clock.nowMs() / 1000
  const candidate: Candidate = { token, policy, nowSeconds, parts: ['', '', ''], header: {}, key: null, claims: UNPROVEN }
  // Asked for once: there are many short steps, and looking it up for each would cost as much as some of them.
  const trace = currentTrace()
  for (const check of CHECKS) {
    const startedAt = trace ? startTimer() : 0
    const { denied, title, evidence } = check.run(candidate)
    if (denied || !check.isShownOnlyWhenDenied) trace?.add(check, { outcome: denied ? 'fail' : 'pass', startedAt, title, evidence })
    if (denied) return { denied, title, genuine: candidate.claims === UNPROVEN ? null : candidate.claims }
  }
  return isAccessClaims(candidate.claims)
    ? { denied: null, claims: candidate.claims }
    : {
        denied: 'malformed-token',
        title: 'A claim that this service needs is missing, or is not what it should be',
        genuine: candidate.claims,
      }
}
