import type { Client } from '../../contract/clients.ts'
import { decodeCookieValue } from '../../protocol/cookie.ts'
import { decodeCompactJwt, type JsonObject } from '../../protocol/jwt.ts'
import { isAccessCookie } from '../../protocol/token-cookies.ts'
import { LabError } from '../errors.ts'

function accessTokenOf(client: Client): string | null {
  const cookie = client.cookies.find(({ name }) => isAccessCookie(name))
  if (client.mechanism === 'jwt-cookie' && cookie) return decodeCookieValue(cookie.value)
  const isAccess = ({ kind }: { kind: string }): boolean => kind === 'access'
  return (client.vault.findLast(isAccess) ?? client.discarded.findLast(isAccess))?.token ?? null
}

/** Claims of the access token that a client holds, or threw away last; unverified. @throws LabError `conflict` when there is none */
export function heldClaims(client: Client): JsonObject {
  const token = accessTokenOf(client)
  const decoded = token === null ? null : decodeCompactJwt(token)
  if (!decoded?.isWellFormed) throw new LabError('conflict', `${client.name} holds no access token: log in first.`)
  return decoded.payload
}
