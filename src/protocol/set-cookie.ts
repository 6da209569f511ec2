/** One attribute of a `Set-Cookie` header as it was sent; `value` is null when it had no `=`. */
export interface CookieAttribute {
  name: string
  value: string | null
}

/** A `Set-Cookie` header as a user agent reads it (RFC 6265bis §5.6). */
export interface SetCookie {
  name: string
  value: string
  /** Null: the cookie belongs to this host alone. */
  domain: string | null
  /** Null: the default path of the request applies. */
  path: string | null
  /** Seconds, null when absent or not an integer. It wins over `Expires` (§5.7). */
  maxAgeSeconds: number | null
  /** Unix milliseconds, null when absent or not a date. */
  expiresAtMs: number | null
  isSecure: boolean
  isHttpOnly: boolean
  /** Null when absent or unknown: user agents then treat it as Lax, some with the Lax+POST exception. */
  sameSite: 'Strict' | 'Lax' | 'None' | null
  /** All attributes in the order sent, also unknown ones. */
  attributes: CookieAttribute[]
}

/** RFC 6265bis §5.6: name and value together of more than this many octets make the user agent ignore the cookie. */
export const MAX_NAME_VALUE_OCTETS = 4096

const SAME_SITE: Readonly<Record<string, SetCookie['sameSite']>> = { strict: 'Strict', lax: 'Lax', none: 'None' }

const splitAtEquals = (text: string): [string, string | null] => {
  const equals = text.indexOf('=')
  return equals === -1 ? [text.trim(), null] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
}

/** Reads one `Set-Cookie` header; null where a user agent ignores it (no `=`, nothing in it, or a control character). */
export const parseSetCookie = (header: string): SetCookie | null => {
  // §5.6 step 1: %x00-08 / %x0A-1F / %x7F.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the clause names these very characters.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(header)) return null
  const [pair = '', ...rest] = header.split(';')
  const [name, value] = splitAtEquals(pair)
  if (value === null || (name === '' && value === '')) return null
  const attributes = rest.filter((piece) => piece.trim() !== '').map((piece) => attribute(piece))
  return { name, value, ...readAttributes(attributes), attributes }
}

const attribute = (piece: string): CookieAttribute => {
  const [name, value] = splitAtEquals(piece)
  return { name, value }
}

/** The last attribute of a name wins (§5.7: "the last attribute in the cookie-attribute-list"). */
const readAttributes = (attributes: CookieAttribute[]): Omit<SetCookie, 'name' | 'value' | 'attributes'> => {
  const last = new Map(attributes.map(({ name, value }) => [name.toLowerCase(), value ?? '']))
  const domain = last.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
  const path = last.get('path') ?? ''
  const maxAge = last.get('max-age') ?? ''
  const expires = Date.parse(last.get('expires') ?? '')
  return {
    domain: domain === '' ? null : domain,
    path: path.startsWith('/') ? path : null,
    maxAgeSeconds: /^-?\d+$/.test(maxAge) ? Number(maxAge) : null,
    expiresAtMs: Number.isNaN(expires) ? null : expires,
    isSecure: last.has('secure'),
    isHttpOnly: last.has('httponly'),
    sameSite: SAME_SITE[last.get('samesite')?.toLowerCase() ?? ''] ?? null,
  }
}
