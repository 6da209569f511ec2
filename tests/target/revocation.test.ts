import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RevocationWay } from '../../src/contract/revocation.ts'
import type { Step } from '../../src/contract/step.ts'
import type { TargetDeps } from '../../src/server/target/context.ts'
import { type OpenedStorage, openStorage } from '../../src/server/target/sessions/shared-storage.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { type Answer, advance, bearer, cookieOf, forge, logIn, startTarget, type Target } from './support.ts'

const STORES = ['memory', 'sqlite', 'redis'] as const
const WAYS = ['denylist', 'not-before', 'version'] as const
const STEP = { denylist: 'token-denylist', 'not-before': 'token-account-not-before', version: 'token-version' } as const

let redis: RedisUnderTest
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.close())

let storage: OpenedStorage
let lab: Target
const faults = { latencyMs: 0, isOut: false }
const start = async (store: (typeof STORES)[number], revocation: RevocationWay, changed: Partial<TargetDeps> = {}): Promise<void> => {
  storage = await openStorage(store, store === 'redis' ? redis.url : null)
  lab = await startTarget({ createStorage: storage.createStorage, storeFaults: faults, revocation, ...changed })
  await lab.target.reset()
}
afterEach(async () => {
  Object.assign(faults, { latencyMs: 0, isOut: false })
  await lab.close()
  storage.close()
})

interface Tokens {
  access: string
  refresh: string
  claims: { jti: string; sid: string; iat: number; exp: number; ver?: number }
}

const claimsOf = (token: string): Tokens['claims'] => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const tokensOf = ({ body }: Answer): Tokens => {
  const access = String(body['access_token'])
  return { access, refresh: String(body['refresh_token']), claims: claimsOf(access) }
}
const grant = async (username = 'alice'): Promise<Tokens> =>
  tokensOf(await lab.send('POST', '/token', { json: { grant_type: 'password', username, password: `${username}-pass` } }))
const refresh = (token: string) => lab.send('POST', '/token', { json: { grant_type: 'refresh_token', refresh_token: token } })
const me = ({ access }: Tokens) => lab.send('GET', '/me', { headers: bearer(access) })
const verdictOf = async (tokens: Tokens): Promise<string> => (await me(tokens)).trace.verdict
const stepOf = ({ trace }: Answer, kind: Step['kind']) => trace.steps.find((step) => step.kind === kind)
const revoke = (token: string) => lab.send('POST', '/token/revoke', { json: { token } })
/** As an operator would: one token. */
const revokeOne = ({ claims: { jti, sid, exp } }: Tokens, account = 'alice') =>
  lab.target.revocations.revokeToken({ jti, sid, account, expiresAt: exp * 1000 })

