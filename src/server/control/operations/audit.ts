import { api } from './implementer.ts'

/** Operations on the audit log. */
export const audit = api.audit.router({
  list: api.audit.list.handler(({ context: { lab }, input }) => lab.credentials.audit.list(input)),
})
