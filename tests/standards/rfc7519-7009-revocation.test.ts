import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { RevocationWay } from '../../src/contract/revocation.ts'
import type { TargetDeps } from '../../src/server/target/context.ts'
import { grant, refresh, refreshTokenOf } from '../target/refresh.ts'
import { type Answer, bearer, startTarget, type Target } from '../target/support.ts'
import { twin } from '../target/tokens/boundary-tokens.ts'

let lab: Target
const start = async (revocation: RevocationWay, changed: Partial<TargetDeps> = {}): Promise<void> => {
  lab = await startTarget({ revocation, ...changed })
}
afterEach(() => lab.close())

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const me = (token: string) => lab.send('GET', '/me', { headers: bearer(token) })
const revoke = (token: string) => lab.send('POST', '/token/revoke', { json: { token } })
const outcome = ({ status, trace }: Answer) => [status, trace.verdict]
const ALLOWED = [200, 'allowed']
const REVOKED = [401, 'token-revoked']

/** The same token with the other signature that ECDSA accepts for it. */
const twinOf = (token: string): string => {
  const [header, payload, signature = ''] = token.split('.')
  return `${header}.${payload}.${twin(signature)}`
}

describe('RFC 7519 §4.1.7: "The jti claim provides a unique identifier for the JWT"', () => {
  test('"negligible probability that the same value will be accidentally assigned": 122 random bits each, no two alike', async () => {
    await start('denylist')
    let { refresh_token } = await grant(lab)
    const ids = new Set<string>()
    for (let count = 0; count < 100; count++) {
      const answer = await refresh(lab, refresh_token)
      refresh_token = refreshTokenOf(answer)
      ids.add(claimsOf(String(answer.body['access_token'])).jti)
    }
    expect(ids.size).toBe(100)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('14. denylist on iss and jti, kept until exp', () => {
  test('a second spelling of a revoked token is revoked, too: the ECDSA twin of its signature', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...(privateKey.export({ format: 'jwk' }) as Record<string, string>), kty: 'EC' }
    const tokenKeys = [{ kid: 'es', alg: 'ES256', jwk, isSigning: true } as const]
    await start('denylist', { keys: { cookieSecrets: ['a secret'], tokenKeys } as unknown as TargetDeps['keys'] })
    const { access_token, refresh_token } = await grant(lab)
    const other = twinOf(access_token)
    expect(other).not.toBe(access_token)
    expect([outcome(await me(access_token)), outcome(await me(other))]).toEqual([ALLOWED, ALLOWED])
    await revoke(refresh_token)
    expect([outcome(await me(access_token)), outcome(await me(other))]).toEqual([REVOKED, REVOKED])
  })

  test('the look-up comes after all other checks: what is not genuine asks the store nothing', async () => {
    await start('denylist', { storeFaults: { latencyMs: 0, isOut: false } })
    const { access_token } = await grant(lab)
    const [header, payload, signature = ''] = access_token.split('.')
    const bent = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const before = lab.target.counts().revocationReads
    expect(outcome(await me(bent))).toEqual([401, 'bad-signature'])
    lab.clock.setOffset(lab.clock.nowMs() + 900_000 - Date.now())
    expect(outcome(await me(access_token))).toEqual([401, 'token-expired'])
    expect(lab.target.counts().revocationReads).toBe(before)
  })
})

describe('RFC 7519 §2: NumericDate, "non-integer values can be represented"', () => {
  test('by not-before a token of the same second is refused when it is from before the moment, and accepted from after it', async () => {
    await start('not-before')
    const { access_token, refresh_token } = await grant(lab)
    lab.clock.setOffset(lab.clock.nowMs() + 10 - Date.now())
    await revoke(refresh_token)
    lab.clock.setOffset(lab.clock.nowMs() + 10 - Date.now())
    const after = (await grant(lab)).access_token
    expect(Math.floor(claimsOf(after).iat)).toBe(Math.floor(claimsOf(access_token).iat))
    expect([outcome(await me(access_token)), outcome(await me(after))]).toEqual([REVOKED, ALLOWED])
  })
})

describe('RFC 7009', () => {
  test.each(['denylist', 'not-before', 'version'] as const)(
    '§2.1: "the authorization server SHOULD also invalidate all access tokens based on the same authorization grant" (%s)',
    async (way) => {
      await start(way)
      const first = await grant(lab)
      const second = await refresh(lab, first.refresh_token)
      const tokens = [first.access_token, String(second.body['access_token'])]
      expect((await revoke(refreshTokenOf(second))).status).toBe(200)
      for (const token of tokens) expect(outcome(await me(token))).toEqual(REVOKED)
    },
  )

  test('§2.2.1: 503, "the client must assume the token still exists and may retry after a reasonable delay"', async () => {
    const storeFaults = { latencyMs: 0, isOut: false }
    await start('denylist', { storeFaults })
    const { access_token, refresh_token } = await grant(lab)
    storeFaults.isOut = true
    const answer = await revoke(refresh_token)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    storeFaults.isOut = false
    expect(outcome(await me(access_token))).toEqual(ALLOWED)
    expect((await revoke(refresh_token)).status).toBe(200)
    expect(outcome(await me(access_token))).toEqual(REVOKED)
  })
})
