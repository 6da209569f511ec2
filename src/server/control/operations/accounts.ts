import type { RevokedReason } from '../../../contract/refresh-families.ts'
import { LabError } from '../../errors.ts'
import type { LabParts } from '../lab-parts.ts'
import { whenFree } from '../when-free.ts'
import { api } from './implementer.ts'

async function endSessions(lab: LabParts, name: string, reason: RevokedReason): Promise<number> {
  await lab.stores.families.endForAccount(name, reason, lab.clock.nowMs())
  const ended = await lab.stores.directory.endForAccount(name)
  for (const id of ended) lab.log.publish({ type: 'session-removed', id })
  return ended.length
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
    if (disabled) await endSessions(lab, name, 'account-disabled')
    return account
  }),
  endSessions: api.accounts.endSessions.handler(async ({ context: { lab }, input: { name } }) => {
    if (!lab.accounts.find(name)) throw unknown(name)
    const ended = await endSessions(lab, name, 'logout-everywhere')
    lab.note('account-logged-out', { account: name, ended })
    return { ended }
  }),
})
