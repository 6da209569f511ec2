import type { RequestHandler } from 'express'
import { parseCookieHeader } from '../../../protocol/cookie.ts'
import type { RefreshRecord } from '../../storage/refresh-store.ts'
import { sidOfFamily } from '../../storage/revoker.ts'
import { authenticateClient } from '../client-authentication.ts'
import type { TargetContext } from '../context.ts'
import { checkAmbientRequest } from '../csrf.ts'
import { RevokeInput } from '../input.ts'
import { type Denial, sendOAuthError } from '../problem.ts'
import { checkAsIssuer } from '../tokens/check-revocation.ts'
import { findBound } from '../tokens/refresh-tokens.ts'
import { revokeToken as revokeAccessToken, revokeDevice } from '../tokens/revoke-access.ts'
import { revokeFamily } from '../tokens/revoke-refresh.ts'
import { refreshKeys, verifyAccessToken } from '../tokens/verify.ts'
import { noteAccount, noteMechanism, noteVerdict } from '../trace.ts'

/** Why a token is not ended although the request could be read. */
interface Refused {
  readonly error: string
  readonly denial: Denial
}

const UNSUPPORTED: Refused = {
  error: 'unsupported_token_type',
  denial: { verdict: 'not-auth', status: 400, detail: 'Access tokens cannot be revoked here: they stay good until they expire.' },
}
const OTHER_CLIENT: Refused = {
  error: 'invalid_grant',
  denial: { verdict: 'not-auth', status: 400, detail: 'This access token was issued to another client.' },
}

/** A token and the client that wants it ended; null = one that did not say who it is. */
type End = (context: TargetContext, token: string, clientId: string | null) => Promise<Refused | null>

/** RFC 7009 §2.2.1: refused where a JWT is judged by its signature alone. §2.2: one that is not good any more is no error. */
const endAccess: End = async (context, token, clientId) => {
  if (context.revocation.way === 'none') return UNSUPPORTED
  await refreshKeys(context.policy, token)
  const verification = verifyAccessToken(context.policy, token)
  if (verification.denied !== null) return null
  const { claims } = verification
  if ((claims.client_id ?? null) !== clientId) return OTHER_CLIENT
  noteAccount(claims.sub)
  // One that has ended ends nothing more: by the ways that know accounts alone, a stale copy would log the account out again and again.
  if (!(await checkAsIssuer(context, claims))) await revokeAccessToken(context, claims)
  return null
}

/**
 * Whether the access tokens of a family ended along with it before. Not when the family alone is over, as after half a revocation: that one is
 * tried again.
 */
const hasEndedBefore = async (
  { refresh, revocation: { way, records }, clock }: TargetContext,
  { family, account, revokedReason }: RefreshRecord,
): Promise<boolean> => {
  if (revokedReason === null) return false
  if (way === 'none') return true
  if (way === 'denylist' || way === 'introspection') return (await records.findDenied('', sidOfFamily(family))) !== null
  const [ended] = await refresh.store.list({ account, id: family, limit: 1 }, clock.nowMs())
  const mark = await records.findMark(account)
  return mark !== null && ended?.revokedAt != null && mark.changedAt >= ended.revokedAt
}

const endRefresh: End = async (context, token, clientId) => {
  const { record, why } = await findBound(context, token, clientId)
  if (!record) return why.isOtherClient ? { error: 'invalid_grant', denial: why.denial } : null
  noteAccount(record.account)
  await revokeFamily(context, record)
  if (!(await hasEndedBefore(context, record))) await revokeDevice(context, sidOfFamily(record.family), record.account)
  return null
}

/**
 * `POST /token/revoke` (RFC 7009): ends an access token by the way in force, or a refresh token with its whole family; a
 * token that is not known is no error. A
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
    // Refresh tokens have no dots. RFC 7009 §2.1: a hint may be wrong, so none is needed.
    const refused = await (token.includes('.') ? endAccess : endRefresh)(context, token, client.clientId)
    if (refused) {
      sendOAuthError(response, refused.error, refused.denial)
      return
    }
    noteVerdict('allowed')
    if (isCookie) context.cookies.clear(response)
    // RFC 7009 §2.2: the status alone speaks.
    response.status(200).end()
  }
