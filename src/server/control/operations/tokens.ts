import type { IssuedToken } from '../../../contract/tokens.ts'
import type { TokenRecord } from '../../credentials/issued-tokens.ts'
import { revokeToken } from '../revoke.ts'
import { api } from './implementer.ts'

const toIssuedToken = ({ ordinal: _, ...record }: TokenRecord, now: number): IssuedToken => ({
  ...record,
  state: record.expiresAt <= now ? 'expired' : 'active',
})

/** Operations on access tokens. */
export const tokens = api.tokens.router({
  list: api.tokens.list.handler(({ context: { lab }, input: { state, limit, ...filter } }) => {
    const now = lab.clock.nowMs()
    return lab.credentials.tokens
      .list(filter)
      .map((record) => toIssuedToken(record, now))
      .filter((token) => state === undefined || token.state === state)
      .slice(0, limit)
  }),
  revoke: api.tokens.revoke.handler(({ context: { lab }, input: { jti } }) => revokeToken(lab, jti)),
})
