import { api } from './implementer.ts'

/** Operations on what the instructor plans for a class. */
export const cues = api.cues.router({
  get: api.cues.get.handler(({ context }) => context.lab.lessons.cues()),
  set: api.cues.set.handler(({ context, input }) => {
    context.lab.lessons.setCues(input)
    context.lab.log.publish({ type: 'stale', lists: ['cues'] })
    return context.lab.lessons.cues()
  }),
})
