import { unsign } from 'cookie-signature'
import type { Request, Response } from 'express'
import type { Account } from '../../contract/accounts.ts'
import { MECHANISMS, type Mechanism } from '../../contract/mechanism.ts'
import type { PresentedToken } from '../credential-notes.ts'
import { lookUpAccount } from './accounts.ts'
import { challenge } from './challenge.ts'
import type { TargetContext } from './context.ts'
import { type Credential, findCredential, SESSION_COOKIE } from './credentials.ts'
import { checkAmbientRequest } from './csrf.ts'
import type { Denial } from './problem.ts'
import { endSession, loadSession, publicId } from './session-middleware.ts'
import type { SessionLook } from './sessions/session-watch.ts'
import { askIntrospection } from './tokens/ask-introspection.ts'
import { checkRevocation } from './tokens/check-revocation.ts'
import type { AccessClaims } from './tokens/issue.ts'
import { recheckAccount } from './tokens/recheck-account.ts'
import { refreshKeys, verifyAccessToken } from './tokens/verify.ts'
import { currentTrace, noteAccount, noteMechanism, notePresented, noteSession, report, startTimer } from './trace.ts'

/** Whoever a request has proved to be. */
export interface Principal {
  name: string
  role: string
  scopes: readonly string[]
  mechanism: Mechanism
  /** Public id of the session; null without one. */
  sessionId: string | null
  /** Null without a token. */
  claims: AccessClaims | null
  /** Where role and scopes come from: the account as it is now, or the claims of the token. */
  authority: 'account' | 'token'
}

/** The request while it is being checked: each check adds what the next ones need. */
interface Attempt {
  readonly context: TargetContext
  readonly request: Request
  readonly response: Response
  /** Cookie value or token, as sent. */
  readonly secret: string
  readonly mechanism: Mechanism
  sid: string
  look: SessionLook
  account: Pick<Account, 'name' | 'role' | 'scopes'> | null
  claims: AccessClaims | null
}

type Check = (attempt: Attempt) => Denial | null | Promise<Denial | null>

const FILE = 'authenticate.ts'
const SIGNATURE = { kind: 'cookie-signature', clause: 'OWASP ASVS 5 V7.2.1', file: FILE, symbol: 'cookieSignature' } as const
const LOOKUP = { kind: 'session-lookup', clause: 'OWASP ASVS 5 V7.2.1', file: FILE, symbol: 'sessionLookup' } as const
const IDLE = { kind: 'session-idle-timeout', clause: 'OWASP ASVS 5 V7.3.1', file: FILE, symbol: 'idleTimeout' } as const
const ABSOLUTE = { kind: 'session-absolute-timeout', clause: 'OWASP ASVS 5 V7.3.2', file: FILE, symbol: 'absoluteTimeout' } as const

const unauthorized = (verdict: Denial['verdict'], detail: string): Denial => ({ verdict, status: 401, detail, challenge: challenge() })

const NO_CREDENTIAL = unauthorized('no-credential', 'Log in first.')
const EXPIRED = unauthorized('session-expired', 'This session has expired. Log in again.')

/** A cookie goes along by itself, so what it allows must not be done in another site's name. */
const ambientRequest: Check = ({ request }) => checkAmbientRequest(request)

const cookieSignature: Check = (attempt) => {
  const startedAt = startTimer()
  const { secret: cookie, context } = attempt
  const signed = cookie.startsWith('s:') ? cookie.slice(2) : null
  const keyIndex = signed === null ? -1 : context.cookieSecrets.findIndex((secret) => unsign(signed, secret) !== false)
  const isGood = signed !== null && keyIndex !== -1
  report(SIGNATURE, {
    outcome: isGood ? 'pass' : 'fail',
    startedAt,
    title: isGood ? 'The cookie carries the MAC of this server' : 'The cookie does not carry the MAC of this server',
    evidence: () => ({ cookie: 'sid', bytes: cookie.length, alg: 'HMAC-SHA256', key: isGood ? keyIndex : null }),
  })
  if (!isGood) return unauthorized('bad-cookie-signature', 'This session cookie was not issued by this server.')
  attempt.sid = signed.slice(0, signed.lastIndexOf('.'))
  noteSession(publicId(attempt.sid))
  return null
}

