import { api } from './implementer.ts'

const causes = (exchanges: string[]) => ({ exchanges })

/** Operations on clients. */
export const clients = api.clients.router({
  list: api.clients.list.handler(({ context }) => context.lab.clients.list()),
  add: api.clients.add.handler(({ context, input }) => context.lab.clients.add(input)),
  change: api.clients.change.handler(({ context, input: { id, ...change } }) => context.lab.clients.change(id, change)),
  remove: api.clients.remove.handler(({ context, input }) => context.lab.clients.remove(input.id)),
  login: api.clients.login.handler(async ({ context, input: { id, ...asked } }) => causes(await context.lab.clients.login(id, asked))),
  logout: api.clients.logout.handler(async ({ context, input }) => causes(await context.lab.clients.logout(input.id))),
  refresh: api.clients.refresh.handler(async ({ context, input }) => causes(await context.lab.clients.refresh(input.id, input.times))),
  request: api.clients.request.handler(async ({ context, input: { id, ...order } }) =>
    causes(await context.lab.clients.request(id, order)),
  ),
})
