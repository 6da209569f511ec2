import type { RequestHandler } from 'express'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { readInput, TransferInput } from '../input.ts'
import type { ReceivedTransfer } from '../parts.ts'
import { retryBusy } from '../retry-busy.ts'
import { report, startTimer } from '../trace.ts'

const TRANSFER = { kind: 'account-write', file: 'routes/transfers.ts', symbol: 'createTransfer' } as const
const INSERT = 'INSERT INTO transfers (account, recipient, amount_cents, memo, transferred_at) VALUES (?, ?, ?, ?, ?)'
/** The newest; older ones are not listed. */
const MOST_LISTED = 50
const SELECT = `SELECT CAST(id AS TEXT) AS id, account AS "from", amount_cents AS amountCents, memo, transferred_at AS transferredAt
  FROM transfers WHERE recipient = ? ORDER BY transfers.id DESC LIMIT ${MOST_LISTED}`

/** `POST /transfer`: writes a transfer in the caller's name. What CSRF is about. */
export const createTransfer = (context: TargetContext): RequestHandler => {
  const insert = context.database.prepare(INSERT)
  return guarded(context, {}, async (request, response, { name }) => {
    const input = readInput(TransferInput, request, response)
    if (!input) return
    const startedAt = startTimer()
    const transferredAt = context.clock.nowMs()
    const { to, amountCents, memo } = input
    const { lastInsertRowid } = await retryBusy(() => insert.run(name, to, amountCents, memo, transferredAt))
    const transfer = { id: String(lastInsertRowid), from: name, to, amountCents, transferredAt }
    report(TRANSFER, {
      outcome: 'pass',
      startedAt,
      title: `Transfer written in the name of ${name}`,
      // What somebody wrote to somebody else is no evidence of anything: its length will do.
      evidence: () => ({ sql: INSERT, after: { ...transfer, memoLength: memo.length } }),
    })
    response.status(201).json({ transfer: { ...transfer, memo } })
  })
}

/** `GET /transfers`: what others sent to the caller, the newest first; as JSON, or as HTML for the portal's page where the caller prefers that. */
export const listTransfers = (context: TargetContext): RequestHandler => {
  const select = context.database.prepare<[string], ReceivedTransfer>(SELECT)
  return guarded(context, {}, (request, response, { name }) => {
    const transfers = select.all(name)
    response.vary('Accept')
    if (request.accepts(['json', 'html']) === 'html') response.type('html').send(context.parts.transfersHtml(transfers))
    else response.json({ transfers })
  })
}