describe.each(STORES)('with the store %s', (store) => {
  describe.each(WAYS)('by %s', (way) => {
    test('a token is good until it is revoked, and the verdict is token-revoked with the reason and its evidence from then on', async () => {
      await start(store, way)
      const tokens = await grant()
      const good = await me(tokens)
      expect([good.status, good.trace.verdict]).toEqual([200, 'allowed'])
      expect(stepOf(good, STEP[way])).toMatchObject({ outcome: 'pass', evidence: { store, rows: 0 } })
      await revokeOne(tokens)
      const bad = await me(tokens)
      expect([bad.status, bad.trace.verdict]).toEqual([401, 'token-revoked'])
      expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"')
      expect(stepOf(bad, STEP[way])).toMatchObject({ outcome: 'fail', evidence: { store, rows: 1, row: expect.any(Object) } })
      expect(typeof stepOf(bad, STEP[way])?.evidence['sql']).toBe(store === 'memory' ? 'undefined' : 'string')
    })

    test('one token: by the denylist that one alone, else every token of the account, and the answer says so', async () => {
      await start(store, way)
      const [one, two, bob] = [await grant(), await grant(), await grant('bob')]
      const isCollateral = way !== 'denylist'
      expect(await revokeOne(one)).toMatchObject({ way, scope: 'token', account: 'alice', isCollateral, endsAt: one.claims.exp * 1000 })
      const other = isCollateral ? 'token-revoked' : 'allowed'
      expect([await verdictOf(one), await verdictOf(two), await verdictOf(bob)]).toEqual(['token-revoked', other, 'allowed'])
    })

    test('one device: every token of that login, the refreshed ones too', async () => {
      await start(store, way)
      const first = await grant()
      const [second, elsewhere, bob] = [tokensOf(await refresh(first.refresh)), await grant(), await grant('bob')]
      await lab.target.revocations.revokeDevice(first.claims.sid, 'alice')
      expect([await verdictOf(first), await verdictOf(second)]).toEqual(['token-revoked', 'token-revoked'])
      expect(await verdictOf(elsewhere)).toBe(way === 'denylist' ? 'allowed' : 'token-revoked')
      expect(await verdictOf(bob)).toBe('allowed')
    })

    test('everything: every token of the account on every device, nobody else’s', async () => {
      await start(store, way)
      const [one, two, bob] = [await grant(), await grant(), await grant('bob')]
      const answer = await lab.send('DELETE', '/sessions', { headers: bearer(one.access) })
      expect(answer.status).toBe(204)
      expect(stepOf(answer, 'token-revoke')).toMatchObject({
        outcome: 'pass',
        evidence: { store, way, scope: 'account', account: 'alice', rows: way === 'denylist' ? 2 : 1, isCollateral: false },
      })
      expect([await verdictOf(one), await verdictOf(two), await verdictOf(bob)]).toEqual(['token-revoked', 'token-revoked', 'allowed'])
    })

    test('after a new login in the very same millisecond the new token is good and the old one is not', async () => {
      await start(store, way)
      const old = await grant()
      await lab.target.revocations.revokeAccount('alice', [])
      const fresh = await grant()
      expect([await verdictOf(old), await verdictOf(fresh)]).toEqual(['token-revoked', 'allowed'])
      expect([await verdictOf(old), await verdictOf(tokensOf(await refresh(fresh.refresh)))]).toEqual(['token-revoked', 'allowed'])
    })

    test('a logout by POST /token/revoke ends the access tokens of that login', async () => {
      await start(store, way)
      const [tokens, bob] = [await grant(), await grant('bob')]
      const answer = await revoke(tokens.refresh)
      expect(answer.status).toBe(200)
      expect(answer.trace.revocations).toEqual([{ scope: 'device', account: 'alice', jti: null, sid: tokens.claims.sid, sessionId: null }])
      expect([await verdictOf(tokens), await verdictOf(bob)]).toEqual(['token-revoked', 'allowed'])
    })

    test('a logout by token cookie ends its token and its refresh family', async () => {
      await start(store, way)
      const login = { grant_type: 'password', username: 'bob', password: 'bob-pass', transport: 'cookie' }
      const answer = await lab.send('POST', '/token', { json: login })
      const cookie = cookieOf(answer, 'access_token')
      expect((await lab.send('DELETE', '/session', { headers: { cookie } })).status).toBe(204)
      expect((await lab.send('GET', '/me', { headers: { cookie } })).trace.verdict).toBe('token-revoked')
      const refreshed = await lab.send('POST', '/token', {
        json: { grant_type: 'refresh_token', transport: 'cookie' },
        headers: { cookie: cookieOf(answer, 'refresh_token') },
      })
      expect([refreshed.status, refreshed.trace.verdict]).toEqual([400, 'token-revoked'])
    })

    test('a changed password ends every access token of the account', async () => {
      await start(store, way)
      const [one, two, bob] = [await grant(), await grant(), await grant('bob')]
      const change = { currentPassword: 'alice-pass', newPassword: 'a new password' }
      const answer = await lab.send('POST', '/password', { json: change, headers: bearer(one.access) })
      expect([answer.status, answer.body['accessTokens']]).toEqual([200, 'revoked'])
      expect([await verdictOf(one), await verdictOf(two), await verdictOf(bob)]).toEqual(['token-revoked', 'token-revoked', 'allowed'])
    })

    test('RFC 9700 §4.14.2: the reuse of a refresh token ends the access tokens of its family, too', async () => {
      await start(store, way)
      const first = await grant()
      const second = tokensOf(await refresh(first.refresh))
      expect((await refresh(first.refresh)).trace.verdict).toBe('refresh-reused')
      expect(await verdictOf(second)).toBe('token-revoked')
    })

    test('while the store is out nobody gets in by token: 503, one step that says so, and no token is issued', async () => {
      await start(store, way)
      const tokens = await grant()
      faults.isOut = true
      const answer = await me(tokens)
      expect([answer.status, answer.trace.verdict]).toEqual([503, 'store-unavailable'])
      expect(stepOf(answer, STEP[way])).toMatchObject({ outcome: 'fail', evidence: { isReached: false } })
      expect((await refresh(tokens.refresh)).status).toBe(503)
      expect((await revoke(tokens.refresh)).status).toBe(503)
      faults.isOut = false
      expect(await verdictOf(tokens)).toBe('allowed')
      expect((await refresh(tokens.refresh)).status).toBe(200)
    })

    test('latency of the store is waited once a request, and each look-up is counted', async () => {
      await start(store, way)
      const tokens = await grant()
      const before = lab.target.counts()
      faults.latencyMs = 30
      const answer = await me(tokens)
      expect(stepOf(answer, STEP[way])?.durationUs).toBeGreaterThanOrEqual(29_000)
      const after = lab.target.counts()
      expect(after.revocationReads - before.revocationReads).toBe(1)
      expect([after.storeReads, after.storeWrites]).toEqual([before.storeReads, before.storeWrites])
    })

    test('a reset of the app forgets what was revoked', async () => {
      await start(store, way)
      const tokens = await grant()
      await lab.target.revocations.revokeAccount('alice', [])
      await lab.target.reset()
      expect(await lab.target.revocations.counts()).toEqual({ denied: 0, marks: 0 })
      expect(await verdictOf(tokens)).toBe('allowed')
    })
  })

  test('by none a revocation is noted, nobody looks it up, and what is noted counts once somebody does', async () => {
    await start(store, 'none')
    const tokens = await grant()
    const answer = await revoke(tokens.refresh)
    expect(stepOf(answer, 'token-revoke')).toMatchObject({ outcome: 'info', evidence: { way: 'none', rows: 1 } })
    const still = await me(tokens)
    expect(still.trace.verdict).toBe('allowed')
    expect(still.trace.steps.filter(({ kind }) => /denylist|version|account/.test(kind))).toEqual([])
    expect(lab.target.counts().revocationReads).toBe(0)
    expect(await lab.target.revocations.listDenied({ q: tokens.claims.sid, limit: 5 })).toMatchObject([{ kind: 'sid', account: 'alice' }])
  })
})

