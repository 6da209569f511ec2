import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Account } from '../../../contract/accounts.ts'
import type { TargetContext } from '../context.ts'
import { cookieCredential, SESSION_COOKIE, TOKEN_COOKIE } from '../credentials.ts'
import { checkOrigin } from '../csrf.ts'
import { TokenInput } from '../input.ts'
import { logIn } from '../login.ts'
import { type Denial, sendOAuthError } from '../problem.ts'
import { COOKIE_ATTRIBUTES, dropSession, loadSession } from '../session-middleware.ts'
import { issueAccessToken } from '../tokens/issue.ts'
import { noteMechanism, noteVerdict } from '../trace.ts'

const invalid = (detail: string): Denial => ({ verdict: 'not-auth', status: 400, detail })

/** RFC 6749 §5.2 answers 400 where HTTP authentication would answer 401; the verdict says what was wrong. */
const refuseLogin = (response: Response, denial: Denial): void => {
  if (denial.status === 429) sendOAuthError(response, 'temporarily_unavailable', denial)
  else sendOAuthError(response, 'invalid_grant', { verdict: denial.verdict, status: 400, detail: denial.detail })
}

/** The scopes to grant: what was asked for as far as the account has it, all of them when nothing was asked (RFC 6749 §3.3). */
const grantScopes = ({ scopes }: Account, asked: string | undefined): string[] => {
  const wanted = asked?.split(' ').filter(Boolean) ?? []
  return wanted.length === 0 ? scopes : scopes.filter((scope) => wanted.includes(scope))
}

/**
 * Ends the session of a client that now logs in by a token cookie: the session cookie would win over it, and whoever has just logged in would
 * act as the one before (OWASP ASVS 5 V7.2.4).
 */
const endSessionBefore = async (context: TargetContext, request: Request, response: Response): Promise<void> => {
  // Whatever Authorization says: the session cookie stays in the jar beside the new one.
  if (!cookieCredential(request.headers.cookie, [SESSION_COOKIE])) return
  await loadSession(context.sessionMiddleware, request, response)
  await dropSession(request, response)
}

const answer = (context: TargetContext, response: Response, account: Account, input: z.infer<typeof TokenInput>): void => {
  const granted = grantScopes(account, input.scope)
  if (granted.length === 0 && account.scopes.length > 0) {
    sendOAuthError(response, 'invalid_scope', {
      verdict: 'insufficient-scope',
      status: 400,
      detail: 'None of these scopes can be granted.',
    })
    return
  }
  const scope = granted.join(' ')
  const { token } = issueAccessToken(context.policy, { account, scope, clientId: input.client_id })
  noteVerdict('allowed')
  noteMechanism(input.transport === 'cookie' ? 'jwt-cookie' : 'jwt-bearer')
  // RFC 6749 §5.1 asks for both.
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Pragma', 'no-cache')
  const { ttlSeconds } = context.policy
  const common = { token_type: 'Bearer', expires_in: ttlSeconds, scope }
  if (input.transport === 'body') {
    response.json({ access_token: token, ...common })
    return
  }
  // Max-Age alone: Expires would be read on the client's clock, and Max-Age wins anyway (RFC 6265 §5.3).
  const { path } = COOKIE_ATTRIBUTES
  response.append('Set-Cookie', `${TOKEN_COOKIE}=${token}; Max-Age=${ttlSeconds}; Path=${path}; HttpOnly; SameSite=Lax`)
  response.json(common)
}

const issue = async (context: TargetContext, request: Request, response: Response): Promise<void> => {
  const parsed = TokenInput.safeParse(request.body ?? {})
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'body'
    sendOAuthError(response, 'invalid_request', invalid(`${where} is missing, repeated or not valid.`))
    return
  }
  const { grant_type, username, password, transport } = parsed.data
  if (grant_type !== 'password') {
    sendOAuthError(response, 'unsupported_grant_type', invalid('Only the grant type "password" is offered here.'))
    return
  }
  if (!context.policy.keyring.signing) {
    sendOAuthError(response, 'unsupported_grant_type', invalid('This server only verifies tokens: ask one that signs them.'))
    return
  }
  if (username === undefined || password === undefined) {
    sendOAuthError(response, 'invalid_request', invalid('username and password are needed.'))
    return
  }
  // A cookie that a foreign page plants would be login CSRF; a token in a body is of no use to it.
  const foreign = transport === 'cookie' ? checkOrigin(request) : null
  if (foreign) {
    sendOAuthError(response, 'invalid_request', foreign)
    return
  }
  const { account, denial } = await logIn(context, username, password)
  if (denial) {
    refuseLogin(response, denial)
    return
  }
  if (transport === 'cookie') await endSessionBefore(context, request, response)
  answer(context, response, account, parsed.data)
}

/** `POST /token` (RFC 6749 §4.3.2, kept for teaching: RFC 9700 §2.4 forbids the password grant to real clients of others). */
export const createToken =
  (context: TargetContext): RequestHandler =>
  (request, response) =>
    issue(context, request, response)
