import type { CookieOptions, Response } from 'express'
import type { Account } from '../../../contract/accounts.ts'
import type { TargetContext } from '../context.ts'
import { REFRESH_COOKIE, TOKEN_COOKIE } from '../credentials.ts'
import { COOKIE_ATTRIBUTES, deviceOf, REFRESH_COOKIE_ATTRIBUTES } from '../session-middleware.ts'
import { issueAccessToken } from '../tokens/issue.ts'
import type { IssuedRefresh } from '../tokens/refresh-tokens.ts'
import { noteMechanism, noteVerdict } from '../trace.ts'

/** What a token request has earned. */
export interface Earned {
  account: Account
  scope: string
  clientId: string | undefined
  refresh: IssuedRefresh
  transport: 'body' | 'cookie'
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict' } as const

// Max-Age alone: Expires would be read on the client's clock, and Max-Age wins anyway (RFC 6265 §5.3).
const cookieLine = (name: string, value: string, seconds: number, { path, sameSite }: CookieOptions & { sameSite: 'lax' | 'strict' }) =>
  `${name}=${value}; Max-Age=${seconds}; Path=${path}; HttpOnly; SameSite=${SAME_SITE[sameSite]}`

/** Signs the access token and answers with both tokens (RFC 6749 §5.1): in the body, or in a cookie each. */
export const sendTokens = (context: TargetContext, response: Response, earned: Earned): void => {
  const { account, scope, clientId, refresh, transport } = earned
  const device = deviceOf(response.req)
  const { token } = issueAccessToken(context.policy, { account, scope, clientId, family: refresh.family, device })
  noteVerdict('allowed')
  noteMechanism(transport === 'cookie' ? 'jwt-cookie' : 'jwt-bearer')
  // RFC 6749 §5.1 asks for both.
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Pragma', 'no-cache')
  const { ttlSeconds } = context.policy
  const common = { token_type: 'Bearer', expires_in: ttlSeconds, scope }
  if (transport === 'body') {
    response.json({ access_token: token, refresh_token: refresh.token, ...common })
    return
  }
  const refreshSeconds = Math.floor((refresh.expiresAt - context.clock.nowMs()) / 1000)
  response.append('Set-Cookie', cookieLine(TOKEN_COOKIE, token, ttlSeconds, COOKIE_ATTRIBUTES))
  response.append('Set-Cookie', cookieLine(REFRESH_COOKIE, refresh.token, refreshSeconds, REFRESH_COOKIE_ATTRIBUTES))
  response.json(common)
}