describe('what a way writes into tokens', () => {
  test('not-before: iat with its fraction, never at or before the moment of a revocation', async () => {
    await start('sqlite', 'not-before')
    lab.clock.setOffset(lab.clock.nowMs() + 0.25 * 1000 - Date.now())
    const now = lab.clock.nowMs()
    expect((await grant()).claims).toMatchObject({ iat: now / 1000, exp: Math.floor(now / 1000) + 900 })
    await lab.target.revocations.revokeAccount('alice', [])
    expect((await grant()).claims.iat).toBe((now + 1) / 1000)
  })

  test('version: ver, and a token without it is of the first version', async () => {
    await start('sqlite', 'version')
    expect((await grant()).claims.ver).toBe(0)
    expect((await lab.send('GET', '/me', { headers: bearer(forge(lab)) })).status).toBe(200)
    await lab.target.revocations.revokeAccount('alice', [])
    expect((await grant()).claims.ver).toBe(1)
    expect((await lab.send('GET', '/me', { headers: bearer(forge(lab)) })).trace.verdict).toBe('token-revoked')
  })

  test.each(['none', 'denylist'] as const)('%s: whole seconds and no version', async (way) => {
    await start('sqlite', way)
    lab.clock.setOffset(lab.clock.nowMs() + 0.25 * 1000 - Date.now())
    const { claims } = await grant()
    expect(Number.isInteger(claims.iat)).toBe(true)
    expect(claims).not.toHaveProperty('ver')
  })
})

describe('entries outlive the tokens that they end', () => {
  test('also those that were issued to live longer than tokens do now, and with leeway', async () => {
    await start('sqlite', 'denylist', { longestTokenSeconds: 7200, leewaySeconds: 300 })
    const tokens = await grant()
    const [entry] = (await lab.target.revocations.revokeDevice(tokens.claims.sid, 'alice')).entries
    expect(entry?.expiresAt).toBe(lab.clock.nowMs() + 7_200_000)
    advance(lab, 900 + 299)
    await revoke((await grant('bob')).refresh)
    expect(await verdictOf(tokens)).toBe('token-revoked')
  })

  test('everything includes the login whose family is over while its last access token still lives', async () => {
    const limits = { sessionIdle: 1800, sessionAbsolute: 43_200, accessToken: 900, refreshIdle: 60, refreshAbsolute: 60, refreshGrace: 0 }
    await start('sqlite', 'denylist', { lifetimes: limits })
    const tokens = await grant()
    advance(lab, 120)
    const cookie = await logIn(lab)
    await lab.send('DELETE', '/sessions', { headers: { cookie } })
    expect(await verdictOf(tokens)).toBe('token-revoked')
  })
})

test('a logout by token cookie ends its refresh family also where the account has logged in a thousand times since', async () => {
  await start('sqlite', 'none')
  const json = { grant_type: 'password', username: 'bob', password: 'bob-pass', transport: 'cookie' }
  const answer = await lab.send('POST', '/token', { json })
  const insert = lab.database.prepare(
    `INSERT INTO refresh_families (key, id, account, scope, created_at, absolute_expires_at) VALUES (?, ?, 'bob', '', @now, @now + 9000)`,
  )
  for (let count = 0; count < 1001; count++) insert.run(count, String(count).padStart(64, '0'), { now: lab.clock.nowMs() + 1 })
  expect((await lab.send('DELETE', '/session', { headers: { cookie: cookieOf(answer, 'access_token') } })).status).toBe(204)
  const headers = { cookie: cookieOf(answer, 'refresh_token') }
  const refreshed = await lab.send('POST', '/token', { json: { grant_type: 'refresh_token', transport: 'cookie' }, headers })
  expect([refreshed.status, refreshed.trace.verdict]).toEqual([400, 'token-revoked'])
})
