import { afterEach, describe, expect, test } from 'vitest'
import { grant, refresh, refreshTokenOf } from './refresh.ts'
import { advance, bearer, startTarget, type Target } from './support.ts'

let lab: Target
afterEach(() => lab.close())

const me = async (token: string): Promise<number> => (await lab.send('GET', '/me', { headers: bearer(token) })).status
const revoke = async (token: string): Promise<number> => (await lab.send('POST', '/token/revoke', { json: { token } })).status

// These two ways know accounts alone: whoever could revoke with a stale copy could log its account out again and again.
describe.each(['not-before', 'version'] as const)('RFC 7009 §2.2: a token that is not good any more ends nothing (%s)', (revocation) => {
  /** A login after the revocation, which outlives whatever the stale copies are used for. */
  const outlives = async (...stale: string[]): Promise<void> => {
    advance(lab, 10)
    const later = await grant(lab)
    for (const token of stale) {
      advance(lab, 10)
      expect(await revoke(token)).toBe(200)
      expect(await me(later.access_token)).toBe(200)
    }
  }

  test('an access token that was revoked', async () => {
    lab = await startTarget({ revocation })
    const { access_token } = await grant(lab)
    expect(await revoke(access_token)).toBe(200)
    expect(await me(access_token)).toBe(401)
    await outlives(access_token)
  })

  test('a refresh token that was revoked', async () => {
    lab = await startTarget({ revocation })
    const { refresh_token } = await grant(lab)
    expect(await revoke(refresh_token)).toBe(200)
    await outlives(refresh_token)
  })

  test('both tokens of a family that a reuse has ended', async () => {
    lab = await startTarget({ revocation })
    const first = await grant(lab)
    const second = refreshTokenOf(await refresh(lab, first.refresh_token))
    expect((await refresh(lab, first.refresh_token)).trace.verdict).toBe('refresh-reused')
    await outlives(first.refresh_token, second)
  })

  test('but access tokens end when the family did and they did not, as after half a revocation', async () => {
    lab = await startTarget({ revocation })
    const { access_token, refresh_token } = await grant(lab)
    lab.database.prepare("UPDATE refresh_families SET revoked_at = ?, revoked_reason = 'logout'").run(lab.clock.nowMs())
    expect(await me(access_token)).toBe(200)
    expect(await revoke(refresh_token)).toBe(200)
    expect(await me(access_token)).toBe(401)
  })
})

test.each(['none', 'denylist', 'introspection'] as const)(
  'a stale refresh token is noted as revoked once, however often it is sent (%s)',
  async (revocation) => {
    lab = await startTarget({ revocation })
    const { refresh_token } = await grant(lab)
    const noted = async () => (await lab.send('POST', '/token/revoke', { json: { token: refresh_token } })).trace.revocations.length
    expect([await noted(), await noted(), await noted()]).toEqual([1, 0, 0])
  },
)
