import type { Response } from 'express'
import type { Account } from '../../../contract/accounts.ts'
import type { TargetContext } from '../context.ts'
import { deviceOf } from '../session-middleware.ts'
import { type IssueTerms, issueAccessToken } from '../tokens/issue.ts'
import type { IssuedRefresh } from '../tokens/refresh-tokens.ts'
import { noteMechanism, noteVerdict } from '../trace.ts'

/** What a token request has earned. */
export interface Earned {
  account: Account
  terms: IssueTerms
  scope: string
  clientId: string | undefined
  refresh: IssuedRefresh
  transport: 'body' | 'cookie'
}

/** Signs the access token and answers with both tokens (RFC 6749 §5.1): in the body, or in a cookie each. */
export const sendTokens = (context: TargetContext, response: Response, earned: Earned): void => {
  const { account, terms, scope, clientId, refresh, transport } = earned
  const device = deviceOf(response.req)
  const { token } = issueAccessToken(context.policy, { account, terms, scope, clientId, family: refresh.family, device })
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
  context.cookies.set(response, { access: token, accessSeconds: ttlSeconds, refresh: refresh.token, refreshSeconds })
  response.json(common)
}
