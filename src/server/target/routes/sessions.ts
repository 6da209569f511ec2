import type { RequestHandler } from 'express'
import type { SessionRow } from '../../../contract/sessions.ts'
import type { Principal } from '../authenticate.ts'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { sendProblem } from '../problem.ts'
import { clearCredentials, endSession } from '../session-middleware.ts'
import { revokeAccount } from '../tokens/revoke-access.ts'
import { revokeAllFamilies } from '../tokens/revoke-refresh.ts'
import { noteEnded, noteRevocation, report, startTimer } from '../trace.ts'

const LIST = { kind: 'session-lookup', clause: 'OWASP ASVS 5 V7.5.2', file: 'routes/sessions.ts', symbol: 'listSessions' } as const
const END_ALL = { kind: 'session-destroy', file: 'routes/sessions.ts', symbol: 'deleteSessions' } as const
const END_ONE = { kind: 'session-destroy', clause: 'OWASP ASVS 5 V7.5.2', file: 'routes/sessions.ts', symbol: 'endOne' } as const

const MAX_LISTED = 1000

/** `GET /sessions`: the caller's live sessions, newest first. */
export const listSessions = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (_request, response, principal) => {
    const startedAt = startTimer()
    context.store.flush()
    const rows = await context.sessions.list({ account: principal.name, limit: MAX_LISTED })
    report(LIST, {
      outcome: 'info',
      startedAt,
      title: `${rows.length} live sessions of ${principal.name}`,
      evidence: () => ({ sql: context.store.statements?.listOfAccount, rows: rows.length }),
    })
    response.json(rows.map((row) => ({ ...row, isCurrent: row.id === principal.sessionId })))
  })

/** Reports that these sessions of an account were ended since `startedAt`, as `clause` asks. */
export const reportAllEnded = (
  context: TargetContext,
  account: string,
  { ids, startedAt, clause }: { readonly ids: string[]; readonly startedAt: number; readonly clause: string },
): void => {
  noteEnded(ids)
  report(
    { ...END_ALL, clause },
    {
      outcome: 'pass',
      startedAt,
      title: `${ids.length} sessions of ${account} deleted`,
      evidence: () => ({ sql: context.store.statements?.endAll, rows: ids.length }),
    },
  )
}

/** `DELETE /sessions`: logs the caller out everywhere: sessions, refresh tokens and, by the way of revocation in force, access tokens. */
export const deleteSessions = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (request, response, principal) => {
    // The caller's own first: express-session must not touch a row that is about to go.
    if (principal.sessionId !== null) await endSession(context, request, response)
    else clearCredentials(context, response)
    const startedAt = startTimer()
    const ids = await context.sessions.endForAccount(principal.name)
    reportAllEnded(context, principal.name, { ids, startedAt, clause: 'OWASP ASVS 5 V7.5.2' })
    const families = await revokeAllFamilies(context, principal.name, 'logout-everywhere')
    await revokeAccount(context, principal.name, families)
    response.status(204).end()
  })

const endOne = async (context: TargetContext, before: SessionRow): Promise<void> => {
  const startedAt = startTimer()
  const isGone = await context.sessions.end(before.id)
  if (isGone) noteEnded([before.id])
  report(END_ONE, {
    outcome: 'pass',
    startedAt,
    title: 'Session row deleted: its cookie is worth nothing now',
    evidence: () => ({ sql: context.store.statements?.destroy, before, after: null }),
  })
}

const findOwn = async (context: TargetContext, id: string, principal: Principal): Promise<SessionRow | null> => {
  context.store.flush()
  const row = await context.sessions.find(id)
  return row?.account === principal.name ? row : null
}

/** `DELETE /sessions/:id`: ends one of the caller's sessions. Somebody else's is as unknown as none. */
export const deleteOneSession = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (request, response, principal) => {
    const { id } = request.params
    const row = typeof id === 'string' ? await findOwn(context, id, principal) : null
    if (!row) {
      sendProblem(response, { verdict: 'allowed', status: 404, detail: 'You have no such session.' })
      return
    }
    if (row.id === principal.sessionId) await endSession(context, request, response)
    else await endOne(context, row)
    noteRevocation({ scope: 'session', account: principal.name, jti: null, sid: null, sessionId: row.id })
    response.status(204).end()
  })
