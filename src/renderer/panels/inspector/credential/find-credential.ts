import type { Exchange, HttpMessage } from '../../../../contract/exchanges.ts'
import { type CookiePair, decodeCookieValue, parseCookieHeader } from '../../../../protocol/cookie.ts'
import { isJsonObject } from '../../../../protocol/jwt.ts'
import { parseSetCookie, type SetCookie } from '../../../../protocol/set-cookie.ts'
import { isAccessCookie } from '../../../../protocol/token-cookies.ts'

/** Name of the target's session cookie. */
export const SESSION_COOKIE = 'sid'

/** The credential of an exchange, as it was on the wire. */
export type FoundCredential =
  | {
      readonly kind: 'jwt'
      readonly token: string
      readonly carrier: 'Authorization' | 'Cookie' | 'Set-Cookie' | 'body'
      /** Null unless it travels in a cookie. */
      readonly cookieName: string | null
      readonly setCookie: SetCookie | null
    }
  | {
      readonly kind: 'session'
      readonly name: string
      /** As sent, percent-encoded. */
      readonly value: string
      readonly carrier: 'Cookie' | 'Set-Cookie'
      /** The Set-Cookie of this exchange for this name; null when it has none. */
      readonly setCookie: SetCookie | null
    }

const valuesOf = (message: HttpMessage, name: string): string[] =>
  message.headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value)

type IsMeant = (name: string) => boolean
const isSession: IsMeant = (name) => name === SESSION_COOKIE

const setCookieOf = (response: HttpMessage, isMeant: IsMeant): SetCookie | null =>
  valuesOf(response, 'set-cookie')
    .map(parseSetCookie)
    .find((cookie) => cookie !== null && isMeant(cookie.name)) ?? null

const cookieOf = (request: HttpMessage, isMeant: IsMeant): CookiePair | null =>
  valuesOf(request, 'cookie')
    .flatMap(parseCookieHeader)
    .find((pair) => isMeant(pair.name) && pair.value !== '') ?? null

function bearerOf(request: HttpMessage): string | null {
  const [, token] = /^bearer +(\S+)\s*$/i.exec(valuesOf(request, 'authorization')[0] ?? '') ?? []
  return token ?? null
}

function bodyToken(response: HttpMessage): string | null {
  if (!response.body.startsWith('{')) return null
  try {
    const body: unknown = JSON.parse(response.body)
    const token = isJsonObject(body) ? body['access_token'] : null
    return typeof token === 'string' ? token : null
  } catch {
    // A cut or foreign body carries no token that could be shown.
    return null
  }
}

function sessionOf({ request, response }: Exchange): FoundCredential | null {
  const setCookie = setCookieOf(response, isSession)
  const sent = cookieOf(request, isSession)
  if (setCookie && setCookie.value !== '') {
    return { kind: 'session', name: SESSION_COOKIE, value: setCookie.value, carrier: 'Set-Cookie', setCookie }
  }
  return sent === null ? null : { kind: 'session', name: SESSION_COOKIE, value: sent.value, carrier: 'Cookie', setCookie }
}

function bearerCredential({ request, response }: Exchange): FoundCredential | null {
  const sent = bearerOf(request)
  if (sent !== null) return { kind: 'jwt', token: sent, carrier: 'Authorization', cookieName: null, setCookie: null }
  const given = bodyToken(response)
  return given === null ? null : { kind: 'jwt', token: given, carrier: 'body', cookieName: null, setCookie: null }
}

function tokenCookie({ request, response }: Exchange): FoundCredential | null {
  const setCookie = setCookieOf(response, isAccessCookie)
  const sent = cookieOf(request, isAccessCookie)
  if (sent !== null) return { kind: 'jwt', token: decodeCookieValue(sent.value), carrier: 'Cookie', cookieName: sent.name, setCookie }
  if (!setCookie?.value) return null
  return { kind: 'jwt', token: decodeCookieValue(setCookie.value), carrier: 'Set-Cookie', cookieName: setCookie.name, setCookie }
}

/** The credential that the exchange's mechanism speaks of; without a mechanism, whichever is there. Null when there is none. */
export function findCredential(exchange: Exchange): FoundCredential | null {
  switch (exchange.mechanism) {
    case 'session':
      return sessionOf(exchange)
    case 'jwt-bearer':
      return bearerCredential(exchange)
    case 'jwt-cookie':
      return tokenCookie(exchange)
    case 'none':
      return bearerCredential(exchange) ?? sessionOf(exchange) ?? tokenCookie(exchange)
  }
}

/** The parts of an express-session cookie: `s:` id `.` base64 HMAC (cookie-signature). Null when it has another form. */
export function splitSessionValue(value: string): { readonly id: string; readonly signature: string } | null {
  const decoded = decodeCookieValue(value)
  const dot = decoded.lastIndexOf('.')
  if (!decoded.startsWith('s:') || dot <= 2) return null
  return { id: decoded.slice(2, dot), signature: decoded.slice(dot + 1) }
}
