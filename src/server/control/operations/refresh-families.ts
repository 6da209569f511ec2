import { revokeFamily } from '../revoke.ts'
import { api } from './implementer.ts'

/** Operations on families of refresh tokens. */
export const refreshFamilies = api.refreshFamilies.router({
  list: api.refreshFamilies.list.handler(({ context: { lab }, input: { account, limit } }) =>
    lab.stores.families.list({ account: account ?? null, limit }, lab.clock.nowMs()),
  ),
  revoke: api.refreshFamilies.revoke.handler(({ context: { lab }, input: { id } }) => revokeFamily(lab, id)),
})
