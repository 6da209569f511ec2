import type { RequestHandler } from 'express'
import { parseCookieHeader } from '../../../protocol/cookie.ts'
import { sidOfFamily } from '../../storage/revoker.ts'
import { authenticateClient } from '../client-authentication.ts'
import type { TargetContext } from '../context.ts'
import { checkAmbientRequest } from '../csrf.ts'
import { RevokeInput } from '../input.ts'
import { sendOAuthError } from '../problem.ts'
import { findBound } from '../tokens/refresh-tokens.ts'
import { revokeDevice } from '../tokens/revoke-access.ts'
import { revokeFamily } from '../tokens/revoke-refresh.ts'
import { noteAccount, noteMechanism, noteVerdict } from '../trace.ts'

/**
 * `POST /token/revoke` (RFC 7009): ends a refresh token and its whole family; a token that is not known is no error. A
 * confidential client authenticates, public ones only say their id; only the client that a token was issued to may revoke it (§2.1, §5).
 */
export const revokeToken =
  (context: TargetContext): RequestHandler =>
  async (request, response) => {
    const { data } = RevokeInput.safeParse(request.body ?? {})
    const isCookie = data?.transport === 'cookie'
    const cookies = isCookie ? parseCookieHeader(request.headers.cookie ?? '') : []
    const token = isCookie ? (cookies.find(({ name }) => name === context.cookies.names.refresh)?.value ?? '') : data?.token
    if (!data || token === undefined) {
      sendOAuthError(response, 'invalid_request', { verdict: 'not-auth', status: 400, detail: 'token is missing, repeated or not valid.' })
      return
    }
    const stated = { clientId: data.client_id, hasSecret: data.client_secret !== undefined }
    const client = authenticateClient(context, request, stated, false)
    if (client.denial) {
      sendOAuthError(response, client.error, client.denial)
      return
    }
    noteMechanism(isCookie ? 'jwt-cookie' : 'jwt-bearer')
    const foreign = isCookie ? checkAmbientRequest(request) : null
    if (foreign) {
      sendOAuthError(response, 'invalid_request', foreign)
      return
    }
    // Refresh tokens have no dots; a JWT is judged by its signature alone, and no list here could hold it.
    if (token.split('.').length === 3) {
      const detail = 'Access tokens cannot be revoked here: they stay good until they expire.'
      sendOAuthError(response, 'unsupported_token_type', { verdict: 'not-auth', status: 400, detail })
      return
    }
    const { record, why } = await findBound(context, token, client.clientId)
    if (why?.isOtherClient) {
      sendOAuthError(response, 'invalid_grant', why.denial)
      return
    }
    if (record) {
      noteAccount(record.account)
      await revokeFamily(context, record)
      await revokeDevice(context, sidOfFamily(record.family), record.account)
    }
    noteVerdict('allowed')
    if (isCookie) context.cookies.clear(response)
    // RFC 7009 §2.2: the status alone speaks.
    response.status(200).end()
  }
