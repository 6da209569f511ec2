import { api } from './implementer.ts'

/** Operations on the comparison of the mechanisms. */
export const comparison = api.comparison.router({
  run: api.comparison.run.handler(({ context, input }) => context.lab.comparisons.run(input ?? {})),
  last: api.comparison.last.handler(({ context }) => context.lab.comparisons.last()),
  list: api.comparison.list.handler(({ context }) => context.lab.comparisons.list()),
  get: api.comparison.get.handler(({ context, input }) => context.lab.comparisons.get(input.id)),
  exchanges: api.comparison.exchanges.handler(({ context, input }) => context.lab.comparisons.exchanges(input.id)),
  exchange: api.comparison.exchange.handler(({ context, input }) => context.lab.comparisons.exchange(input.id, input.exchange)),
})
