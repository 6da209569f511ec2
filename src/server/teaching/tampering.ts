import type { Client } from '../../contract/clients.ts'
import type { LessonActionOf } from '../../contract/lessons/actions.ts'
import { encodeBase64url } from '../../protocol/base64url.ts'
import { decodeCookieValue } from '../../protocol/cookie.ts'
import { decodeCompactJwt, type JsonObject } from '../../protocol/jwt.ts'
import { isAccessCookie } from '../../protocol/token-cookies.ts'
import { LabError } from '../errors.ts'

type Change = LessonActionOf<'tamper'>['change']
type HeaderPair = [name: string, value: string]

const SESSION_COOKIE = 'sid'

const encodeJson = (value: JsonObject): string => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))

/** Another letter of the same alphabet. */
const flipped = (letter: string | undefined): string => (letter === 'A' ? 'B' : 'A')

/** The token with one thing about it changed. @throws LabError `conflict` when it cannot be read */
function alterToken(token: string, change: Exclude<Change, { part: 'session-id' }>): string {
  const decoded = decodeCompactJwt(token)
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (!decoded.isWellFormed) throw new LabError('conflict', 'The access token of this client cannot be read.')
  if (change.part === 'claim') return `${header}.${encodeJson({ ...decoded.payload, [change.name]: change.value })}.${signature}`
  if (change.how === 'drop') return `${encodeJson({ ...decoded.header, alg: 'none' })}.${payload}.`
  return `${header}.${payload}.${flipped(signature[0])}${signature.slice(1)}`
}

/** The cookie of express-session with one character of its id changed; the signature stays (`s:<id>.<signature>`). */
function alterSessionId(value: string): string {
  const decoded = decodeCookieValue(value)
  return encodeURIComponent(`${decoded.slice(0, 2)}${flipped(decoded[2])}${decoded.slice(3)}`)
}

function alterCookie(client: Client, change: Change): HeaderPair {
  const isMeant = (name: string): boolean => (change.part === 'session-id' ? name === SESSION_COOKIE : isAccessCookie(name))
  const held = client.cookies.find(({ name }) => isMeant(name))
  if (!held) throw new LabError('conflict', `${client.name} holds no credential of this kind: log in first.`)
  const altered =
    change.part === 'session-id' ? alterSessionId(held.value) : encodeURIComponent(alterToken(decodeCookieValue(held.value), change))
  const others = client.cookies.filter(({ name }) => name !== held.name && name !== SESSION_COOKIE && !/_token$/.test(name))
  return ['Cookie', [...others.map(({ name, value }) => `${name}=${value}`), `${held.name}=${altered}`].join('; ')]
}

/**
 * The header that carries the changed credential of a client; what the client holds stays as it is.
 * @throws LabError `conflict` when the client holds no such credential
 */
export function alteredCredential(client: Client, change: Change): HeaderPair {
  if (change.part === 'session-id' || client.mechanism !== 'jwt-bearer') return alterCookie(client, change)
  const held = client.vault.findLast(({ kind }) => kind === 'access')
  if (!held) throw new LabError('conflict', `${client.name} holds no access token: log in first.`)
  return ['Authorization', `Bearer ${alterToken(held.token, change)}`]
}
