import type { RequestHandler } from 'express'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { readInput, TransferInput } from '../input.ts'
import { retryBusy } from '../retry-busy.ts'
import { report, startTimer } from '../trace.ts'

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

const TRANSFER = { kind: 'account-write', file: 'routes/resources.ts', symbol: 'createTransfer' } as const
const INSERT = 'INSERT INTO transfers (account, recipient, amount_cents, transferred_at) VALUES (?, ?, ?, ?)'

/** `POST /transfer`: writes a transfer in the caller's name. What CSRF is about. */
export const createTransfer = (context: TargetContext): RequestHandler => {
  const insert = context.database.prepare(INSERT)
  return guarded(context, {}, async (request, response, { name }) => {
    const input = readInput(TransferInput, request, response)
    if (!input) return
    const startedAt = startTimer()
    const transferredAt = context.clock.nowMs()
    const { lastInsertRowid } = await retryBusy(() => insert.run(name, input.to, input.amountCents, transferredAt))
    const transfer = { id: String(lastInsertRowid), from: name, ...input, transferredAt }
    report(TRANSFER, {
      outcome: 'pass',
      startedAt,
      title: `Transfer written in the name of ${name}`,
      evidence: () => ({ sql: INSERT, after: transfer }),
    })
    response.status(201).json({ transfer })
  })
}
