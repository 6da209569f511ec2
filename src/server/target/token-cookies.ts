import type { CookieOptions, Response } from 'express'
import { PLAIN_TOKEN_COOKIES, PREFIXED_TOKEN_COOKIES, type TokenCookieNames } from '../../protocol/token-cookies.ts'
import { COOKIE_ATTRIBUTES } from './cookie-attributes.ts'

/** The refresh token's cookie goes to the token endpoint alone, and never along with a request that another site began. */
const REFRESH_ATTRIBUTES = { httpOnly: true, sameSite: 'strict', path: '/token' } as const satisfies CookieOptions

const SAME_SITE = { lax: 'Lax', strict: 'Strict' } as const

/** How tokens travel in cookies. */
export interface TokenCookies {
  readonly names: TokenCookieNames
  /** Sets both; lifetimes in seconds. */
  set(response: Response, given: { access: string; accessSeconds: number; refresh: string; refreshSeconds: number }): void
  /** Makes the client forget both. */
  clear(response: Response): void
}

/**
 * @param isPrefixed with `__Host-` and `__Secure-` (RFC 6265bis §4.1.3) and thus `Secure`. User agents take such cookies over plain http from
 * a loopback name alone; express-session would send none at all, so the session's cookie has no prefix here
 */
export const createTokenCookies = (isPrefixed: boolean): TokenCookies => {
  const names = isPrefixed ? PREFIXED_TOKEN_COOKIES : PLAIN_TOKEN_COOKIES
  const secure = isPrefixed ? '; Secure' : ''
  // Max-Age alone: Expires would be read on the client's clock, and Max-Age wins anyway (RFC 6265 §5.3).
  const line = (name: string, value: string, seconds: number, { path, sameSite }: CookieOptions & { sameSite: 'lax' | 'strict' }): string =>
    `${name}=${value}; Max-Age=${seconds}; Path=${path}; HttpOnly${secure}; SameSite=${SAME_SITE[sameSite]}`
  return {
    names,
    set: (response, { access, accessSeconds, refresh, refreshSeconds }) => {
      response.append('Set-Cookie', line(names.access, access, accessSeconds, COOKIE_ATTRIBUTES))
      response.append('Set-Cookie', line(names.refresh, refresh, refreshSeconds, REFRESH_ATTRIBUTES))
    },
    clear: (response) => {
      // A prefixed cookie without Secure would be ignored, and the old one stay.
      response.clearCookie(names.access, { ...COOKIE_ATTRIBUTES, secure: isPrefixed })
      response.clearCookie(names.refresh, { ...REFRESH_ATTRIBUTES, secure: isPrefixed })
    },
  }
}
