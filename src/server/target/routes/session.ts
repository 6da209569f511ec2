import type { RequestHandler } from 'express'
import type { Account } from '../../../contract/accounts.ts'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { checkOrigin } from '../csrf.ts'
import { LoginInput, readInput } from '../input.ts'
import { logIn, refuseIfChanged } from '../login.ts'
import { sendProblem } from '../problem.ts'
import { clearCredentials, dropSession, endSession, loadSession, startSession } from '../session-middleware.ts'
import { revokeToken } from '../tokens/revoke-access.ts'
import { endFamilyOf } from '../tokens/revoke-refresh.ts'
import { noteAudit, noteMechanism, noteRevocation, noteVerdict } from '../trace.ts'

const toUser = ({ name, role, scopes }: Pick<Account, 'name' | 'role' | 'scopes'>) => ({ name, role, scopes })

/** `POST /session`: logs in and answers with a session cookie. */
export const createSession =
  (context: TargetContext): RequestHandler =>
  async (request, response) => {
    // Login CSRF: nobody else's page may log a browser in as somebody.
    const foreign = checkOrigin(request)
    if (foreign) {
      sendProblem(response, foreign)
      return
    }
    const input = readInput(LoginInput, request, response)
    if (!input) return
    const { account, denial } = await logIn(context, input.username, input.password)
    if (denial) {
      sendProblem(response, denial)
      return
    }
    noteMechanism('session')
    await loadSession(context.sessionMiddleware, request, response)
    await startSession(request, account.name)
    const changed = refuseIfChanged(context, account)
    if (changed) {
      await dropSession(request, response)
      sendProblem(response, changed)
      return
    }
    noteAudit({ kind: 'login', account: account.name, name: null })
    noteVerdict('allowed')
    response.json({ user: toUser(account) })
  }

/** `GET /session`: the times and the data of the caller's own session. */
export const showSession = (context: TargetContext): RequestHandler =>
  guarded(context, { mechanisms: ['session'] }, async (request, response, principal) => {
    const { row } = await context.store.look(request.sessionID)
    const { account, device, cart = [] } = request.session
    response.json({
      user: { name: principal.name, role: principal.role, scopes: principal.scopes },
      session: row,
      data: { account, device, cart },
    })
  })

/**
 * `DELETE /session`: logs out. A session's row is gone before the answer. Of a token the client's cookie goes and its refresh family ends; the
 * token itself ends by the way of revocation in force, and by `none` stays good until it expires for whoever kept a copy.
 */
export const deleteSession = (context: TargetContext): RequestHandler =>
  guarded(context, { mechanisms: ['session', 'jwt-cookie'] }, async (request, response, { name, sessionId, claims }) => {
    if (claims) {
      // First: whatever the store answers, this client is logged out.
      clearCredentials(context, response)
      await endFamilyOf(context, claims)
      await revokeToken(context, claims)
    }
    if (sessionId !== null) {
      await endSession(context, request, response)
      noteRevocation({ scope: 'session', account: name, jti: null, sid: null, sessionId })
    }
    response.status(204).end()
  })
