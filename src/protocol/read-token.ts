import { decodeAnyBase64, decodeUtf8 } from './base64url.ts'
import { isNestedDeeper } from './json-depth.ts'
import { decodeCompactJwt, isJsonObject, type JsonObject, type JwtFlaw } from './jwt.ts'

/** A token read for the eye: nothing is verified, and what cannot be read is null. */
export interface ReadToken {
  /** As sent; a token may have fewer or more than three. */
  readonly parts: readonly string[]
  readonly header: JsonObject | null
  /** Null for a JWE too: its claims are encrypted (RFC 7516 §3). */
  readonly payload: JsonObject | null
  /** `jwe` has five parts (RFC 7516 §3.1), `jws` three (RFC 7515 §3.1). */
  readonly form: 'jws' | 'jwe' | 'neither'
  /** Why a strict reader refuses it; null when it is a well-formed JWS. */
  readonly flaw: JwtFlaw | null
  /** Where the flaw is; null when there is none. */
  readonly flawedPart: 'token' | 'header' | 'payload' | 'signature' | null
}

/** What is nested deeper is not shown decoded. */
const SHOWN_LEVELS = 200

function lenientObject(part: string | undefined): JsonObject | null {
  const bytes = part ? decodeAnyBase64(part) : null
  const text = bytes && decodeUtf8(bytes)
  if (!text) return null
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && !isNestedDeeper(value, SHOWN_LEVELS) ? value : null
  } catch {
    return null
  }
}

const formOf = (parts: readonly string[]): ReadToken['form'] => (parts.length === 5 ? 'jwe' : parts.length === 3 ? 'jws' : 'neither')

/** Reads a token leniently, so that a malformed one still shows what is in it, and says what a strict reader finds wrong. Never throws. */
export function readToken(token: string): ReadToken {
  const strict = decodeCompactJwt(token)
  if (strict.isWellFormed) {
    const { parts, header, payload } = strict
    return { parts, header, payload, form: 'jws', flaw: null, flawedPart: null }
  }
  const parts = token.split('.')
  const form = formOf(parts)
  // The payload of a JWE is the fourth part, and encrypted; its second is an encrypted key.
  const payload = form === 'jwe' ? null : lenientObject(parts[1])
  return { parts, header: lenientObject(parts[0]), payload, form, flaw: strict.flaw, flawedPart: strict.part }
}

/** A NumericDate claim as Unix milliseconds; null when absent or not a number (RFC 7519 §2). */
export function dateClaim(payload: JsonObject | null, name: 'exp' | 'nbf' | 'iat'): number | null {
  const value = payload?.[name]
  return typeof value === 'number' && Number.isFinite(value) ? value * 1000 : null
}
