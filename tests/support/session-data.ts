import type { SessionData } from 'express-session'

/** A session as express-session would hand it to a store. */
export const sessionOf = (fields: Record<string, unknown> = {}): SessionData =>
  ({ cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }, ...fields }) as SessionData
