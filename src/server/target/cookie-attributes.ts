import type { CookieOptions } from 'express'

/**
 * Attributes of every cookie that is a credential. No Max-Age on the session cookie: its limits are the server's. `Secure` is left out because
 * this server speaks plain HTTP on loopback only (express-session would silently send no cookie at all); behind TLS it belongs here.
 */
export const COOKIE_ATTRIBUTES = { httpOnly: true, sameSite: 'lax', path: '/' } as const satisfies CookieOptions
