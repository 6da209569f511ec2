import type { RevokedReason } from '../../../contract/refresh-families.ts'
import { REFRESH_SQL, type RefreshRecord } from '../../storage/refresh-rows.ts'
import type { TargetContext } from '../context.ts'
import { report, startTimer } from '../trace.ts'

const FILE = 'tokens/revoke-refresh.ts'
const REVOKE = { kind: 'refresh-revoke', clause: 'RFC 7009 §2.1', file: FILE, symbol: 'revokeFamily' } as const
const REVOKE_ALL = { kind: 'refresh-revoke', clause: 'RFC 9700 §4.14.2', file: FILE, symbol: 'reportFamiliesEnded' } as const

/** Ends the family of a refresh token, at a logout. Access tokens that it gave stay good until they expire. */
export const revokeFamily = async (context: TargetContext, { id, family }: RefreshRecord): Promise<void> => {
  const startedAt = startTimer()
  const isEnded = await context.refresh.store.end(family, 'logout', context.clock.nowMs())
  report(REVOKE, {
    outcome: isEnded ? 'pass' : 'info',
    startedAt,
    title: isEnded ? 'The refresh token and its family are revoked' : 'Its family had been revoked before',
    evidence: () => ({ sql: REFRESH_SQL.revoke, id, family, rows: Number(isEnded) }),
  })
}

/** Reports that these families of an account were ended since `startedAt`. */
export const reportFamiliesEnded = (account: string, ids: readonly string[], startedAt: number): void =>
  report(REVOKE_ALL, {
    outcome: ids.length > 0 ? 'pass' : 'info',
    startedAt,
    title: `${ids.length} families of refresh tokens of ${account} revoked`,
    evidence: () => ({ sql: REFRESH_SQL.revokeAll, families: ids, rows: ids.length }),
  })

/** Ends every family of an account. */
export const revokeAllFamilies = async (context: TargetContext, account: string, reason: RevokedReason): Promise<void> => {
  const startedAt = startTimer()
  const ids = await context.refresh.store.endForAccount(account, reason, context.clock.nowMs())
  reportFamiliesEnded(account, ids, startedAt)
}
