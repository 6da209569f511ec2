import { encodeBase64url } from '../../../../../protocol/base64url.ts'
import { type JsonObject, parseDistinctObject } from '../../../../../protocol/jwt.ts'

/** What becomes of the signature of a changed token: kept as it was, made anew with a stolen key, or dropped with `alg: none`. */
export const SIGNING_WAYS = ['keep', 'leaked', 'none'] as const
/** What becomes of the signature of a changed token. */
export type SigningWay = (typeof SIGNING_WAYS)[number]

/** Header and payload of a token as text to edit. */
export interface Draft {
  readonly header: string
  readonly payload: string
}

/** A JSON object with one member a line, the first beside its brace: so that a line is a claim. */
export function formatClaims(claims: JsonObject): string {
  const members = Object.entries(claims).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{ ${members.join(',\n  ')} }`
}

/** Header and payload of a token as text to edit; null when one of them cannot be read. */
export const draftOf = (header: JsonObject | null, payload: JsonObject | null): Draft | null =>
  header && payload ? { header: formatClaims(header), payload: formatClaims(payload) } : null

/** The object that a text is; null when it is not valid JSON, no object, or has a name twice. */
export const claimsIn = (text: string): JsonObject | null => parseDistinctObject(text).value

const asPart = (text: string): string => encodeBase64url(new TextEncoder().encode(text))

/** One part of the token: as it was while its text is unchanged, otherwise in as few letters as JSON takes. */
function partOf(text: string, before: string, part: string): string {
  if (text === before) return part
  const claims = claimsIn(text)
  return asPart(claims ? JSON.stringify(claims) : text)
}

/** The token with these parts and its old signature, so that the signature no longer fits where something changed. */
export function withOldSignature(draft: Draft, before: Draft, parts: readonly string[]): string {
  const header = partOf(draft.header, before.header, parts[0] ?? '')
  return `${header}.${partOf(draft.payload, before.payload, parts[1] ?? '')}.${parts[2] ?? ''}`
}

/** The token with `alg: none` and an empty signature (RFC 7519 §6). The rest of the header stays, where it can be read. */
export function withoutSignature(draft: Draft, before: Draft, parts: readonly string[]): string {
  const header = claimsIn(draft.header) ?? {}
  return `${asPart(JSON.stringify({ ...header, alg: 'none' }))}.${partOf(draft.payload, before.payload, parts[1] ?? '')}.`
}

/** The same text with the letter in its middle changed into another of the alphabet; the text itself when it is empty. */
export function flipMiddle(text: string): string {
  if (text === '') return text
  const middle = Math.floor((text.length - 1) / 2)
  return `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`
}

/** The token with one letter of one of its parts changed. */
export const flipPart = (token: string, place: number): string =>
  token
    .split('.')
    .map((part, index) => (index === place ? flipMiddle(part) : part))
    .join('.')

/** A session cookie (`s:id.signature`, percent-encoded) with one letter of its id changed. */
export function flipSessionId(value: string): string {
  const [, prefix = '', id = '', rest = ''] = /^(s(?:%3A|:))?([^.]*)(.*)$/is.exec(value) ?? []
  return `${prefix}${flipMiddle(id)}${rest}`
}

/** A line of an edited text that is not as it was. */
export interface ChangedLine {
  /** From 1. */
  readonly line: number
  /** The value that stood there under the same name; null for a line that is new or cannot be told by name. */
  readonly before: string | null
}

/** Braces and commas alone: how a text is laid out, not what it says. */
const LAYOUT = /^[\s{}[\],]*$/
const MEMBER = /^\s*\{?\s*("(?:[^"\\]|\\.)*")\s*:\s*(.*?)\s*(?:,|\})?\s*$/

/** The lines of `current` that differ from `original`, told apart by the name of the member that stands there. */
export function changedLines(original: string, current: string): ChangedLine[] {
  const values = new Map<string, string>()
  const lines = new Set<string>()
  for (const line of original.split('\n')) {
    const [, name, value] = MEMBER.exec(line) ?? []
    if (name !== undefined && value !== undefined) values.set(name, value)
    lines.add(line.trim())
  }
  return current.split('\n').flatMap((text, index) => {
    const [, name, value] = MEMBER.exec(text) ?? []
    const line = index + 1
    if (name === undefined) return LAYOUT.test(text) || lines.has(text.trim()) ? [] : [{ line, before: null }]
    const before = values.get(name)
    return before === value ? [] : [{ line, before: before ?? null }]
  })
}
