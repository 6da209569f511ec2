import type { Exchange, HttpMessage } from '../../contract/exchanges.ts'
import type { PinnedExchange } from '../../contract/lessons/lesson-run.ts'
import { findCompactTokens } from '../../protocol/compact-tokens.ts'
import { decodeCookieValue, parseCookieHeader } from '../../protocol/cookie.ts'
import { decodeCompactJwt, type JsonObject } from '../../protocol/jwt.ts'
import { parseSetCookie } from '../../protocol/set-cookie.ts'
import { isAccessCookie } from '../../protocol/token-cookies.ts'
import type { LessonStage } from './lesson-stage.ts'

const SHOWN_AT_EACH_END = 4

/** All values of a header, in wire order. */
export const headerValues = ({ headers }: HttpMessage, name: string): string[] =>
  headers.filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase()).map(([, value]) => value)

const cookiesOf = (message: HttpMessage) => headerValues(message, 'cookie').flatMap(parseCookieHeader)

function requestToken(request: HttpMessage): string | null {
  const [, bearer] = /^Bearer (\S+)$/i.exec(headerValues(request, 'authorization')[0] ?? '') ?? []
  const cookie = cookiesOf(request).find(({ name }) => isAccessCookie(name))
  return bearer ?? (cookie ? decodeCookieValue(cookie.value) : null)
}

/** The access token that an answer handed out, in its body or in a cookie; null when it handed out none. */
export function responseToken(response: HttpMessage): string | null {
  for (const line of headerValues(response, 'set-cookie')) {
    const cookie = parseSetCookie(line)
    if (cookie && isAccessCookie(cookie.name) && cookie.value !== '') return decodeCookieValue(cookie.value)
  }
  const [, token] = /"access_token":"([\w.-]+)"/.exec(response.body) ?? []
  return token ?? null
}

/** The first signed token that stands anywhere in the body of an answer, whoever it was issued to; null when there is none. */
export function tokenInText({ body }: HttpMessage): string | null {
  for (const { start, end, parts } of findCompactTokens(body)) if (parts === 3) return body.slice(start, end)
  return null
}

/** The refresh token that an answer handed out in its body; null when it handed out none there. */
export function responseRefreshToken({ body }: HttpMessage): string | null {
  const [, token] = /"refresh_token":"([\w.-]+)"/.exec(body) ?? []
  return token ?? null
}

/** Claims of the access token that a request carried or an answer gave, unverified; null when there is none that can be read. */
export function claimsIn(exchange: Exchange, side: 'request' | 'response'): JsonObject | null {
  const token = side === 'request' ? requestToken(exchange.request) : responseToken(exchange.response)
  const decoded = token === null ? null : decodeCompactJwt(token)
  return decoded?.isWellFormed ? decoded.payload : null
}

/** The credential that a request carried, whole; null when it carried none. */
export function credentialOf({ request }: Exchange): string | null {
  const sid = cookiesOf(request).find(({ name }) => name === 'sid')
  return requestToken(request) ?? (sid ? decodeCookieValue(sid.value) : null)
}

/** The refresh token that a request carried in its body, form or JSON (RFC 6749 §6); null when it carried none there. */
function requestRefreshToken({ body }: HttpMessage): string | null {
  const [, token] = /(?:^|&)refresh_token=([^&]+)|"refresh_token":"([^"]+)"/.exec(body)?.filter((part) => part !== undefined) ?? []
  return token ?? null
}

/** How often the steps of an exchange asked for a session. */
export const sessionReadsOf = ({ steps }: Exchange): number => steps.filter(({ kind }) => kind === 'session-lookup').length

/** Start and end of a credential: enough to see whether two are the same, not enough to use it. */
function shorten(credential: string | null): string | null {
  const bare = credential?.replace(/^s:/, '') ?? null
  return bare === null ? null : `${bare.slice(0, SHOWN_AT_EACH_END)}…${bare.slice(-SHOWN_AT_EACH_END)}`
}

/** An exchange as a card of the evidence shows it. */
export function pin(exchange: Exchange, { lab }: LessonStage): PinnedExchange {
  const { request, response, steps, ...summary } = exchange
  const node = lab.cluster.nodes().find(({ id }) => id === exchange.node)
  return {
    ...summary,
    // What is exchanged for new tokens is what the server judges; an access token sent along with it is not.
    credential: shorten(requestRefreshToken(request) ?? credentialOf(exchange)),
    sessionReads: sessionReadsOf(exchange),
    nodeSessions: node?.sessions ?? null,
  }
}
