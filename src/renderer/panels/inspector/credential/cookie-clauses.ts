/** The clause that says what an attribute of a cookie does. */
export const COOKIE_CLAUSES = {
  httpOnly: 'RFC 6265 §4.1.2.6',
  sameSite: 'RFC 6265bis §4.1.2.7',
  path: 'RFC 6265 §4.1.2.4',
  // Max-Age wins over Expires.
  lifetime: 'RFC 6265 §4.1.2.2',
  domain: 'RFC 6265 §4.1.2.3',
  secure: 'RFC 6265 §4.1.2.5',
} as const
