import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import { parseCookieHeader } from '../../protocol/cookie.ts'

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
  const carries = (cookie: string): boolean => cookies.some(({ name, value }) => name === cookie && value !== '')
  if (carries('sid')) return 'session'
  return carries('access_token') ? 'jwt-cookie' : 'none'
}
