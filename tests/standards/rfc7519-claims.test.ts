import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MAX_LEEWAY_SECONDS } from '../../src/contract/cluster.ts'
import { decodeCompactJwt } from '../../src/protocol/jwt.ts'
import { generateKey } from '../../src/server/new-key.ts'
import { hs256Key, type TokenKeySource } from '../../src/server/target-keys.ts'
import { grant } from '../target/refresh.ts'
import { advance, bearer, startTarget, type Target } from '../target/support.ts'
import { twin } from '../target/tokens/boundary-tokens.ts'
import { signed } from '../target/tokens/signed.ts'
import { RFC7515, UNSECURED } from './published-vectors.ts'

const EXAMPLE = RFC7515['A.1']

describe('the examples', () => {
  let lab: Target
  /** Knows the key of the example, which names none: the same claims are signed anew with its kid. */
  const exampleKey: TokenKeySource = hs256Key('example', Buffer.from(EXAMPLE.key.k ?? '', 'base64url'))
  beforeAll(async () => {
    lab = await startTarget({ keys: { cookieSecrets: ['one'], tokenKeys: [exampleKey] } })
  })
  afterAll(() => lab.close())
  const judge = async (text: string): Promise<string> => (await lab.send('GET', '/me', { headers: bearer(text) })).trace.verdict

  test('§3.1, "Example JWT": the claims are {"iss":"joe", "exp":1300819380, "http://example.com/is_root":true}', () => {
    expect(decodeCompactJwt(EXAMPLE.token)).toMatchObject({
      isWellFormed: true,
      header: { typ: 'JWT', alg: 'HS256' },
      payload: { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true },
    })
  })

  test('§3.1: well signed by a key that is known, it is still no access token of this service, and is told so', async () => {
    expect(await judge(EXAMPLE.token)).toBe('unknown-key')
    const claims = Buffer.from(EXAMPLE.token.split('.')[1] ?? '', 'base64url')
    expect(await judge(signed(exampleKey, { typ: 'JWT', alg: 'HS256', kid: 'example' }, claims))).toBe('wrong-token-type')
    expect(await judge(signed(exampleKey, { typ: 'at+jwt', alg: 'HS256', kid: 'example' }, claims))).toBe('wrong-issuer')
  })

  test('§6.1, "Example Unsecured JWT": it is decoded, and "alg" "none" is refused, under whatever kid', async () => {
    expect(decodeCompactJwt(UNSECURED)).toMatchObject({ isWellFormed: true, header: { alg: 'none' }, signature: new Uint8Array() })
    expect(await judge(UNSECURED)).toBe('unsupported-algorithm')
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: 'example' })).toString('base64url')
    expect(await judge(`${header}.${UNSECURED.split('.')[1]}.`)).toBe('unsupported-algorithm')
  })
})

describe('14. RFC 7519 §4.1.7: "The "jti" claim can be used to prevent the JWT from being replayed": the denylist holds iss and jti, until exp', () => {
  test('every spelling of a revoked token is refused, the twin of its ECDSA signature too, and a token of another jti is not', async () => {
    const key: TokenKeySource = { ...(await generateKey('ES256')), isSigning: true }
    const own = await startTarget({
      revocation: 'denylist',
      keys: { cookieSecrets: ['one'], tokenKeys: [key] },
    })
    onTestFinished(() => own.close())
    const [one, two] = [(await grant(own)).access_token, (await grant(own)).access_token]
    const [head = '', payload = '', signature = ''] = one.split('.')
    const twinOfOne = `${head}.${payload}.${twin(signature)}`
    const judgeOwn = async (text: string) => (await own.send('GET', '/me', { headers: bearer(text) })).trace.verdict
    expect([await judgeOwn(one), await judgeOwn(twinOfOne), await judgeOwn(two)]).toEqual(['allowed', 'allowed', 'allowed'])
    const { jti, sid, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    await own.target.revocations.revokeToken({ jti, sid, account: 'alice', expiresAt: exp * 1000 })
    expect([await judgeOwn(one), await judgeOwn(twinOfOne), await judgeOwn(two)]).toEqual(['token-revoked', 'token-revoked', 'allowed'])
    // Another signature over the same claims: ECDSA is not deterministic.
    expect(await judgeOwn(signed(key, Buffer.from(head, 'base64url'), Buffer.from(payload, 'base64url')))).toBe('token-revoked')
    expect(await own.target.revocations.listDenied({ q: jti, limit: 10 })).toMatchObject([
      { kind: 'jti', value: jti, expiresAt: exp * 1000 },
    ])
  })

  test('the entry stays for as long as any leeway could forgive the token its exp, and no longer than that much', async () => {
    const own = await startTarget({ revocation: 'denylist' })
    onTestFinished(() => own.close())
    const revoke = async () => {
      const { jti, sid, exp } = JSON.parse(Buffer.from((await grant(own)).access_token.split('.')[1] ?? '', 'base64url').toString())
      await own.target.revocations.revokeToken({ jti, sid, account: 'alice', expiresAt: exp * 1000 })
      return jti
    }
    const count = async () => (await own.target.revocations.counts()).denied
    await revoke()
    advance(own, 900 + MAX_LEEWAY_SECONDS - 1)
    await revoke()
    expect(await count()).toBe(2)
    advance(own, 1)
    await revoke()
    expect(await count()).toBe(2)
  })
})
