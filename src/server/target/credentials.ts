import type { Request } from 'express'
import { decodeCookieValue, parseCookieHeader } from '../../protocol/cookie.ts'
import { challenge } from './challenge.ts'
import type { Denial } from './problem.ts'
import { report, startTimer } from './trace.ts'

/** Name of the session cookie. */
export const SESSION_COOKIE = 'sid'

/** The one credential a request is judged by. */
export type Credential =
  | { mechanism: 'session' /** Decoded cookie value: `s:` id `.` MAC. */; cookie: string }
  | { mechanism: 'jwt-bearer' | 'jwt-cookie'; token: string }

const AUTHORIZATION = { kind: 'authorization-parse', clause: 'RFC 6750 §2.1', file: 'credentials.ts', symbol: 'bearerToken' } as const
const SINGLE = { kind: 'authorization-parse', clause: 'RFC 9110 §5.3', file: 'credentials.ts', symbol: 'checkOneAuthorization' } as const
const COOKIE = { kind: 'cookie-parse', clause: 'RFC 6265 §4.2.2', file: 'credentials.ts', symbol: 'cookieCredential' } as const

/**
 * Refuses two `Authorization` fields: the field is no list, so nobody may repeat it (RFC 9110 §5.3), and a server further on could take the
 * other one for the caller's (RFC 6750 §3.1, invalid_request).
 */
export const checkOneAuthorization = ({ headers, rawHeaders }: Request): Denial | null => {
  // The parsed headers hold the first alone.
  if (headers.authorization === undefined) return null
  const startedAt = startTimer()
  const fields = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization').length
  if (fields === 1) return null
  const title = 'More than one Authorization field'
  report(SINGLE, { outcome: 'fail', startedAt, title, evidence: () => ({ fields }) })
  return { verdict: 'malformed-token', status: 400, detail: `${title}: send one.`, challenge: challenge('invalid_request', title) }
}

/** The token of `Authorization: Bearer`; null when the header is absent or names another scheme (RFC 9110 §11.1: case-insensitive). */
const bearerToken = (header: string | undefined): string | null => {
  if (header === undefined) return null
  const startedAt = startTimer()
  const [scheme = ''] = header.split(' ', 1)
  const isBearer = scheme.toLowerCase() === 'bearer'
  const token = header.slice(scheme.length + 1).trim()
  report(AUTHORIZATION, {
    outcome: isBearer ? 'pass' : 'info',
    startedAt,
    title: isBearer ? 'Authorization header with a bearer token' : 'Authorization header with a scheme that is not used here',
    evidence: () => ({ scheme: isBearer ? 'Bearer' : 'other', bytes: token.length }),
  })
  return isBearer ? token : null
}

/** The credential in a Cookie field; null when it has none. @param accepted the cookies that count, the first before the others */
export const cookieCredential = (header: string | undefined, accepted: readonly string[]): Credential | null => {
  if (header === undefined) return null
  const startedAt = startTimer()
  const pairs = parseCookieHeader(header)
  const name = accepted.find((known) => pairs.some((pair) => pair.name === known && pair.value !== ''))
  const same = pairs.filter((pair) => pair.name === name)
  report(COOKIE, {
    outcome: name === undefined ? 'info' : 'pass',
    startedAt,
    title: name === undefined ? 'No cookie here is a credential' : `Cookie ${name} found`,
    evidence: () => ({
      cookie: name ?? null,
      bytes: same[0]?.value.length ?? 0,
      cookies: pairs.map((pair) => pair.name),
      sameName: same.length,
    }),
  })
  if (!same[0]) return null
  const value = decodeCookieValue(same[0].value)
  return name === SESSION_COOKIE ? { mechanism: 'session', cookie: value } : { mechanism: 'jwt-cookie', token: value }
}

/**
 * Picks the one credential of a request: a bearer token wins over the session cookie, that over the token cookie. Clients must not
 * send a token in more than one way (RFC 6750 §2); if they do, the header, which only a deliberate caller can set, decides.
 * @param accepted the cookies that count here, the first before the others
 */
export const findCredential = (request: Request, accepted: readonly string[]): Credential | null => {
  const token = bearerToken(request.headers.authorization)
  if (token !== null) return { mechanism: 'jwt-bearer', token }
  return cookieCredential(request.headers.cookie, accepted)
}
