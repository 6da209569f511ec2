import type { Account } from '../../contract/accounts.ts'
import type { StoredAccount } from '../storage/account-rows.ts'
import type { TargetContext } from './context.ts'
import { report, startTimer } from './trace.ts'

const LOOKUP = { kind: 'account-lookup', clause: 'OWASP ASVS 5 V8.3.2', file: 'accounts.ts', symbol: 'lookUpAccount' } as const
/** How an account is read. */
export const ACCOUNT_SQL = 'SELECT * FROM accounts WHERE name = ?'

/** What of an account may be shown: never its password hash. */
export const publicPart = ({ name, role, scopes, isDisabled }: Account) => ({ name, role, scopes, isDisabled })

/** The account with its password hash, as one step; null when unknown. */
export const lookUpAccount = (context: TargetContext, name: string): StoredAccount | null => {
  const startedAt = startTimer()
  const account = context.accounts.findWithPassword(name)
  const isGood = account !== null && !account.isDisabled
  report(LOOKUP, {
    outcome: isGood ? 'pass' : account ? 'fail' : 'info',
    startedAt,
    title: account ? `Account ${account.name} is ${account.isDisabled ? 'disabled' : 'active'}` : 'There is no such account',
    evidence: () => ({ sql: ACCOUNT_SQL, row: account ? publicPart(account) : null }),
  })
  return account
}
