import { LabError } from '../../errors.ts'
import { deniedKey } from '../../storage/revocation-records.ts'
import type { Revoked, Revoker } from '../../storage/revoker.ts'
import type { TargetContext } from '../context.ts'
import { noteRevocation, report, startTimer } from '../trace.ts'
import type { AccessClaims } from './issue.ts'

const REVOKE = { kind: 'token-revoke', clause: 'RFC 7009 §2.1', file: 'tokens/revoke-access.ts', symbol: 'revokeAccess' } as const

/** One sentence on what was written. */
const titleOf = ({ way, account, entries, mark }: Revoked): string => {
  if (way === 'none') return 'Noted, but nobody looks it up: access tokens stay good until they expire'
  if (mark)
    return way === 'version' ? `Tokens of ${account} need version ${mark.version} now` : `Tokens of ${account} issued until now are refused`
  return entries.length === 0 ? 'No access token can be left to revoke' : `Written to the denylist, entries: ${entries.length}`
}

const statementOf = ({ revocation: { records } }: TargetContext, { way }: Revoked): string | undefined => {
  const { statements } = records
  return way === 'not-before' ? statements?.setNotBefore : way === 'version' ? statements?.countUp : statements?.deny
}

/** Ends access tokens by the way in force, as one step. @throws LabError `store-unavailable` unless the way is `none`, which promises nothing */
const revokeAccess = async (context: TargetContext, work: (revoker: Revoker) => Promise<Revoked>): Promise<void> => {
  const startedAt = startTimer()
  const { way, revoker, records } = context.revocation
  try {
    const revoked = await work(revoker)
    const { entries, mark, scope, account, isCollateral, endsAt } = revoked
    report(REVOKE, {
      outcome: way === 'none' || (entries.length === 0 && !mark) ? 'info' : 'pass',
      startedAt,
      title: titleOf(revoked),
      evidence: () => ({
        store: records.store,
        sql: statementOf(context, revoked),
        way,
        scope,
        account,
        rows: mark ? 1 : entries.length,
        keys: entries.map(deniedKey),
        after: mark,
        isCollateral,
        endsAt,
      }),
    })
  } catch (error) {
    const evidence = () => ({ store: records.store, way, isReached: false })
    report(REVOKE, { outcome: 'fail', startedAt, title: 'The store does not answer', evidence })
    if (way !== 'none' || !(error instanceof LabError)) throw error
  }
}

/** Ends one access token. */
export const revokeToken = async (context: TargetContext, claims: AccessClaims): Promise<void> => {
  const { jti, sub: account, exp } = claims
  const sid = claims.sid ?? null
  await revokeAccess(context, (revoker) => revoker.revokeToken({ jti, sid, account, expiresAt: exp * 1000 }))
  noteRevocation({ scope: 'token', account, jti, sid, sessionId: null })
}

/** Ends the access tokens of one refresh family. @param sid their claim */
export const revokeDevice = async (context: TargetContext, sid: string, account: string): Promise<void> => {
  await revokeAccess(context, (revoker) => revoker.revokeDevice(sid, account))
  noteRevocation({ scope: 'device', account, jti: null, sid, sessionId: null })
}

/** Ends every access token of an account. @param families those that were ended along with it */
export const revokeAccount = async (context: TargetContext, account: string, families: readonly string[]): Promise<void> => {
  await revokeAccess(context, (revoker) => revoker.revokeAccount(account, families))
  noteRevocation({ scope: 'account', account, jti: null, sid: null, sessionId: null })
}
