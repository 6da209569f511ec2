import { LabError } from '../../errors.ts'
import { hashPassword } from '../../passwords.ts'
import type { LabParts } from '../lab-parts.ts'
import { howTokensEnd, revokeAccount } from '../revoke.ts'
import { whenFree } from '../when-free.ts'
import { api } from './implementer.ts'

/** Written before anything is ended: nobody can begin something new with the old one then. */
async function setPassword(lab: LabParts, name: string, password: string): Promise<void> {
  const hash = await hashPassword(password)
  await whenFree(() => lab.accounts.setPasswordHash(name, hash, lab.clock.nowMs()))
}

const unknown = (name: string): LabError => new LabError('not-found', `There is no account ${name}.`)

/** Operations on accounts, by the operator. */
export const accounts = api.accounts.router({
  list: api.accounts.list.handler(({ context }) => context.lab.accounts.list()),
  change: api.accounts.change.handler(async ({ context: { lab }, input: { name, password, ...change } }) => {
    const account = await whenFree(() => lab.accounts.change(name, change))
    if (!account) throw unknown(name)
    const { role, disabled, scopes } = change
    const isPasswordNew = password !== undefined
    if (isPasswordNew) await setPassword(lab, name, password)
    else if (role === undefined && disabled === undefined && scopes === undefined) return account
    lab.note('account-changed', {
      account: name,
      ...(role !== undefined && { role }),
      ...(disabled !== undefined && { disabled }),
      ...(scopes !== undefined && { scopes: scopes.join(' ') }),
      ...(isPasswordNew && { password: true }),
    })
    lab.log.publish({ type: 'account', account })
    if (disabled || isPasswordNew) await revokeAccount(lab, name, disabled ? 'account-disabled' : 'password-changed')
    return account
  }),
  endSessions: api.accounts.endSessions.handler(async ({ context: { lab }, input: { name } }) => {
    if (!lab.accounts.find(name)) throw unknown(name)
    const { sessions, families, revocations } = await revokeAccount(lab, name, 'logout-everywhere')
    const tokens = revocations[0] ? howTokensEnd(revocations[0]) : {}
    lab.note('account-logged-out', { account: name, ended: sessions.length, families: families.length, ...tokens })
    return { ended: sessions.length, families: families.length, revocations }
  }),
})
