import { LabError } from '../../errors.ts'
import type { LabParts } from '../lab-parts.ts'
import { howTokensEnd, revokeAccount } from '../revoke.ts'
import { whenFree } from '../when-free.ts'
import { api } from './implementer.ts'

/** Access tokens stay as they are: nodes that do not read the account again take them at their word until they expire. */
async function endWhatIsStored(lab: LabParts, name: string): Promise<void> {
  await lab.stores.families.endForAccount(name, 'account-disabled', lab.clock.nowMs())
  const ended = await lab.stores.directory.endForAccount(name)
  for (const id of ended) lab.log.publish({ type: 'session-removed', id })
  lab.stale(['families'])
}

const unknown = (name: string): LabError => new LabError('not-found', `There is no account ${name}.`)

/** Operations on accounts, by the operator. */
export const accounts = api.accounts.router({
  list: api.accounts.list.handler(({ context }) => context.lab.accounts.list()),
  change: api.accounts.change.handler(async ({ context: { lab }, input: { name, ...change } }) => {
    const account = await whenFree(() => lab.accounts.change(name, change))
    if (!account) throw unknown(name)
    const { role, disabled, scopes } = change
    if (role === undefined && disabled === undefined && scopes === undefined) return account
    lab.note('account-changed', {
      account: name,
      ...(role !== undefined && { role }),
      ...(disabled !== undefined && { disabled }),
      ...(scopes !== undefined && { scopes: scopes.join(' ') }),
    })
    lab.log.publish({ type: 'account', account })
    if (disabled) await endWhatIsStored(lab, name)
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
