import type { RequestHandler } from 'express'
import type { SessionRow } from '../../../contract/sessions.ts'
import { SESSION_SQL } from '../../storage/session-rows.ts'
import type { Principal } from '../authenticate.ts'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { sendProblem } from '../problem.ts'
import { retryBusy } from '../retry-busy.ts'
import { clearCredentials, endSession } from '../session-middleware.ts'
import { noteEnded, report, startTimer } from '../trace.ts'

const LIST = { kind: 'session-lookup', clause: 'OWASP ASVS 5 V7.5.2', file: 'routes/sessions.ts', symbol: 'listSessions' } as const
const END_ALL = { kind: 'session-destroy', clause: 'OWASP ASVS 5 V7.4.3', file: 'routes/sessions.ts', symbol: 'endAllSessions' } as const
const END_ONE = { kind: 'session-destroy', clause: 'OWASP ASVS 5 V7.5.2', file: 'routes/sessions.ts', symbol: 'endOne' } as const

const MAX_LISTED = 1000

/** `GET /sessions`: the caller's live sessions, newest first. */
export const listSessions = (context: TargetContext): RequestHandler =>
  guarded(context, {}, (_request, response, principal) => {
    const startedAt = startTimer()
    context.store.flush()
    const rows = context.sessionRows.list({ account: principal.name, limit: MAX_LISTED })
    report(LIST, {
      outcome: 'info',
      startedAt,
      title: `${rows.length} live sessions of ${principal.name}`,
      evidence: () => ({ sql: SESSION_SQL.listOfAccount, rows: rows.length }),
    })
    response.json(rows.map((row) => ({ ...row, isCurrent: row.id === principal.sessionId })))
  })

/** Reports that these sessions of an account were ended since `startedAt`. */
export const reportAllEnded = (account: string, ids: string[], startedAt: number): void => {
  noteEnded(ids)
  report(END_ALL, {
    outcome: 'pass',
    startedAt,
    title: `${ids.length} sessions of ${account} deleted`,
    evidence: () => ({ sql: SESSION_SQL.endAll, rows: ids.length }),
  })
}

/** `DELETE /sessions`: logs the caller out everywhere. Access tokens stay good until they expire: nothing here knows them. */
export const deleteSessions = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (request, response, principal) => {
    // The caller's own first: express-session must not touch a row that is about to go.
    if (principal.sessionId !== null) await endSession(request, response)
    else clearCredentials(response)
    const startedAt = startTimer()
    const ids = await retryBusy(() => context.sessionRows.endForAccount(principal.name))
    reportAllEnded(principal.name, ids, startedAt)
    response.status(204).end()
  })

const endOne = async (context: TargetContext, before: SessionRow): Promise<void> => {
  const startedAt = startTimer()
  const isGone = await retryBusy(() => context.sessionRows.end(before.id))
  if (isGone) noteEnded([before.id])
  report(END_ONE, {
    outcome: 'pass',
    startedAt,
    title: 'Session row deleted: its cookie is worth nothing now',
    evidence: () => ({ sql: 'DELETE FROM sessions WHERE key = ? AND hash = ?', before, after: null }),
  })
}

const findOwn = (context: TargetContext, id: string, principal: Principal): SessionRow | null => {
  context.store.flush()
  const row = context.sessionRows.find(id)
  return row?.account === principal.name ? row : null
}

/** `DELETE /sessions/:id`: ends one of the caller's sessions. Somebody else's is as unknown as none. */
export const deleteOneSession = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (request, response, principal) => {
    const { id } = request.params
    const row = typeof id === 'string' ? findOwn(context, id, principal) : null
    if (!row) {
      sendProblem(response, { verdict: 'allowed', status: 404, detail: 'You have no such session.' })
      return
    }
    if (row.id === principal.sessionId) await endSession(request, response)
    else await endOne(context, row)
    response.status(204).end()
  })
