import type { RequestHandler } from 'express'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'

/** `GET /me`: whom the server takes the caller for. */
export const showMe = (context: TargetContext): RequestHandler =>
  guarded(context, {}, (_request, response, { name, role, scopes, mechanism }) => {
    response.json({ user: { name, role, scopes }, mechanism, node: context.nodeId })
  })

/** `GET /orders`: the caller's orders, for the scope `orders:read`. */
export const listOrders = (context: TargetContext): RequestHandler => {
  const select = context.database.prepare('SELECT id, item, amount_cents AS amountCents FROM orders WHERE account = ? ORDER BY id')
  return guarded(context, { scope: 'orders:read' }, (_request, response, { name }) => {
    response.json({ orders: select.all(name) })
  })
}

/** `GET /admin/users`: all accounts, for the role `admin`. */
export const listUsers = (context: TargetContext): RequestHandler =>
  guarded(context, { role: 'admin' }, (_request, response) => {
    response.json({ users: context.accounts.list() })
  })
