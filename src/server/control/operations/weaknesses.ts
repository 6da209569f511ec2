import { api } from './implementer.ts'

/** Operations on the target's deliberate flaws. */
export const weaknesses = api.weaknesses.router({
  list: api.weaknesses.list.handler(({ context: { lab } }) => lab.weaknesses.state()),
  change: api.weaknesses.change.handler(({ context: { lab }, input }) => lab.weaknesses.change(input)),
})
