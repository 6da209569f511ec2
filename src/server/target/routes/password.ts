import type { RequestHandler } from 'express'
import { hashPassword } from '../../passwords.ts'
import { guarded } from '../authorize.ts'
import type { TargetContext } from '../context.ts'
import { PasswordInput, readInput } from '../input.ts'
import { logIn } from '../login.ts'
import { sendProblem } from '../problem.ts'
import { startSession } from '../session-middleware.ts'
import { revokeAccount } from '../tokens/revoke-access.ts'
import { endFamiliesWith, reportFamiliesEnded } from '../tokens/revoke-refresh.ts'
import { noteAudit, report, startTimer } from '../trace.ts'
import { reportAllEnded } from './sessions.ts'

const WRITE = { kind: 'account-write', clause: 'OWASP ASVS 5 V6.2.3', file: 'routes/password.ts', symbol: 'changePassword' } as const

/**
 * `POST /password`: takes the current password besides the credential, and ends all sessions and refresh tokens of the account; the caller's own goes on under
 * a new id (OWASP ASVS 5 V7.4.3). Access tokens end by the way of revocation in force.
 */
export const changePassword = (context: TargetContext): RequestHandler =>
  guarded(context, {}, async (request, response, { name, sessionId }) => {
    const input = readInput(PasswordInput, request, response)
    if (!input) return
    const { denial } = await logIn(context, name, input.currentPassword)
    if (denial) {
      // 401 would make a client throw its good credential away.
      sendProblem(
        response,
        denial.status === 401 ? { verdict: denial.verdict, status: 403, detail: 'The current password is wrong.' } : denial,
      )
      return
    }
    const hash = await hashPassword(input.newPassword)
    const startedAt = startTimer()
    // Both or neither where that can be: a session that outlives the password it came from would be the thief's.
    const { families, ended } = await endFamiliesWith(context, name, 'password-changed', (alongside) => {
      const write = context.database.transaction(() => {
        context.accounts.setPasswordHash(name, hash, context.clock.nowMs())
        alongside()
      })
      return context.sessions.endForAccountWith(name, write.immediate)
    })
    report(WRITE, {
      outcome: 'pass',
      startedAt,
      title: `New password hash of ${name} written`,
      evidence: () => ({ sql: 'UPDATE accounts SET password_hash = ?, password_changed_at = ? WHERE name = ?', rows: 1 }),
    })
    noteAudit({ kind: 'password-changed', account: name, name: null })
    reportAllEnded(context, name, { ids: ended, startedAt, clause: 'OWASP ASVS 5 V7.4.3' })
    reportFamiliesEnded(context, name, families, startedAt)
    await revokeAccount(context, name, families)
    if (sessionId !== null) await startSession(request, name)
    response.json({
      endedSessions: sessionId === null ? ended.length : Math.max(0, ended.length - 1),
      accessTokens: context.revocation.way === 'none' ? 'valid until they expire' : 'revoked',
    })
  })