const sessionLookup: Check = async (attempt) => {
  const { context, request, response, sid } = attempt
  const startedAt = startTimer()
  const evidence = { sql: context.store.statements?.find, id: publicId(sid) }
  try {
    await loadSession(context.sessionMiddleware, request, response)
  } catch (error) {
    report(LOOKUP, { outcome: 'fail', startedAt, title: 'The store does not answer', evidence: () => ({ ...evidence, isReached: false }) })
    throw error
  }
  const isLive = request.sessionID === sid && typeof request.session.account === 'string'
  // The reason for a refusal costs a second lookup; a good session costs one.
  if (isLive) attempt.look = { state: 'live', row: currentTrace()?.row ?? null }
  else attempt.look = await context.store.look(sid)
  const { state, row } = attempt.look
  const isFound = isLive || state === 'idle-expired' || state === 'absolute-expired'
  report(LOOKUP, {
    outcome: isFound ? 'pass' : 'fail',
    startedAt,
    title: isFound ? 'The session is in the store' : 'The store knows no such session',
    evidence: () => ({ ...evidence, row, rows: row ? 1 : 0 }),
  })
  return isFound ? null : unauthorized('unknown-session', 'This session does not exist any more. Log in again.')
}

const idleTimeout: Check = ({ context, look: { state, row } }) => {
  const startedAt = startTimer()
  const now = context.clock.nowMs()
  const isOver = state === 'idle-expired' || (state !== 'live' && row !== null && row.idleExpiresAt <= now)
  report(IDLE, {
    outcome: isOver ? 'fail' : 'pass',
    startedAt,
    title: isOver ? 'The session was not used for too long' : 'The session was used recently enough',
    evidence: () => ({ value: row?.lastSeenAt ?? null, limit: row?.idleExpiresAt ?? null, now }),
  })
  return isOver ? EXPIRED : null
}

const absoluteTimeout: Check = ({ context, look: { state, row } }) => {
  const startedAt = startTimer()
  const isOver = state === 'absolute-expired'
  report(ABSOLUTE, {
    outcome: isOver ? 'fail' : 'pass',
    startedAt,
    title: isOver ? 'The session has lasted as long as a session may' : 'The session has not lasted too long',
    evidence: () => ({ value: row?.createdAt ?? null, limit: row?.absoluteExpiresAt ?? null, now: context.clock.nowMs() }),
  })
  return isOver ? EXPIRED : null
}

/** The account is read on every request: a change of role or a disabled account counts at once (OWASP ASVS 5 V7.4.2). */
const sessionAccount: Check = (attempt) => {
  const { context, request } = attempt
  const account = lookUpAccount(context, request.session.account ?? '')
  if (!account || account.isDisabled) return refuseAccount(attempt)
  attempt.account = account
  return null
}

const refuseAccount = async ({ context, request, response }: Attempt): Promise<Denial> => {
  await endSession(context, request, response)
  return unauthorized('account-disabled', 'This account is disabled.')
}

const accessToken: Check = (attempt) => {
  const refreshing = refreshKeys(attempt.context.policy, attempt.secret)
  return refreshing ? refreshing.then(() => checkAccessToken(attempt)) : checkAccessToken(attempt)
}

/** A token without these claims is of no use to whoever counts tokens. */
const notePresentedClaims = ({ jti, sub, sid, iat, exp }: { [Claim in keyof PresentedToken]?: unknown }): void => {
  if (typeof jti !== 'string' || typeof sub !== 'string') return
  if (typeof iat !== 'number' || typeof exp !== 'number' || !Number.isFinite(iat) || !Number.isFinite(exp)) return
  notePresented({ jti, sub, sid: typeof sid === 'string' ? sid : null, iat, exp })
}

