import type { RemoteAddress } from '../../cluster/remote-node.ts'
import { LabError } from '../../errors.ts'
import type { LabParts } from '../lab-parts.ts'
import { api } from './implementer.ts'

/** @throws LabError `bad-request` when it is no origin, `conflict` when it is the balancer: that would send requests round in a circle */
function readAddress(given: { url?: string; secret?: string } | undefined, { balancerUrl }: LabParts): RemoteAddress | undefined {
  if (given?.url === undefined) return undefined
  const { origin, href, port, hostname } = new URL(given.url)
  if (href !== `${origin}/`) throw new LabError('bad-request', 'A node is given by its origin alone, as http://127.0.0.1:4801.')
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  if (isHere && port === new URL(balancerUrl).port) throw new LabError('conflict', 'This is the balancer itself: give the URL of a target.')
  return { url: origin, secret: given.secret ?? null }
}

/** Operations on nodes. */
export const nodes = api.nodes.router({
  list: api.nodes.list.handler(({ context }) => context.lab.cluster.nodes()),
  add: api.nodes.add.handler(async ({ context: { lab }, input }) => {
    const address = readAddress(input, lab)
    if (address) lab.weaknesses.requireNone()
    const node = await lab.cluster.add(address)
    lab.note('node-added', { node: node.id, ...(node.url !== null && { url: node.url }) })
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
