import type { Client, VaultToken } from '../../../contract/clients.ts'
import type { Revocation } from '../../../contract/revocations.ts'
import { decodeCompactJwt } from '../../../protocol/jwt.ts'
import { isAccessCookie, isRefreshCookie } from '../../../protocol/token-cookies.ts'
import { isSessionGone, type KnownSessions } from '../../state/reduce.ts'

const SESSION_COOKIE = 'sid'
/** The credential that a client would send now by its mechanism. Times are lab time, Unix milliseconds. */
export interface HeldCredential {
  /** `sid`, or `access` for an access token in a cookie or in the vault. */
  readonly name: string
  readonly value: string
  /** When the server would stop to accept it by itself; null when unknown. */
  readonly expiresAt: number | null
  /** Whole life that the countdown bar stands for, milliseconds; null when unknown. */
  readonly lifeMs: number | null
  /** True when the row behind a session cookie is gone from the store. */
  readonly isRowGone: boolean
  /** True for a token the client threw away at logout and that nobody told the server about. */
  readonly isDiscarded: boolean
}

const numberIn = (claims: Readonly<Record<string, unknown>>, name: string): number | null => {
  const value = claims[name]
  return typeof value === 'number' ? value * 1000 : null
}

function tokenCredential(token: string, isDiscarded: boolean): HeldCredential {
  const decoded = decodeCompactJwt(token)
  const expiresAt = decoded.isWellFormed ? numberIn(decoded.payload, 'exp') : null
  const issuedAt = decoded.isWellFormed ? numberIn(decoded.payload, 'iat') : null
  const lifeMs = expiresAt !== null && issuedAt !== null ? expiresAt - issuedAt : null
  return { name: 'access', value: token, expiresAt, lifeMs, isRowGone: false, isDiscarded }
}

function sessionCredential(client: Client, known: KnownSessions): HeldCredential | null {
  const cookie = client.cookies.find(({ name }) => name === SESSION_COOKIE)
  if (!cookie) return null
  const shared = { name: SESSION_COOKIE, value: cookie.value, isDiscarded: false }
  const { sessionId } = client
  const row = sessionId === null ? undefined : known.sessions.get(sessionId)
  if (!row) return { ...shared, expiresAt: null, lifeMs: null, isRowGone: sessionId === null || isSessionGone(known, sessionId) }
  const expiresAt = Math.min(row.idleExpiresAt, row.absoluteExpiresAt)
  return { ...shared, expiresAt, lifeMs: Math.max(1, expiresAt - row.lastSeenAt), isRowGone: false }
}

const newest = (tokens: readonly VaultToken[]): string | null => tokens.findLast(({ kind }) => kind === 'access')?.token ?? null

/** Why a client cannot refresh now: its mechanism has nothing to refresh, or it holds no refresh token. Null when it can. */
export function whyNoRefresh({ mechanism, vault, cookies }: Client): 'rolls' | 'noToken' | null {
  if (mechanism === 'session') return 'rolls'
  const isHeld =
    mechanism === 'jwt-bearer' ? vault.some(({ kind }) => kind === 'refresh') : cookies.some(({ name }) => isRefreshCookie(name))
  return isHeld ? null : 'noToken'
}

/** What the client would send now by its mechanism; after a logout the token it threw away; null when it has nothing. */
export function credentialOf(client: Client, known: KnownSessions): HeldCredential | null {
  if (client.mechanism === 'session') return sessionCredential(client, known)
  const held =
    client.mechanism === 'jwt-bearer' ? newest(client.vault) : (client.cookies.find(({ name }) => isAccessCookie(name))?.value ?? null)
  if (held !== null) return tokenCredential(held, false)
  const discarded = newest(client.discarded)
  return discarded === null ? null : tokenCredential(discarded, true)
}

type Ended = Pick<Revocation, 'scope' | 'account' | 'jti' | 'sid' | 'at' | 'refused'>

/** Whether a request with this token, or with one that was ended along with it, has been refused since it was revoked: nothing less shows that it is. */
export function isSeenRefused({ value, name }: HeldCredential, revocations: readonly Ended[]): boolean {
  if (name === SESSION_COOKIE || revocations.length === 0) return false
  const decoded = decodeCompactJwt(value)
  if (!decoded.isWellFormed) return false
  const { jti, sid, sub } = decoded.payload
  const issuedAt = numberIn(decoded.payload, 'iat') ?? Number.POSITIVE_INFINITY
  return revocations.some((ended) => {
    if (ended.refused === 0) return false
    if (ended.scope === 'token') return ended.jti === jti
    if (ended.scope === 'device') return ended.sid !== null && ended.sid === sid
    return ended.scope === 'account' && ended.account === sub && issuedAt <= ended.at
  })
}

/** How a credential stands at a lab time. */
export type Standing = 'live' | 'expired' | 'revoked' | 'row-gone' | 'discarded' | 'discarded-expired'

/** How a credential stands at a lab time; the limit itself counts as expired (RFC 7519 §4.1.4: "on or after"). @param isRevoked it has been seen refused */
export function standingOf(credential: HeldCredential, now: number, isRevoked = false): Standing {
  const isExpired = credential.expiresAt !== null && now >= credential.expiresAt
  if (credential.isDiscarded) return isExpired ? 'discarded-expired' : 'discarded'
  if (credential.isRowGone) return 'row-gone'
  if (isExpired) return 'expired'
  return isRevoked ? 'revoked' : 'live'
}

/** True when the client itself still holds the credential. */
export const isHeld = (credential: HeldCredential | null): credential is HeldCredential => credential !== null && !credential.isDiscarded

/** Start and end of a long value, so that two of them can be told apart. */
export function shortened(value: string): string {
  const plain = value.startsWith('s%3A') ? value.slice(4) : value
  return plain.length <= 18 ? plain : `${plain.slice(0, 11)}…${plain.slice(-4)}`
}
