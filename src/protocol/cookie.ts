/** One pair of a `Cookie` header, as it was sent: not decoded. */
export interface CookiePair {
  name: string
  value: string
}

/**
 * Reads a `Cookie` request header (RFC 6265 §4.2.1). Pairs keep their order and may repeat a name:
 * servers must not rely on the order of equal names (RFC 6265 §4.2.2). Pieces without `=` are no pairs and are left out.
 */
export const parseCookieHeader = (header: string): CookiePair[] => {
  const pairs: CookiePair[] = []
  for (const piece of header.split(';')) {
    const equals = piece.indexOf('=')
    if (equals === -1) continue
    const name = piece.slice(0, equals).trim()
    if (name !== '') pairs.push({ name, value: unquote(piece.slice(equals + 1).trim()) })
  }
  return pairs
}

/** RFC 6265 §4.1.1: cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ). */
const unquote = (value: string): string => (value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value)

/** Percent-decodes a cookie value as `cookie` and express-session do; the text itself where it is not valid percent-encoding. */
export const decodeCookieValue = (value: string): string => {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
