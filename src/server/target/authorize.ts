import type { Request, RequestHandler, Response } from 'express'
import type { Mechanism } from '../../contract/mechanism.ts'
import { authenticate, type Principal } from './authenticate.ts'
import { challenge } from './challenge.ts'
import type { TargetContext } from './context.ts'
import { checkOneAuthorization } from './credentials.ts'
import { type Denial, sendProblem } from './problem.ts'
import { noteVerdict, report, startTimer } from './trace.ts'

/** What a route asks of whoever calls it. */
export interface Requirement {
  role?: 'admin'
  scope?: string
  /** The mechanisms that make sense here; all when absent. */
  mechanisms?: readonly Mechanism[]
}

const ROLE = { kind: 'role', clause: 'OWASP ASVS 5 V8.2.1', file: 'authorize.ts', symbol: 'checkRole' } as const
const SCOPE = { kind: 'scope', clause: 'RFC 6749 §3.3', file: 'authorize.ts', symbol: 'checkScope' } as const

const checkRole = (principal: Principal, role: string | undefined): Denial | null => {
  if (role === undefined) return null
  const startedAt = startTimer()
  const hasRole = principal.role === role
  report(ROLE, {
    outcome: hasRole ? 'pass' : 'fail',
    startedAt,
    title: hasRole ? `The role is ${role}` : `The role is not ${role}`,
    evidence: () => ({ has: principal.role, needs: role, from: principal.authority }),
  })
  return hasRole ? null : { verdict: 'insufficient-role', status: 403, detail: `This needs the role ${role}.` }
}

const checkScope = (principal: Principal, scope: string | undefined): Denial | null => {
  if (scope === undefined) return null
  const startedAt = startTimer()
  const hasScope = principal.scopes.includes(scope)
  report(SCOPE, {
    outcome: hasScope ? 'pass' : 'fail',
    startedAt,
    title: hasScope ? `The scope ${scope} was granted` : `The scope ${scope} was not granted`,
    evidence: () => ({ has: principal.scopes, needs: scope, from: principal.authority }),
  })
  if (hasScope) return null
  const detail = `This needs the scope ${scope}.`
  const denial: Denial = { verdict: 'insufficient-scope', status: 403, detail }
  return principal.claims ? { ...denial, challenge: challenge('insufficient_scope', detail, scope) } : denial
}

/** A handler that runs only for whoever meets the requirement; everyone else gets the reason. */
export const guarded =
  (
    context: TargetContext,
    requirement: Requirement,
    handle: (request: Request, response: Response, principal: Principal) => void | Promise<void>,
  ): RequestHandler =>
  async (request, response) => {
    const ambiguous = checkOneAuthorization(request)
    if (ambiguous) {
      sendProblem(response, ambiguous)
      return
    }
    const { principal, denial } = await authenticate(context, request, response, requirement.mechanisms)
    if (denial) {
      sendProblem(response, denial)
      return
    }
    const refused = checkRole(principal, requirement.role) ?? checkScope(principal, requirement.scope)
    if (refused) {
      sendProblem(response, refused)
      return
    }
    noteVerdict('allowed')
    await handle(request, response, principal)
  }
