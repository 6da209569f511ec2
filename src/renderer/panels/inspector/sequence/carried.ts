import type { Exchange, HttpMessage } from '../../../../contract/exchanges.ts'
import { parseCookieHeader } from '../../../../protocol/cookie.ts'
import { isJsonObject } from '../../../../protocol/jwt.ts'
import { parseSetCookie } from '../../../../protocol/set-cookie.ts'
import { isAccessCookie } from '../../../../protocol/token-cookies.ts'
import { say, sayList } from '../../../i18n/say.ts'
import { SESSION_COOKIE } from '../credential/find-credential.ts'

const isCredential = (name: string): boolean => name === SESSION_COOKIE || isAccessCookie(name)

const valuesOf = (message: HttpMessage, name: string): string[] =>
  message.headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value)

const isLogin = ({ method, path }: Pick<Exchange, 'method' | 'path'>): boolean => method === 'POST' && /^\/(session|token)(\?|$)/.test(path)

/** The request line without its query, which may hold anything. */
export const requestLine = ({ method, path }: Pick<Exchange, 'method' | 'path'>): string => {
  const [route = '', query] = path.split('?', 2)
  return `${method} ${route}${query === undefined ? '' : '?…'}`
}

/** What kind of credential went along, by header and cookie name. Never a value. */
export function sentCredential(exchange: Pick<Exchange, 'request' | 'method' | 'path'>): string {
  const { request } = exchange
  const [scheme] = (valuesOf(request, 'authorization')[0] ?? '').split(' ', 1)
  const cookies = valuesOf(request, 'cookie')
    .flatMap(parseCookieHeader)
    .filter(({ name, value }) => value !== '' && isCredential(name))
  const carriers = [...new Set(cookies.map(({ name }) => `Cookie: ${name}`))]
  if (scheme) carriers.unshift(/^bearer$/i.test(scheme) ? 'Authorization: Bearer' : 'Authorization')
  if (isLogin(exchange)) carriers.unshift(say('inspector:sequence.nameAndPassword'))
  return carriers.length > 0 ? sayList(carriers) : say('inspector:sequence.noCredential')
}

/** What kind of credential the answer gave or took away; null when neither. Never a value. */
export function givenCredential({ response }: Pick<Exchange, 'response'>): string | null {
  const given: string[] = []
  for (const cookie of valuesOf(response, 'set-cookie').map(parseSetCookie)) {
    if (!cookie || !isCredential(cookie.name)) continue
    given.push(cookie.value === '' ? say('inspector:sequence.cookieCleared', { name: cookie.name }) : `Set-Cookie: ${cookie.name}`)
  }
  if (hasToken(response)) given.push('access_token')
  return given.length > 0 ? sayList(given) : null
}

function hasToken({ body }: HttpMessage): boolean {
  if (!body.startsWith('{')) return false
  try {
    const parsed: unknown = JSON.parse(body)
    return isJsonObject(parsed) && typeof parsed['access_token'] === 'string'
  } catch {
    // A cut or foreign body gives no token that could be named.
    return false
  }
}
