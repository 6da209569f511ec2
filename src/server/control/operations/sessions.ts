import { LabError } from '../../errors.ts'
import { revokeSession } from '../revoke.ts'
import { api } from './implementer.ts'

/** Operations on the session store, by its operator. */
export const sessions = api.sessions.router({
  list: api.sessions.list.handler(async ({ context: { lab }, input }) => {
    await lab.cluster.flush()
    return lab.stores.directory.list(input)
  }),
  end: api.sessions.end.handler(({ context: { lab }, input: { id } }) => revokeSession(lab, id)),
  expire: api.sessions.expire.handler(async ({ context: { lab }, input: { id } }) => {
    const row = await lab.stores.directory.expireNow(id)
    if (!row) throw new LabError('not-found', `There is no live session ${id.slice(0, 12)}.`)
    lab.note('session-expired', { id, account: row.account })
    lab.log.publish({ type: 'session', session: row })
    return row
  }),
})
