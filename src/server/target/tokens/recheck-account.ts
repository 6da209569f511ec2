import type { Account } from '../../../contract/accounts.ts'
import { ACCOUNT_SQL, publicPart } from '../accounts.ts'
import { challenge } from '../challenge.ts'
import type { TargetContext } from '../context.ts'
import type { Denial } from '../problem.ts'
import { report, startTimer } from '../trace.ts'
import { tokenRevoked } from './check-revocation.ts'
import type { AccessClaims } from './issue.ts'

const RECHECK = { kind: 'account-recheck', file: 'tokens/recheck-account.ts', symbol: 'recheckAccount' } as const
/** "when a user account is disabled or deleted" */
const ENDED = 'OWASP ASVS 5 V7.4.2'
/** "after a successful change [...] of any authentication factor" */
const PASSWORD_CHANGED = 'OWASP ASVS 5 V7.4.3'
/** "changes to values on which authorization decisions are made are applied immediately" */
const CURRENT = 'OWASP ASVS 5 V8.3.2'

/** The account with the scopes that are left of those the token has, or why it may do nothing. */
type Rechecked = { account: Pick<Account, 'name' | 'role' | 'scopes'>; denial: null } | { account: null; denial: Denial }

const disabled = (title: string): Denial => ({
  verdict: 'account-disabled',
  status: 401,
  detail: `${title}.`,
  challenge: challenge('invalid_token', title),
})

/**
 * Reads the account of a token that has verified: what the operator changed since the token was issued counts at once, as with a session. A
 * token never gives more scopes than it was issued with.
 */
export const recheckAccount = ({ accounts }: TargetContext, { sub, iat, role, scope }: AccessClaims): Rechecked => {
  const startedAt = startTimer()
  const stored = accounts.findWithPassword(sub)
  const granted = scope.split(' ').filter(Boolean)
  const scopes = stored?.scopes.filter((one) => granted.includes(one)) ?? []
  const changedAt = stored?.passwordChangedAt ?? null
  const isOlder = changedAt !== null && Math.round(iat * 1000) <= changedAt
  const isUsable = stored !== null && !stored.isDisabled
  const isSame = isUsable && stored.role === role && scopes.length === granted.length
  const title = !stored
    ? 'There is no such account'
    : stored.isDisabled
      ? 'The account is disabled'
      : isOlder
        ? 'The password was changed after this token was issued'
        : isSame
          ? 'The account is still as the token says'
          : 'The account has changed since the token was issued: role and scopes are its own now'
  report(
    { ...RECHECK, clause: !isUsable ? ENDED : isOlder ? PASSWORD_CHANGED : CURRENT },
    {
      outcome: !isUsable || isOlder ? 'fail' : isSame ? 'pass' : 'info',
      startedAt,
      title,
      evidence: () => ({
        store: 'sqlite',
        sql: ACCOUNT_SQL,
        rows: stored ? 1 : 0,
        row: stored ? { ...publicPart(stored), passwordChangedAt: changedAt } : null,
        token: { role, scopes: granted, iat },
        effective: isUsable && !isOlder ? { role: stored.role, scopes } : null,
      }),
    },
  )
  if (!isUsable) return { account: null, denial: disabled(title) }
  if (isOlder) return { account: null, denial: tokenRevoked(title) }
  return { account: { name: stored.name, role: stored.role, scopes }, denial: null }
}
