import { api } from './implementer.ts'

/** Operations on nodes. */
export const nodes = api.nodes.router({
  list: api.nodes.list.handler(({ context }) => context.lab.cluster.nodes()),
  kill: api.nodes.kill.handler(async ({ context: { lab }, input: { id } }) => {
    const node = await lab.cluster.kill(id)
    lab.note('node-killed', { node: id })
    return node
  }),
  start: api.nodes.start.handler(async ({ context: { lab }, input: { id } }) => {
    const node = await lab.cluster.start(id)
    lab.note('node-started', { node: id })
    return node
  }),
})
