import type { RevokedReason } from '../../contract/refresh-families.ts'
import type { Revocation } from '../../contract/revocations.ts'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Revoked } from '../credentials/credential-watch.ts'
import { LabError } from '../errors.ts'
import { type Revoked as Kept, sidOfFamily } from '../storage/revoker.ts'
import type { LabParts } from './lab-parts.ts'

const NOTHING: Omit<Revoked, 'scope' | 'account'> = { jti: null, sid: null, sessionId: null, sessionIds: [], sessionsEndAt: null }

/** The newest token that was issued until now: what nodes have still to tell is told first. */
async function newestToken(lab: LabParts): Promise<number> {
  await lab.cluster.flush()
  return lab.credentials.tokens.lastOrdinal
}

/** Rows that nodes keep from now on: each its own where they keep them in memory. */
const rowsKept = ({ stores, cluster }: LabParts, { entries, mark }: Kept): number =>
  mark ? (stores.kind === 'memory' ? cluster.directories().length : 1) : entries.reduce((sum, { nodes = 1 }) => sum + nodes, 0)

/** What an operator's action says of the tokens it was about: the way that ended them or, when none did, when they end by themselves. */
export const howTokensEnd = ({ way, endsAt }: Revocation): { revocation: string } | { until: number } | object => {
  if (way !== null && way !== 'none') return { revocation: way }
  return endsAt === null ? {} : { until: endsAt }
}

/** Revokes one access token by the way in force. @throws LabError `not-found` when the lab has not seen it being issued, `conflict` when it has expired */
export async function revokeToken(lab: LabParts, jti: string): Promise<Revocation> {
  const lastOrdinal = await newestToken(lab)
  const token = lab.credentials.tokens.find(jti)
  if (!token) throw new LabError('not-found', `No access token ${jti.slice(0, 36)} was seen being issued.`)
  if (token.expiresAt <= lab.clock.nowMs())
    throw new LabError('conflict', 'This access token has expired by itself: nothing is left to revoke.')
  const { account, sid, expiresAt } = token
  const kept = await lab.stores.revocations.revokeToken({ jti, sid, account, expiresAt })
  const occasion = { lastOrdinal, rowsKept: rowsKept(lab, kept) }
  const revocation = lab.credentials.revokedByOperator({ ...NOTHING, scope: 'token', account, jti, sid }, occasion)
  lab.note('token-revoked', { id: jti, account, ...howTokensEnd(revocation) })
  return revocation
}

/** Ends a family of refresh tokens and, by the way in force, its access tokens. @throws LabError `not-found`, or `conflict` when it has ended before */
export async function revokeFamily(lab: LabParts, id: string): Promise<Revocation> {
  const lastOrdinal = await newestToken(lab)
  const now = lab.clock.nowMs()
  const [family] = await lab.stores.families.list({ account: null, id, limit: 1 }, now)
  if (!family) throw new LabError('not-found', `There is no refresh family ${id.slice(0, 12)}.`)
  if (!(await lab.stores.families.end(id, 'operator', now))) throw new LabError('conflict', 'This refresh family has been revoked before.')
  const { account } = family
  const sid = sidOfFamily(id)
  const kept = await lab.stores.revocations.revokeDevice(sid, account)
  const occasion = { lastOrdinal, rowsKept: rowsKept(lab, kept) }
  const revocation = lab.credentials.revokedByOperator({ ...NOTHING, scope: 'device', account, sid }, occasion)
  lab.note('family-revoked', { id, account, ...howTokensEnd(revocation) })
  return revocation
}

/** What an account has lost: ids of sessions and of families, and the stopwatch of its access tokens and of its sessions. */
export interface AccountEnd {
  readonly sessions: string[]
  readonly families: string[]
  readonly revocations: Revocation[]
}

const lastEndOf = (rows: readonly SessionRow[]): number | null =>
  rows.length === 0 ? null : Math.max(...rows.map(({ absoluteExpiresAt }) => absoluteExpiresAt))

/** Ends the sessions and refresh families of an account and, by the way in force, its access tokens. */
export async function revokeAccount(lab: LabParts, account: string, reason: RevokedReason): Promise<AccountEnd> {
  const lastOrdinal = await newestToken(lab)
  const { directory } = lab.stores
  const rows = await directory.list({ account })
  const families = await lab.stores.families.endForAccount(account, reason, lab.clock.nowMs())
  const sessions = await directory.endForAccount(account)
  for (const id of sessions) lab.log.publish({ type: 'session-removed', id })
  const ofSessions = { ...NOTHING, scope: 'session', account, sessionIds: sessions, sessionsEndAt: lastEndOf(rows) } as const
  const bySession = sessions.length === 0 ? [] : [lab.credentials.revokedByOperator(ofSessions, { lastOrdinal, rowsKept: 0 })]
  const kept = await lab.stores.revocations.revokeAccount(account, families)
  const occasion = { lastOrdinal, rowsKept: rowsKept(lab, kept) }
  const byToken = lab.credentials.revokedByOperator({ ...NOTHING, scope: 'account', account }, occasion)
  return { sessions, families, revocations: [byToken, ...bySession] }
}

/** Ends a session. @throws LabError `not-found` */
export async function revokeSession(lab: LabParts, id: string): Promise<void> {
  const { directory } = lab.stores
  const row = await directory.find(id)
  if (!(await directory.end(id))) throw new LabError('not-found', `There is no live session ${id.slice(0, 12)}.`)
  lab.note('session-ended', { id, account: row?.account ?? null })
  lab.log.publish({ type: 'session-removed', id })
  if (!row) return
  const { account, absoluteExpiresAt } = row
  const ended = { ...NOTHING, scope: 'session', account, sessionId: id, sessionIds: [id], sessionsEndAt: absoluteExpiresAt } as const
  lab.credentials.revokedByOperator(ended, { lastOrdinal: lab.credentials.tokens.lastOrdinal, rowsKept: 0 })
}
