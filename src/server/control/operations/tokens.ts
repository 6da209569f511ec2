import type { IssuedToken } from '../../../contract/tokens.ts'
import type { TokenRecord } from '../../credentials/issued-tokens.ts'
import { type IsRevoked, readRevoked } from '../revocation-state.ts'
import { revokeToken } from '../revoke.ts'
import { api } from './implementer.ts'

const toIssuedToken = (record: TokenRecord, now: number, isRevoked: IsRevoked): IssuedToken => {
  const { ordinal: _, version: __, ...token } = record
  return { ...token, state: record.expiresAt <= now ? 'expired' : isRevoked(record) ? 'revoked' : 'active' }
}

/** Operations on access tokens. */
export const tokens = api.tokens.router({
  list: api.tokens.list.handler(async ({ context: { lab }, input: { state, limit, ...filter } }) => {
    const isRevoked = await readRevoked(lab)
    const now = lab.clock.nowMs()
    return lab.credentials.tokens
      .list(filter)
      .map((record) => toIssuedToken(record, now, isRevoked))
      .filter((token) => state === undefined || token.state === state)
      .slice(0, limit)
  }),
  revoke: api.tokens.revoke.handler(({ context: { lab }, input: { jti } }) => revokeToken(lab, jti)),
})
