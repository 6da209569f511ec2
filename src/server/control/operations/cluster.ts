import { api } from './implementer.ts'

/** Operations on what all nodes have in common. */
export const cluster = api.cluster.router({
  get: api.cluster.get.handler(({ context: { lab } }) => lab.settings.state()),
  change: api.cluster.change.handler(({ context: { lab }, input }) => lab.settings.change(input)),
})
