import { api } from './implementer.ts'

/** Operations on the checkpoints of the operator's lab. */
export const checkpoints = api.checkpoints.router({
  list: api.checkpoints.list.handler(({ context }) => context.lab.snapshots.checkpoints()),
  save: api.checkpoints.save.handler(({ context, input }) => context.lab.snapshots.saveCheckpoint(input.name)),
  restore: api.checkpoints.restore.handler(({ context, input }) => context.lab.snapshots.restoreCheckpoint(input.id)),
  remove: api.checkpoints.remove.handler(({ context, input }) => context.lab.snapshots.removeCheckpoint(input.id)),
})
