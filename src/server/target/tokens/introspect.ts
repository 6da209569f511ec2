import { judgeUse } from '../../storage/refresh-store.ts'
import { lookUpAccount } from '../accounts.ts'
import type { TargetContext } from '../context.ts'
import { report, startTimer } from '../trace.ts'
import { checkAsIssuer } from './check-revocation.ts'
import type { AccessClaims } from './issue.ts'
import { refreshKeys, verifyAccessToken } from './verify.ts'

/** Answer of the introspection endpoint (RFC 7662 §2.2); times in Unix seconds. Nothing is said of a token that is not active. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly scope: string
      readonly client_id?: string
      readonly username: string
      /** Absent for a refresh token: it is of no type that a resource server is shown (RFC 6749 §7.1). */
      readonly token_type?: 'Bearer'
      readonly exp: number
      readonly iat: number
      readonly nbf?: number
      readonly sub: string
      readonly aud?: string | readonly string[]
      readonly iss: string
      readonly jti?: string
      /** Of this service (RFC 7662 §2.2 allows more members), as in its access tokens. */
      readonly role?: string
      readonly sid?: string
    }

const SOURCE = { kind: 'token-introspection', clause: 'RFC 7662 §2.2', file: 'tokens/introspect.ts', symbol: 'introspectToken' } as const
const LOOKUP = { kind: 'refresh-lookup', clause: 'RFC 7662 §2.2', file: 'tokens/introspect.ts', symbol: 'introspectRefresh' } as const
const INACTIVE: Introspection = { active: false }

/** Claims that go into the answer as they are, where the token has them. */
const CLAIMS = ['client_id', 'nbf', 'sid'] as const

const answerOf = (claims: AccessClaims): Introspection => ({
  active: true,
  scope: claims.scope,
  username: claims.sub,
  token_type: 'Bearer',
  exp: claims.exp,
  iat: claims.iat,
  sub: claims.sub,
  aud: claims.aud,
  iss: claims.iss,
  jti: claims.jti,
  role: claims.role,
  ...Object.fromEntries(Object.entries(claims).filter(([name]) => CLAIMS.some((known) => known === name))),
})

/** RFC 7662 §4: everything that a resource server would have to check about the token is checked here, its revocation by the way in force. */
const introspectAccess = async (context: TargetContext, token: string): Promise<Introspection> => {
  await refreshKeys(context.policy, token)
  const verification = verifyAccessToken(context.policy, token)
  if (verification.denied !== null) return INACTIVE
  const { claims } = verification
  if (await checkAsIssuer(context, claims)) return INACTIVE
  const account = lookUpAccount(context, claims.sub)
  return account && !account.isDisabled ? answerOf(claims) : INACTIVE
}

/** A look, not a use: an old one that is asked about ends no family. */
const introspectRefresh = async (context: TargetContext, token: string): Promise<Introspection> => {
  const startedAt = startTimer()
  const { limits, store } = context.refresh
  const record = await store.find(token)
  const state = record ? judgeUse(record, context.clock.nowMs(), limits.graceSeconds * 1000) : 'unknown'
  report(LOOKUP, {
    outcome: record ? 'pass' : 'fail',
    startedAt,
    title: record ? 'The hash of the refresh token is in the store' : 'The store knows no such token',
    evidence: () => ({ sql: store.statements?.find, rows: record ? 1 : 0, row: record, state }),
  })
  if (!record || state !== 'live') return INACTIVE
  const account = lookUpAccount(context, record.account)
  if (!account || account.isDisabled) return INACTIVE
  return {
    active: true,
    scope: record.scope,
    ...(record.clientId !== null && { client_id: record.clientId }),
    username: record.account,
    exp: Math.floor(Math.min(record.idleExpiresAt, record.absoluteExpiresAt) / 1000),
    iat: Math.floor(record.issuedAt / 1000),
    sub: record.account,
    iss: context.policy.issuer,
  }
}

/** What this authorization server says of a token of any kind (RFC 7662 §2.1: a hint may be wrong, so none is needed). */
export const introspectToken = async (context: TargetContext, token: string): Promise<Introspection> => {
  const startedAt = startTimer()
  // Refresh tokens have no dots.
  const kind = token.includes('.') ? 'access' : 'refresh'
  const answer = await (kind === 'access' ? introspectAccess(context, token) : introspectRefresh(context, token))
  report(SOURCE, {
    outcome: answer.active ? 'pass' : 'fail',
    startedAt,
    title: answer.active ? 'The token is active' : 'The token is not active; why is not said',
    evidence: () => ({ kind, answer }),
  })
  return answer
}
