import { LabError } from '../../errors.ts'
import { api } from './implementer.ts'

/** Operations on nodes. */
export const nodes = api.nodes.router({
  list: api.nodes.list.handler(({ context }) => context.lab.cluster.nodes()),
  add: api.nodes.add.handler(async ({ context: { lab }, input }) => {
    if (input?.url !== undefined) throw new LabError('conflict', 'Nodes by URL are not taken yet.')
    const node = await lab.cluster.add()
    lab.note('node-added', { node: node.id })
    return node
  }),
  change: api.nodes.change.handler(async ({ context: { lab }, input: { id, ...change } }) => {
    const node = await lab.cluster.change(id, change)
    lab.note('node-changed', { node: id, ...change })
    return node
  }),
  remove: api.nodes.remove.handler(async ({ context: { lab }, input: { id } }) => {
    await lab.cluster.remove(id)
    lab.note('node-removed', { node: id })
  }),
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
  restart: api.nodes.restart.handler(async ({ context: { lab }, input: { id } }) => {
    const node = await lab.cluster.restart(id)
    lab.note('node-restarted', { node: id })
    return node
  }),
  drain: api.nodes.drain.handler(({ context: { lab }, input: { id } }) => {
    const node = lab.cluster.drain(id)
    lab.note('node-draining', { node: id })
    return node
  }),
})
