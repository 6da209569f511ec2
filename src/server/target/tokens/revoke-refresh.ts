import type { RevokedReason } from '../../../contract/refresh-families.ts'
import type { RefreshRecord } from '../../storage/refresh-store.ts'
import type { TargetContext } from '../context.ts'
import { report, startTimer } from '../trace.ts'
import type { AccessClaims } from './issue.ts'

const FILE = 'tokens/revoke-refresh.ts'
const REVOKE = { kind: 'refresh-revoke', clause: 'RFC 7009 §2.1', file: FILE, symbol: 'revokeFamily' } as const
const REVOKE_ALL = { kind: 'refresh-revoke', clause: 'RFC 9700 §4.14.2', file: FILE, symbol: 'reportFamiliesEnded' } as const

/** Ends the family of a refresh token, at a logout. What becomes of the access tokens that it gave is for {@link revokeDevice} to say. */
export const revokeFamily = async (context: TargetContext, { id, family }: Pick<RefreshRecord, 'id' | 'family'>): Promise<void> => {
  const startedAt = startTimer()
  const isEnded = await context.refresh.store.end(family, 'logout', context.clock.nowMs())
  report(REVOKE, {
    outcome: isEnded ? 'pass' : 'info',
    startedAt,
    title: isEnded ? 'The refresh token and its family are revoked' : 'Its family had been revoked before',
    evidence: () => ({ sql: context.refresh.store.statements?.revoke, id, family, rows: Number(isEnded) }),
  })
}

/** Reports that these families of an account were ended since `startedAt`. */
export const reportFamiliesEnded = (
  { refresh: { store } }: TargetContext,
  account: string,
  ids: readonly string[],
  startedAt: number,
): void =>
  report(REVOKE_ALL, {
    outcome: ids.length > 0 ? 'pass' : 'info',
    startedAt,
    title: `${ids.length} families of refresh tokens of ${account} revoked`,
    evidence: () => ({ sql: store.statements?.revokeAll, families: ids, rows: ids.length }),
  })

/** Ends the family that an access token came with, at a logout: its refresh token goes to the token endpoint alone and is not at hand. */
export const endFamilyOf = async (context: TargetContext, { sub, sid }: AccessClaims): Promise<void> => {
  if (sid === undefined) return
  const [family] = await context.refresh.store.list({ account: sub, sid, limit: 1 }, context.clock.nowMs())
  if (family) await revokeFamily(context, { id: family.id, family: family.id })
}

/** Ends every family of an account that is in force and answers their ids. */
export const revokeAllFamilies = async (context: TargetContext, account: string, reason: RevokedReason): Promise<string[]> => {
  const startedAt = startTimer()
  const ids = await context.refresh.store.endForAccount(account, reason, context.clock.nowMs())
  reportFamiliesEnded(context, account, ids, startedAt)
  return ids
}

/**
 * Ends every family of an account along with a write to the database: both or neither where families are in it too. Elsewhere they are ended
 * before the write and once more after it, so that none that began in between outlives it.
 * @param write runs the write, and `alongside` in the same transaction; answers the sessions that it ended
 */
export const endFamiliesWith = async (
  context: TargetContext,
  account: string,
  reason: RevokedReason,
  write: (alongside: () => void) => Promise<string[]>,
): Promise<{ families: string[]; ended: string[] }> => {
  const { store } = context.refresh
  const now = context.clock.nowMs()
  const isElsewhere = store.endForAccountNow === null
  const before = isElsewhere ? await store.endForAccount(account, reason, now) : []
  let inDatabase: string[] = []
  const ended = await write(() => {
    inDatabase = store.endForAccountNow?.(account, reason, now) ?? []
  })
  const after = isElsewhere ? await store.endForAccount(account, reason, now) : []
  return { families: [...before, ...inDatabase, ...after], ended }
}
