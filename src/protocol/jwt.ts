import { decodeBase64url, decodeUtf8 } from './base64url.ts'
import { isNestedDeeper } from './json-depth.ts'

/** A JSON object as a token carries it: names are claims or header parameters, values are unknown until checked. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A compact JWS whose parts could be read. Nothing in it has been verified. */
export interface DecodedJwt {
  isWellFormed: true
  header: JsonObject
  payload: JsonObject
  signature: Uint8Array
  /** The three parts as they were sent. */
  parts: readonly [header: string, payload: string, signature: string]
}

/** Why a text is no compact JWT; each code stands for one rule of RFC 7515 §7.1, §4 or RFC 7519 §4, §7.2. */
export type JwtFlaw = 'not-three-parts' | 'not-canonical-base64url' | 'not-utf8-json' | 'not-an-object' | 'too-deep' | 'duplicate-name'

/** A text that is no compact JWT. */
export interface MalformedJwt {
  isWellFormed: false
  part: 'token' | 'header' | 'payload' | 'signature'
  flaw: JwtFlaw
}

/** A JSON object that could be read, or why it could not. */
export type ObjectOrFlaw = { value: JsonObject; flaw: null } | { value: null; flaw: JwtFlaw }

/** Reads one base64url part that must be a JSON object with distinct names (RFC 7519 §4, RFC 7515 §4). */
export const decodeObjectPart = (part: string): ObjectOrFlaw => {
  const bytes = decodeBase64url(part)
  if (!bytes) return { value: null, flaw: 'not-canonical-base64url' }
  const text = decodeUtf8(bytes)
  return text === null ? { value: null, flaw: 'not-utf8-json' } : parseDistinctObject(text)
}

/** RFC 8259 §9 leaves it to the reader how deep JSON may be nested. */
const MAX_DEPTH = 32

/** Parses a JSON object strictly: a repeated name anywhere in it is refused (RFC 7515 §4, RFC 8725bis). */
export const parseDistinctObject = (text: string): ObjectOrFlaw => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { value: null, flaw: 'not-utf8-json' }
  }
  if (!isJsonObject(value)) return { value: null, flaw: 'not-an-object' }
  if (isNestedDeeper(value, MAX_DEPTH)) return { value: null, flaw: 'too-deep' }
  // A text that serializes back to itself cannot have repeated a name; only others are scanned.
  if (JSON.stringify(value) !== text && hasDuplicateName(text)) return { value: null, flaw: 'duplicate-name' }
  return { value, flaw: null }
}

/** Whether a value from JSON is an object: not null, not an array. */
export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether any object in valid JSON text uses a name twice. Names are compared after their escapes are resolved. */
export const hasDuplicateName = (json: string): boolean => {
  const open: (Set<string> | null)[] = []
  let lastString = ''
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token !== ':') lastString = token
    else {
      const name: string = JSON.parse(lastString)
      const names = open.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}

/** Reads a compact JWT without verifying anything (RFC 7519 §7.2 steps 1 to 7, strictly). Never throws. */
export const decodeCompactJwt = (token: string): DecodedJwt | MalformedJwt => {
  const [first, second, third, ...more] = token.split('.')
  if (!first || !second || third === undefined || more.length > 0) return { isWellFormed: false, part: 'token', flaw: 'not-three-parts' }
  const header = decodeObjectPart(first)
  if (!header.value) return { isWellFormed: false, part: 'header', flaw: header.flaw }
  const payload = decodeObjectPart(second)
  if (!payload.value) return { isWellFormed: false, part: 'payload', flaw: payload.flaw }
  const signature = decodeBase64url(third)
  if (!signature) return { isWellFormed: false, part: 'signature', flaw: 'not-canonical-base64url' }
  return { isWellFormed: true, header: header.value, payload: payload.value, signature, parts: [first, second, third] }
}
