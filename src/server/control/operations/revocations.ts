import { api } from './implementer.ts'

/** Operations on revocations. */
export const revocations = api.revocations.router({
  list: api.revocations.list.handler(({ context: { lab } }) => lab.credentials.revocations()),
})
