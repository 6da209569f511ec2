/** Names of the cookies that carry tokens. */
export interface TokenCookieNames {
  /** Carries the access token, to every path. */
  readonly access: string
  /** Carries the refresh token, to the token endpoint alone. */
  readonly refresh: string
}

/** Without a prefix: whoever can set a cookie for this host, by plain http or from a name beside it, can set these too. */
export const PLAIN_TOKEN_COOKIES: TokenCookieNames = { access: 'access_token', refresh: 'refresh_token' }

/**
 * With the prefixes of RFC 6265bis §4.1.3: a user agent takes a `__Host-` cookie only with `Secure`, without `Domain` and with `Path=/`. The
 * refresh token's is limited to a path, so `__Secure-` is all that it can have: `Secure` alone.
 */
export const PREFIXED_TOKEN_COOKIES: TokenCookieNames = { access: '__Host-access_token', refresh: '__Secure-refresh_token' }

const BOTH = [PLAIN_TOKEN_COOKIES, PREFIXED_TOKEN_COOKIES]

/** Whether a cookie of this name carries an access token, with a prefix or without. */
export const isAccessCookie = (name: string): boolean => BOTH.some(({ access }) => access === name)

/** Whether a cookie of this name carries a refresh token, with a prefix or without. */
export const isRefreshCookie = (name: string): boolean => BOTH.some(({ refresh }) => refresh === name)
