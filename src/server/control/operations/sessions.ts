import { LabError } from '../../errors.ts'
import { api } from './implementer.ts'

const unknown = (id: string): LabError => new LabError('not-found', `There is no live session ${id.slice(0, 12)}.`)

/** Operations on the session store, by its operator. */
export const sessions = api.sessions.router({
  list: api.sessions.list.handler(async ({ context: { lab }, input }) => {
    await lab.cluster.flush()
    return lab.stores.directory.list(input)
  }),
  end: api.sessions.end.handler(async ({ context: { lab }, input: { id } }) => {
    const { directory } = lab.stores
    const account = (await directory.find(id))?.account ?? null
    if (!(await directory.end(id))) throw unknown(id)
    lab.note('session-ended', { id, account })
    lab.log.publish({ type: 'session-removed', id })
  }),
  expire: api.sessions.expire.handler(async ({ context: { lab }, input: { id } }) => {
    const row = await lab.stores.directory.expireNow(id)
    if (!row) throw unknown(id)
    lab.note('session-expired', { id, account: row.account })
    lab.log.publish({ type: 'session', session: row })
    return row
  }),
})
