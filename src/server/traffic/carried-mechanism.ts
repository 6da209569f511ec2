import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import { parseCookieHeader } from '../../protocol/cookie.ts'
import { isAccessCookie } from '../../protocol/token-cookies.ts'

const BEARER = /^bearer(?:\s|$)/i

const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)

/**
 * How a request tries to prove who it is, told from its head alone, in the order in which the target looks (RFC 6750 §2.1 before
 * cookies). Stands for as long as no node has said what it went by.
 * @param rawHeaders names and values in wire order.
 */
export const carriedMechanism = (rawHeaders: readonly string[]): ExchangeMechanism => {
  if (valuesOf(rawHeaders, 'authorization').some((value) => BEARER.test(value))) return 'jwt-bearer'
  const cookies = valuesOf(rawHeaders, 'cookie').flatMap(parseCookieHeader)
  if (cookies.some(({ name, value }) => name === 'sid' && value !== '')) return 'session'
  return cookies.some(({ name, value }) => isAccessCookie(name) && value !== '') ? 'jwt-cookie' : 'none'
}
