import { listDenylist } from '../revocation-state.ts'
import { api } from './implementer.ts'

/** Operations on what ended before its time. */
export const denylist = api.denylist.router({
  list: api.denylist.list.handler(({ context: { lab }, input: { q = '', limit } }) => listDenylist(lab, { q, limit })),
})
