import { api } from './implementer.ts'

/** Operations on lessons, and on the one under way. */
export const lessons = api.lessons.router({
  list: api.lessons.list.handler(({ context }) => context.lab.lessons.library.list()),
  files: api.lessons.files.handler(({ context }) => context.lab.lessons.library.files()),
  get: api.lessons.get.handler(({ context, input }) => context.lab.lessons.library.get(input.id)),
  run: api.lessons.run.handler(({ context, input }) => context.lab.lessons.run(input.id)),
  start: api.lessons.start.handler(({ context, input }) => context.lab.lessons.start(input.id, input.step)),
  current: api.lessons.current.handler(({ context }) => context.lab.lessons.current()),
  predict: api.lessons.predict.handler(({ context, input }) => context.lab.lessons.predict(input.choice)),
  act: api.lessons.act.handler(({ context }) => context.lab.lessons.act()),
  next: api.lessons.next.handler(({ context }) => context.lab.lessons.next()),
  resetStep: api.lessons.resetStep.handler(({ context, input }) => context.lab.lessons.resetStep(input?.step)),
  leave: api.lessons.leave.handler(({ context }) => context.lab.lessons.leave()),
})

/** Operations on what a participant has done. */
export const progress = api.progress.router({
  get: api.progress.get.handler(({ context }) => context.lab.lessons.progress()),
  set: api.progress.set.handler(({ context, input }) => context.lab.lessons.setProgress(input.lessons)),
})
