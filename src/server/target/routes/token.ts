import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Account } from '../../../contract/accounts.ts'
import { parseCookieHeader } from '../../../protocol/cookie.ts'
import { authenticateClient } from '../client-authentication.ts'
import type { TargetContext } from '../context.ts'
import { cookieCredential, SESSION_COOKIE } from '../credentials.ts'
import { checkAmbientRequest, checkOrigin } from '../csrf.ts'
import { TokenInput } from '../input.ts'
import { logIn, refuseIfChanged } from '../login.ts'
import { type Denial, sendOAuthError } from '../problem.ts'
import { deviceOf, dropSession, loadSession } from '../session-middleware.ts'
import { issueTerms } from '../tokens/issue.ts'
import { issueRefreshToken, rotateRefreshToken } from '../tokens/refresh-tokens.ts'
import { noteAccount, noteAudit, noteMechanism } from '../trace.ts'
import { sendTokens } from './token-answer.ts'

type Input = z.infer<typeof TokenInput>

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

/** RFC 6749 §4.3: a login by user name and password; a family of refresh tokens begins with it. */
const passwordGrant = async (context: TargetContext, request: Request, response: Response, input: Input): Promise<void> => {
  const { username, password, transport, client_id: clientId } = input
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
  const terms = await issueTerms(context, account)
  const refresh = await issueRefreshToken(context, { account: account.name, clientId, scope, device: deviceOf(request) })
  const changed = refuseIfChanged(context, account)
  if (changed) {
    await context.refresh.store.end(refresh.family, 'password-changed', context.clock.nowMs())
    refuseLogin(response, changed)
    return
  }
  if (transport === 'cookie') await endSessionBefore(context, request, response)
  noteAudit({ kind: 'login', account: account.name, name: null })
  sendTokens(context, response, { account, terms, scope, clientId, refresh, transport })
}

/** The refresh token of a request: from the one place that its transport names. Null when there is none there. */
const refreshTokenOf = ({ cookies }: TargetContext, request: Request, { transport, refresh_token }: Input): string | null => {
  if (transport === 'body') return refresh_token ?? null
  const cookie = parseCookieHeader(request.headers.cookie ?? '').find(({ name }) => name === cookies.names.refresh)
  return cookie?.value || null
}

/** RFC 6749 §6: a refresh token is given for an access token and, since it is rotated on every use, for its successor. */
const refreshGrant = async (context: TargetContext, request: Request, response: Response, input: Input): Promise<void> => {
  const { transport, client_id: clientId, scope } = input
  noteMechanism(transport === 'cookie' ? 'jwt-cookie' : 'jwt-bearer')
  // The browser attaches the cookie by itself: what is done on its strength must not be done in another site's name.
  const foreign = transport === 'cookie' ? checkAmbientRequest(request) : null
  if (foreign) {
    sendOAuthError(response, 'invalid_request', foreign)
    return
  }
  const token = refreshTokenOf(context, request, input)
  if (token === null) {
    const detail = transport === 'cookie' ? `There is no cookie ${context.cookies.names.refresh}.` : 'refresh_token is needed.'
    sendOAuthError(response, 'invalid_request', { verdict: 'no-credential', status: 400, detail })
    return
  }
  const refreshed = await rotateRefreshToken(context, { token, clientId, scope })
  if (refreshed.denial) {
    sendOAuthError(response, refreshed.error, refreshed.denial)
    return
  }
  noteAccount(refreshed.account.name)
  sendTokens(context, response, { ...refreshed, clientId, transport })
}

const GRANTS = new Map([
  ['password', passwordGrant],
  ['refresh_token', refreshGrant],
])

const issue = async (context: TargetContext, request: Request, response: Response): Promise<void> => {
  const parsed = TokenInput.safeParse(request.body ?? {})
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'body'
    sendOAuthError(response, 'invalid_request', invalid(`${where} is missing, repeated or not valid.`))
    return
  }
  const grant = GRANTS.get(parsed.data.grant_type)
  if (!grant) {
    sendOAuthError(response, 'unsupported_grant_type', invalid('The grant types "password" and "refresh_token" are offered here.'))
    return
  }
  if (!context.policy.keyring.signing) {
    sendOAuthError(response, 'unsupported_grant_type', invalid('This server only verifies tokens: ask one that signs them.'))
    return
  }
  const { client_id: clientId, client_secret: secret } = parsed.data
  // RFC 6749 §3.2.1: a confidential client must prove who it is; the others only say so.
  const client = authenticateClient(context, request, { clientId, hasSecret: secret !== undefined }, false)
  if (client.denial) sendOAuthError(response, client.error, client.denial)
  else await grant(context, request, response, { ...parsed.data, client_id: client.clientId ?? undefined })
}

/** `POST /token` (RFC 6749 §6 and §4.3.2; the latter is kept for teaching: RFC 9700 §2.4 forbids the password grant to real clients of others). */
export const createToken =
  (context: TargetContext): RequestHandler =>
  (request, response) =>
    issue(context, request, response)
