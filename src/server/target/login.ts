import { verifyPassword } from '../passwords.ts'
import type { StoredAccount } from '../storage/account-rows.ts'
import type { ThrottleHit } from '../storage/throttle-rows.ts'
import { lookUpAccount } from './accounts.ts'
import { challenge } from './challenge.ts'
import type { TargetContext } from './context.ts'
import type { Denial } from './problem.ts'
import { retryBusy } from './retry-busy.ts'
import { noteAccount, noteAudit, report, startTimer } from './trace.ts'

/** Who logged in, or why nobody did. */
export type Login = { account: StoredAccount; denial: null } | { account: null; denial: Denial }

/** Wrong passwords for one name within a window before further tries are refused unseen (OWASP ASVS 5 V6.3.1). */
export const MAX_FAILED_LOGINS = 10

const THROTTLE = { kind: 'rate-limit', clause: 'OWASP ASVS 5 V6.3.1', file: 'login.ts', symbol: 'refuseIfThrottled' } as const
const COUNT = { kind: 'rate-limit', clause: 'OWASP ASVS 5 V6.3.1', file: 'login.ts', symbol: 'countFailure' } as const
const PASSWORD = { kind: 'password-verify', clause: 'OWASP ASVS 5 V11.4.2', file: 'login.ts', symbol: 'logIn' } as const

const BAD_CREDENTIALS: Denial = {
  verdict: 'bad-credentials',
  status: 401,
  detail: 'The user name or the password is wrong.',
  challenge: challenge(),
}
const DISABLED: Denial = { verdict: 'account-disabled', status: 403, detail: 'This account is disabled.' }

const tooMany = (context: TargetContext, { resetAt }: ThrottleHit): Denial => ({
  verdict: 'rate-limited',
  status: 429,
  detail: 'Too many failed logins for this account. Try again later.',
  retryAfterSeconds: Math.max(1, Math.ceil((resetAt - context.clock.nowMs()) / 1000)),
})

const keyOf = (name: string): string => `login:${name}`

const refuseIfThrottled = (context: TargetContext, name: string): { hit: ThrottleHit | null; denial: Denial | null } => {
  const startedAt = startTimer()
  const hit = context.throttle.peek(keyOf(name))
  const isOver = hit !== null && hit.count >= MAX_FAILED_LOGINS
  report(THROTTLE, {
    outcome: isOver ? 'fail' : 'pass',
    startedAt,
    title: isOver ? 'Too many failed logins for this name' : 'Not too many failed logins for this name',
    evidence: () => ({
      sql: 'SELECT count, reset_at FROM login_throttle WHERE key = ?',
      value: hit?.count ?? 0,
      limit: MAX_FAILED_LOGINS,
      resetAt: hit?.resetAt ?? null,
    }),
  })
  return { hit, denial: isOver ? tooMany(context, hit) : null }
}

const countFailure = async (context: TargetContext, name: string): Promise<Denial> => {
  const startedAt = startTimer()
  const hit = await retryBusy(() => context.throttle.hit(keyOf(name)))
  // A new window is rare: the moment to sweep those that are over.
  if (hit.count === 1) await retryBusy(() => context.throttle.purge())
  report(COUNT, {
    outcome: 'info',
    startedAt,
    title: `Failed login ${hit.count} of ${MAX_FAILED_LOGINS} counted`,
    evidence: () => ({
      sql: 'INSERT INTO login_throttle ... ON CONFLICT (key) DO UPDATE SET count = count + 1',
      value: hit.count,
      limit: MAX_FAILED_LOGINS,
    }),
  })
  return hit.count > MAX_FAILED_LOGINS ? tooMany(context, hit) : BAD_CREDENTIALS
}

/**
 * Why a login does not count any more; null when it does. Asked once more after what it earned has been stored: whoever changed the password or
 * disabled the account in between ended what was there, and this was not.
 */
export const refuseIfChanged = ({ accounts }: TargetContext, before: StoredAccount): Denial | null =>
  changeSince(before, accounts.findWithPassword(before.name))

const changeSince = ({ name, passwordHash }: StoredAccount, account: StoredAccount | null): Denial | null => {
  const isRight = account?.passwordHash === passwordHash
  if (isRight && !account.isDisabled) return null
  noteAudit({ kind: 'login-failed', account: name, name: null })
  // Said only to whoever knows the password.
  return isRight ? DISABLED : BAD_CREDENTIALS
}

/**
 * Checks user name and password. An unknown name costs the same work as a wrong password and gets the same answer. The throttle is asked
 * before and after the slow hash: guesses sent all at once would otherwise pass it together.
 */
export const logIn = async (context: TargetContext, name: string, password: string): Promise<Login> => {
  const before = refuseIfThrottled(context, name)
  if (before.denial) {
    const known = context.accounts.find(name)
    noteAudit({ kind: 'login-failed', account: known?.name ?? null, name: known ? null : name })
    return { account: null, denial: before.denial }
  }
  const stored = lookUpAccount(context, name)
  const startedAt = startTimer()
  const isRight = await verifyPassword(stored?.passwordHash ?? null, password)
  report(PASSWORD, {
    outcome: isRight ? 'pass' : 'fail',
    startedAt,
    title: isRight ? 'The password matches its Argon2id hash' : 'The password does not match',
    evidence: () => ({ algorithm: 'argon2id', memoryKiB: 19_456, passes: 2, lanes: 1 }),
  })
  if (!stored || !isRight) {
    noteAudit({ kind: 'login-failed', account: stored?.name ?? null, name: stored ? null : name })
    return { account: null, denial: await countFailure(context, name) }
  }
  const after = refuseIfThrottled(context, name)
  if (after.denial) return { account: null, denial: after.denial }
  // During the hash an operator may have acted, or the password may have been changed and all sessions ended with it.
  const account = context.accounts.findWithPassword(name)
  const changed = changeSince(stored, account)
  if (!account || changed) return { account: null, denial: changed ?? BAD_CREDENTIALS }
  if (after.hit) await retryBusy(() => context.throttle.reset(keyOf(name)))
  noteAccount(account.name)
  return { account, denial: null }
}
