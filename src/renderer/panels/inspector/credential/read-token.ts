import { decodeUtf8 } from '../../../../protocol/base64url.ts'
import { isNestedDeeper } from '../../../../protocol/json-depth.ts'
import { decodeCompactJwt, isJsonObject, type JsonObject, type JwtFlaw } from '../../../../protocol/jwt.ts'

/** A token read for the eye: nothing is verified, and what cannot be read is null. */
export interface ReadToken {
  /** As sent; a token may have fewer or more than three. */
  readonly parts: readonly string[]
  readonly header: JsonObject | null
  readonly payload: JsonObject | null
  /** Why a strict reader refuses it; null when it is well formed. */
  readonly flaw: JwtFlaw | null
}

/** What is nested deeper is not shown decoded. */
const SHOWN_LEVELS = 200

/** Decodes base64 or base64url with or without padding, as far as it goes. */
function lenientBytes(part: string): Uint8Array | null {
  try {
    const text = atob(part.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, ''))
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  } catch {
    return null
  }
}

function lenientObject(part: string | undefined): JsonObject | null {
  const bytes = part ? lenientBytes(part) : null
  const text = bytes && decodeUtf8(bytes)
  if (!text) return null
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && !isNestedDeeper(value, SHOWN_LEVELS) ? value : null
  } catch {
    return null
  }
}

/** Reads a token leniently, so that a malformed one still shows what is in it, and says what a strict reader finds wrong. */
export function readToken(token: string): ReadToken {
  const strict = decodeCompactJwt(token)
  if (strict.isWellFormed) return { parts: strict.parts, header: strict.header, payload: strict.payload, flaw: null }
  const parts = token.split('.')
  return { parts, header: lenientObject(parts[0]), payload: lenientObject(parts[1]), flaw: strict.flaw }
}

/** The clause that defines a header parameter or claim. */
export const CLAIM_CLAUSES: Readonly<Record<string, string>> = {
  alg: 'RFC 7515 §4.1.1',
  jku: 'RFC 7515 §4.1.2',
  jwk: 'RFC 7515 §4.1.3',
  kid: 'RFC 7515 §4.1.4',
  x5u: 'RFC 7515 §4.1.5',
  x5c: 'RFC 7515 §4.1.6',
  typ: 'RFC 9068 §2.1',
  cty: 'RFC 7515 §4.1.10',
  crit: 'RFC 7515 §4.1.11',
  iss: 'RFC 7519 §4.1.1',
  sub: 'RFC 7519 §4.1.2',
  aud: 'RFC 7519 §4.1.3',
  exp: 'RFC 7519 §4.1.4',
  nbf: 'RFC 7519 §4.1.5',
  iat: 'RFC 7519 §4.1.6',
  jti: 'RFC 7519 §4.1.7',
  role: 'RFC 7519 §4.3',
  scope: 'RFC 8693 §4.2',
  client_id: 'RFC 8693 §4.3',
}

/** A NumericDate claim as Unix milliseconds; null when absent or not a number (RFC 7519 §2). */
export function dateClaim(payload: JsonObject | null, name: 'exp' | 'nbf' | 'iat'): number | null {
  const value = payload?.[name]
  return typeof value === 'number' && Number.isFinite(value) ? value * 1000 : null
}
