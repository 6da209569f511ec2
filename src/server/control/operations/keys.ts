import type { Client } from '../../../contract/clients.ts'
import type { KeyRotation, RotationImpact } from '../../../contract/keys.ts'
import type { TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import { decodeCookieValue } from '../../../protocol/cookie.ts'
import { decodeCompactJwt } from '../../../protocol/jwt.ts'
import { isAccessCookie, isRefreshCookie } from '../../../protocol/token-cookies.ts'
import type { TokenRecord } from '../../credentials/issued-tokens.ts'
import type { LabParts } from '../lab-parts.ts'
import { api } from './implementer.ts'

const frozenNodes = (lab: LabParts): string[] =>
  lab.cluster
    .nodes()
    .filter((node) => node.jwksFrozen)
    .map(({ id }) => id)

/** Sessions are asked for up to this number: so many make a list of who is logged out as long as anybody reads. */
const SESSIONS_ASKED = 500

const accountsOf = (credentials: readonly { account: string | null }[]): string[] =>
  [...new Set(credentials.flatMap(({ account }) => account ?? []))].sort()

/** Tokens of these keys that were good until now. */
function liveTokensOf(lab: LabParts, kids: readonly string[]): TokenRecord[] {
  const now = lab.clock.nowMs()
  const isAnyRevoked = lab.settings.state().revocation !== 'none'
  return lab.credentials.tokens
    .list({})
    .filter(({ kid, expiresAt, revokedBy }) => kids.includes(kid) && expiresAt > now && !(isAnyRevoked && revokedBy !== null))
}

async function rotateTokenKey(lab: LabParts, algorithm: TokenAlgorithm, emergency: boolean): Promise<KeyRotation> {
  const { kid, retired } = await lab.keys.rotate({ algorithm, emergency })
  await lab.cluster.setKeys(lab.keys.target)
  const ended = emergency ? liveTokensOf(lab, retired) : []
  lab.note('key-rotated', { kid, alg: algorithm, emergency, ...(emergency && { tokens: ended.length }) })
  return {
    ...lab.keys.list(),
    kid,
    retired,
    tokensEnded: ended.length,
    sessionsEnded: 0,
    accountsEnded: accountsOf(ended),
    frozenNodes: frozenNodes(lab),
  }
}

async function rotateCookieSecret(lab: LabParts, emergency: boolean): Promise<KeyRotation> {
  // Null when the store cannot tell.
  const live = emergency ? await lab.stores.directory.count().catch(() => null) : 0
  const sessions = emergency ? await lab.stores.directory.list({ limit: SESSIONS_ASKED }).catch(() => null) : []
  await lab.keys.rotateCookieSecret({ emergency })
  await lab.cluster.setKeys(lab.keys.target)
  lab.note('cookie-secret-rotated', { emergency, sessions: live })
  return {
    ...lab.keys.list(),
    kid: null,
    retired: [],
    tokensEnded: 0,
    sessionsEnded: live,
    accountsEnded: sessions && accountsOf(sessions),
    frozenNodes: frozenNodes(lab),
  }
}

/** The tokens that a client uses by the mechanism in force. */
function heldTokens({ mechanism, vault, cookies }: Client): { access: string | undefined; refresh: string | undefined } {
  if (mechanism === 'session') return { access: undefined, refresh: undefined }
  if (mechanism === 'jwt-bearer') {
    const newest = (wanted: 'access' | 'refresh') => vault.findLast(({ kind }) => kind === wanted)?.token
    return { access: newest('access'), refresh: newest('refresh') }
  }
  const cookie = (test: (name: string) => boolean) => cookies.find(({ name }) => test(name))?.value
  const access = cookie(isAccessCookie)
  return { access: access && decodeCookieValue(access), refresh: cookie(isRefreshCookie) }
}

function impactOnTokens(lab: LabParts, clients: readonly Client[]): RotationImpact['tokens'] {
  const kids = lab.keys.list().keys.flatMap(({ kid, state }) => (state === 'retired' ? [] : kid))
  const live = liveTokensOf(lab, kids)
  const ids = new Set(live.map(({ jti }) => jti))
  const affected = clients.flatMap((client) => {
    const { access, refresh } = heldTokens(client)
    const decoded = decodeCompactJwt(access ?? '')
    const jti = decoded.isWellFormed ? decoded.payload['jti'] : null
    return typeof jti === 'string' && ids.has(jti) ? { name: client.name, canRefresh: refresh !== undefined } : []
  })
  return { count: live.length, accounts: accountsOf(live), clients: affected }
}

async function impactOnSessions(lab: LabParts, clients: readonly Client[]): Promise<RotationImpact['sessions']> {
  const { directory } = lab.stores
  const isLive = async ({ mechanism, sessionId }: Client): Promise<boolean> =>
    mechanism === 'session' && sessionId !== null && (await directory.find(sessionId).catch(() => null)) !== null
  const [count, sessions, live] = await Promise.all([
    directory.count().catch(() => null),
    directory.list({ limit: SESSIONS_ASKED }).catch(() => null),
    Promise.all(clients.map(isLive)),
  ])
  const affected = clients.filter((_, index) => live[index]).map(({ name }) => ({ name, canRefresh: false }))
  return { count, accounts: sessions && accountsOf(sessions), clients: affected }
}

async function impact(lab: LabParts): Promise<RotationImpact> {
  const clients = await lab.clients.list()
  return { tokens: impactOnTokens(lab, clients), sessions: await impactOnSessions(lab, clients), frozenNodes: frozenNodes(lab) }
}

async function schedule(lab: LabParts, everySeconds: number | null): Promise<void> {
  if (everySeconds === lab.keys.list().rotation.everySeconds) return
  await lab.keys.schedule(everySeconds)
  await lab.cluster.setKeys(lab.keys.target)
  lab.note('key-schedule-changed', { seconds: everySeconds ?? 0 })
}

/** Operations on the keys of the target. */
export const keys = api.keys.router({
  list: api.keys.list.handler(({ context: { lab } }) => lab.keys.list()),
  impact: api.keys.impact.handler(({ context: { lab } }) => impact(lab)),
  rotate: api.keys.rotate.handler(({ context: { lab }, input }) => {
    const { algorithm = lab.keys.algorithm, emergency = false, cookieSecret = false } = input ?? {}
    return cookieSecret ? rotateCookieSecret(lab, emergency) : rotateTokenKey(lab, algorithm, emergency)
  }),
  change: api.keys.change.handler(async ({ context: { lab }, input: { algorithm, rotateEverySeconds } }) => {
    if (rotateEverySeconds !== undefined) await schedule(lab, rotateEverySeconds)
    if (algorithm !== undefined && algorithm !== lab.keys.algorithm) await rotateTokenKey(lab, algorithm, false)
    return lab.keys.list()
  }),
})
