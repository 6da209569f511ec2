import { createRemoteJWKSet, decodeProtectedHeader, importJWK, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { REVOCATION_WAYS } from '../../../src/contract/revocation.ts'
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import { generateKey } from '../../../src/server/new-key.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'
import { send, startTestLab } from '../../support/start-lab.ts'
import { grant, refresh } from '../refresh.ts'
import { AUDIENCE, cookieOf, ISSUER, startTarget, type Target } from '../support.ts'

const keys = new Map<TokenAlgorithm, TokenKeySource>()
let lab: Target
beforeAll(async () => {
  for (const alg of TOKEN_ALGORITHMS) keys.set(alg, { ...(await generateKey(alg)), isSigning: false })
  lab = await startTarget()
})
afterAll(() => lab.close())

const signBy = (alg: TokenAlgorithm): void =>
  lab.target.setKeys({ cookieSecrets: ['one'], tokenKeys: [...keys.values()].map((key) => ({ ...key, isSigning: key.alg === alg })) })

const isSymmetric = (alg: TokenAlgorithm): boolean => alg.startsWith('HS')

/** What a peer verifies with: the published set, fetched over HTTP; a shared secret where the algorithm is symmetric. */
const keysFor = (alg: TokenAlgorithm): JWTVerifyGetKey => {
  if (!isSymmetric(alg)) return createRemoteJWKSet(new URL('/.well-known/jwks.json', lab.url))
  const { kid, jwk } = keys.get(alg) as TokenKeySource
  return async (header) => {
    if (header.kid !== kid) throw new Error('another key')
    return importJWK(jwk, alg)
  }
}

/** Every token that the target gives out, however it is asked for one. */
const issuedTokens = async (): Promise<string[]> => {
  const named = await grant(lab, { client_id: 'web', scope: 'profile' })
  const bobs = await grant(lab, {}, 'bob')
  const refreshed = await refresh(lab, bobs.refresh_token)
  const byCookie = { grant_type: 'password', username: 'mallory', password: 'mallory-pass', transport: 'cookie' }
  const cookie = cookieOf(await lab.send('POST', '/token', { json: byCookie }), 'access_token').slice('access_token='.length)
  return [named.access_token, bobs.access_token, String(refreshed.body['access_token']), cookie]
}

describe.each(TOKEN_ALGORITHMS)('%s: jose, as an independent peer', (alg) => {
  const verify = (token: string, getKey: JWTVerifyGetKey): Promise<{ payload: JWTPayload }> =>
    jwtVerify(token, getKey, {
      algorithms: [alg],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      // RFC 9068 §2.2.
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'iat', 'jti'],
      currentDate: new Date(lab.clock.nowMs()),
      maxTokenAge: 900,
    })

  test('verifies every token that is issued, and no token with one letter changed', async () => {
    signBy(alg)
    const getKey = keysFor(alg)
    const subjects: (string | undefined)[] = []
    for (const token of await issuedTokens()) {
      const { payload } = await verify(token, getKey)
      subjects.push(payload.sub)
      expect(decodeProtectedHeader(token)).toEqual({ alg, typ: 'at+jwt', kid: keys.get(alg)?.kid })
      expect(payload['role']).toEqual(expect.any(String))
      const at = token.indexOf('.') + 20
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      await expect(verify(changed, getKey)).rejects.toThrow('signature verification failed')
    }
    expect(subjects).toEqual(['alice', 'bob', 'bob', 'mallory'])
  })

  test('finds no secret in the published set, and a key for what is signed by a private one', async () => {
    signBy(alg)
    const set = (await lab.send('GET', '/.well-known/jwks.json')).body as unknown as { keys: Record<string, unknown>[] }
    expect(set.keys.map((key) => key['alg'])).toEqual(['RS256', 'PS256', 'ES256'])
    for (const key of set.keys) for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(key).not.toHaveProperty(secret)
    const { access_token } = await grant(lab)
    const verdict = verify(access_token, createRemoteJWKSet(new URL('/.well-known/jwks.json', lab.url)))
    if (isSymmetric(alg))
      await expect(verdict).rejects.toMatchObject({ code: expect.stringMatching('ERR_JWKS_NO_MATCHING_KEY|ERR_JOSE_NOT_SUPPORTED') })
    else await verdict
  })
})

test.each(REVOCATION_WAYS)('jose verifies tokens with whatever claims revocation by %s takes', async (revocation) => {
  const own = await startTarget({
    revocation,
    keys: { cookieSecrets: ['one'], tokenKeys: [{ ...(keys.get('ES256') as TokenKeySource), isSigning: true }] },
  })
  onTestFinished(() => own.close())
  const getKey = createRemoteJWKSet(new URL('/.well-known/jwks.json', own.url))
  const { access_token, refresh_token } = await grant(own)
  for (const token of [access_token, String((await refresh(own, refresh_token)).body['access_token'])]) {
    const { payload } = await jwtVerify(token, getKey, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      currentDate: new Date(own.clock.nowMs()),
    })
    expect(payload).toMatchObject({ sid: expect.stringMatching(/^[0-9a-f]{32}$/), ...(revocation === 'version' && { ver: 0 }) })
  }
})

test('a whole lab: after each rotation jose verifies new and old tokens by the set that the balancer hands on', async () => {
  const whole = await startTestLab(['--nodes', '2'])
  onTestFinished(() => whole.close())
  const { balancerUrl } = whole.lab
  const json = { 'Content-Type': 'application/json' }
  const logIn = { grant_type: 'password', username: 'alice', password: 'alice-pass' }
  const tokens: string[] = []
  for (const algorithm of ['RS256', 'PS256', 'ES256']) {
    expect((await whole.call('POST', '/keys/rotate', { algorithm })).status).toBe(200)
    for (let node = 0; node < 2; node++)
      tokens.push((await send(`${balancerUrl}/token`, { method: 'POST', headers: json, body: logIn })).json.access_token)
    const getKey = createRemoteJWKSet(new URL('/.well-known/jwks.json', balancerUrl))
    for (const token of tokens) expect((await jwtVerify(token, getKey, { typ: 'at+jwt' })).payload.sub).toBe('alice')
  }
  expect(new Set(tokens.map((token) => decodeProtectedHeader(token).alg))).toEqual(new Set(['RS256', 'PS256', 'ES256']))
})
