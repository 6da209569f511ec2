import type { Exchange } from '../../../contract/exchanges.ts'
import { toHar } from '../../../protocol/har.ts'
import { LabError } from '../../errors.ts'
import type { LabParts } from '../lab-parts.ts'
import { api } from './implementer.ts'

/** Exchanges in a HAR file unless asked for fewer. */
const HAR_LIMIT = 5000

async function find(lab: LabParts, id: string): Promise<Exchange> {
  const exchange = await lab.recorder.get(id)
  if (!exchange) throw new LabError('not-found', `There is no exchange ${id}.`)
  return exchange
}

/** Operations on traffic. */
export const exchanges = api.exchanges.router({
  list: api.exchanges.list.handler(({ context, input }) => context.lab.recorder.list(input)),
  summaries: api.exchanges.summaries.handler(({ context, input }) => context.lab.recorder.summaries(input)),
  get: api.exchanges.get.handler(({ context, input }) => find(context.lab, input.id)),
  clear: api.exchanges.clear.handler(({ context }) => context.lab.recorder.clear()),
  har: api.exchanges.har.handler(async ({ context: { lab }, input: { secrets, ...query } }) => {
    const found = await lab.recorder.list({ limit: HAR_LIMIT, ...query })
    return { ...toHar(found, { version: lab.version, isSecretShown: secrets === 'shown' }) }
  }),
  replay: api.exchanges.replay.handler(async ({ context: { lab }, input: { id, ...order } }) => ({
    exchanges: await lab.clients.replay(await find(lab, id), order),
  })),
})