const checkAccessToken = (attempt: Attempt): Denial | null => {
  const verification = verifyAccessToken(attempt.context.policy, attempt.secret)
  if (verification.denied === null) {
    attempt.claims = verification.claims
    notePresentedClaims(verification.claims)
    attempt.context.counts.tokensVerified++
    return null
  }
  const { denied, title, genuine } = verification
  if (genuine) notePresentedClaims(genuine)
  return { verdict: denied, status: 401, detail: `${title}.`, challenge: challenge('invalid_token', title) }
}

const tokenRevocation: Check = ({ context, claims, secret }) => {
  if (!claims) return null
  return context.revocation.way === 'introspection' ? askIntrospection(context, secret, claims) : checkRevocation(context, claims)
}

/** With re-check the account is read, as it is for a session. */
const tokenAccount: Check = (attempt) => {
  if (!attempt.context.revocation.isAccountRead || !attempt.claims) return null
  const { account, denial } = recheckAccount(attempt.context, attempt.claims)
  attempt.account = account
  return denial
}

/** Checks by mechanism, in order. The first that fails is the verdict; nothing after it runs. */
const CHECKS: Readonly<Record<Mechanism, readonly Check[]>> = {
  session: [ambientRequest, cookieSignature, sessionLookup, idleTimeout, absoluteTimeout, sessionAccount],
  'jwt-bearer': [accessToken, tokenRevocation, tokenAccount],
  'jwt-cookie': [ambientRequest, accessToken, tokenRevocation, tokenAccount],
}

/** Who the request is from, or why that is not known. */
export type Authentication = { principal: Principal; denial: null } | { principal: null; denial: Denial }

const toPrincipal = ({ mechanism, account, claims, sid }: Attempt): Principal | null => {
  const sessionId = claims ? null : publicId(sid)
  if (account) {
    const { name, role, scopes } = account
    return { name, role, scopes, mechanism, sessionId, claims, authority: 'account' }
  }
  if (!claims) return null
  const scopes = claims.scope.split(' ').filter(Boolean)
  return { name: claims.sub, role: claims.role, scopes, mechanism, sessionId, claims, authority: 'token' }
}

/** The cookies that count, the session's before the token's. */
const cookiesOf = ({ cookies: { names } }: TargetContext, accepted: readonly Mechanism[]): string[] => [
  ...(accepted.includes('session') ? [SESSION_COOKIE] : []),
  ...(accepted.includes('jwt-cookie') ? [names.access] : []),
]

const secretOf = (credential: Credential): string => (credential.mechanism === 'session' ? credential.cookie : credential.token)

/**
 * Finds the one credential of a request and checks it.
 * @param accepted the mechanisms that make sense here.
 */
export const authenticate = async (
  context: TargetContext,
  request: Request,
  response: Response,
  accepted: readonly Mechanism[] = MECHANISMS,
): Promise<Authentication> => {
  const credential = findCredential(request, cookiesOf(context, accepted))
  if (!credential || !accepted.includes(credential.mechanism)) return { principal: null, denial: NO_CREDENTIAL }
  const { mechanism } = credential
  noteMechanism(mechanism)
  const look: SessionLook = { state: 'unknown', row: null }
  const attempt: Attempt = {
    context,
    request,
    response,
    secret: secretOf(credential),
    mechanism,
    sid: '',
    look,
    account: null,
    claims: null,
  }
  for (const check of CHECKS[mechanism]) {
    const found = check(attempt)
    // Most checks answer at once: then so does this one, in the same turn.
    const denial = found instanceof Promise ? await found : found
    if (denial) return { principal: null, denial }
  }
  const principal = toPrincipal(attempt)
  if (!principal) return { principal: null, denial: NO_CREDENTIAL }
  noteAccount(principal.name)
  return { principal, denial: null }
}
