import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hs256Key } from '../../src/server/target-keys.ts'
import { grant, refresh, refreshTokenOf } from '../target/refresh.ts'
import { type Answer, advance, bearer, forge, LIFETIMES, startTarget, type Target } from '../target/support.ts'

const SECRET = 'a secret with : and % and + and ä'
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
/** RFC 6749 §2.3.1: encoded as in a form first. */
const encode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)
const AUTHENTICATED = basic('resource-server', encode(SECRET))
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let target: Target

beforeAll(async () => {
  target = await startTarget({
    keys: {
      cookieSecrets: ['a secret for the cookies of these tests'],
      tokenKeys: [hs256Key('key-1', Buffer.alloc(32, 7))],
      clientSecret: SECRET,
    },
  })
})
afterAll(() => target.close())
beforeEach(() => target.target.reset())

const introspect = (fields: Record<string, string>, headers: Record<string, string> = AUTHENTICATED): Promise<Answer> =>
  target.send('POST', '/token/introspect', { headers: { ...FORM, ...headers }, body: new URLSearchParams(fields).toString() })

describe('§2.1 the request', () => {
  test('"the protected resource calls the introspection endpoint using an HTTP POST request with parameters sent as application/x-www-form-urlencoded"', async () => {
    const { access_token: token } = await grant(target)
    expect((await introspect({ token })).body).toMatchObject({ active: true })
    const asJson = await target.send('POST', '/token/introspect', { json: { token }, headers: AUTHENTICATED })
    expect([asJson.status, asJson.body]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
    expect((await target.send('GET', `/token/introspect?token=${token}`, { headers: AUTHENTICATED })).status).toBe(405)
  })

  test.each([
    ['nothing', {}],
    ['a bearer token', bearer('x.y.z')],
    ['an unknown client', basic('portal', encode(SECRET))],
    ['a wrong secret', basic('resource-server', 'wrong')],
    ['an empty secret', basic('resource-server', '')],
    ['a secret that was not encoded as in a form (RFC 6749 §2.3.1)', basic('resource-server', SECRET)],
    ['no colon', { authorization: `Basic ${Buffer.from('resource-server').toString('base64')}` }],
    ['no base64', { authorization: 'Basic %%%' }],
    ['a broken escape', basic('resource-server', '%zz')],
  ])(
    '"the endpoint MUST also require some form of authorization": %s is answered 401 invalid_client with a challenge for Basic (RFC 6749 §5.2)',
    async (_, headers) => {
      const { access_token: token } = await grant(target)
      const { status, body, headers: fields } = await introspect({ token }, headers)
      expect([status, body]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
      expect(fields.get('www-authenticate')).toMatch(/^Basic realm="/)
      expect(JSON.stringify(body)).not.toContain('active')
    },
  )

  test('RFC 6749 §2.3: "the client MUST NOT use more than one authentication method in each request"', async () => {
    const { access_token: token } = await grant(target)
    const both = await introspect({ token, client_id: 'resource-server', client_secret: SECRET })
    expect([both.status, both.body]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
    expect((await introspect({ token, client_id: 'portal' })).status).toBe(400)
    expect((await introspect({ token, client_id: 'resource-server' })).body).toMatchObject({ active: true })
  })

  test('a token that is missing or repeated is an invalid_request (RFC 6749 §3.1)', async () => {
    expect((await introspect({})).status).toBe(400)
    const twice = await target.send('POST', '/token/introspect', { headers: { ...FORM, ...AUTHENTICATED }, body: 'token=a&token=b' })
    expect([twice.status, twice.body]).toEqual([400, expect.objectContaining({ error: 'invalid_request' })])
  })

  test.each(['access_token', 'refresh_token', 'something-else'])(
    '"if the server is unable to locate the token using the given hint, it MUST extend its search": the hint %s changes nothing',
    async (token_type_hint) => {
      const tokens = await grant(target)
      expect((await introspect({ token: tokens.access_token, token_type_hint })).body).toMatchObject({ active: true })
      expect((await introspect({ token: tokens.refresh_token, token_type_hint })).body).toMatchObject({ active: true })
    },
  )

  test('the story names the client and never its secret', async () => {
    const { access_token: token } = await grant(target)
    const { trace } = await introspect({ token })
    expect(trace.steps.find(({ kind }) => kind === 'client-authentication')).toMatchObject({
      outcome: 'pass',
      clause: 'RFC 6749 §2.3.1',
      evidence: { client: 'resource-server', method: 'client_secret_basic' },
    })
    expect(trace.verdict).toBe('allowed')
    expect(JSON.stringify(trace)).not.toContain(SECRET.slice(0, 8))
    const refused = await introspect({ token }, basic('resource-server', 'a-guess-of-mine'))
    expect(JSON.stringify(refused.trace)).not.toContain('a-guess-of-mine')
  })
})

describe('§2.2 the response', () => {
  test('an access token: active with every member of the section that the token has', async () => {
    const { access_token: token } = await grant(target, { client_id: 'portal', scope: 'profile orders:read' })
    const now = Math.floor(target.clock.nowMs() / 1000)
    const { body, headers } = await introspect({ token })
    expect(body).toEqual({
      active: true,
      scope: 'profile orders:read',
      client_id: 'portal',
      username: 'alice',
      token_type: 'Bearer',
      exp: now + 900,
      iat: now,
      sub: 'alice',
      aud: 'https://api.test',
      iss: 'https://issuer.test',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role: 'admin',
      sid: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('nbf is told where the token has it', async () => {
    const nbf = Math.floor(target.clock.nowMs() / 1000) - 5
    expect((await introspect({ token: forge(target, { nbf }) })).body).toMatchObject({ active: true, nbf })
  })

  test('a refresh token: whose, for which client and scope, until when; no token_type, since no resource is shown it', async () => {
    const { refresh_token: token } = await grant(target, { client_id: 'portal' })
    const now = Math.floor(target.clock.nowMs() / 1000)
    expect((await introspect({ token })).body).toEqual({
      active: true,
      scope: 'profile orders:read admin:read',
      client_id: 'portal',
      username: 'alice',
      exp: now + LIFETIMES.refreshIdle,
      iat: now,
      sub: 'alice',
      iss: 'https://issuer.test',
    })
  })

  const second = (): number => Math.floor(target.clock.nowMs() / 1000)
  test.each([
    ['no token at all', async () => 'nonsense'],
    ['three parts of nonsense', async () => 'a.b.c'],
    ['a signature by another key', async () => forge(target, {}, {}, Buffer.alloc(32, 9))],
    ['an unknown key', async () => forge(target, {}, { kid: 'key-2' })],
    ['alg none', async () => `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.e30.`],
    ['a token that has expired', async () => forge(target, { exp: second() })],
    ['one that is not valid yet', async () => forge(target, { nbf: second() + 10 })],
    ['one for another audience', async () => forge(target, { aud: 'https://other.test' })],
    ['one of another issuer', async () => forge(target, { iss: 'https://other.test' })],
    ['one of another type', async () => forge(target, {}, { typ: 'JWT' })],
    ['one of an account that there is not', async () => forge(target, { sub: 'nobody' })],
    ['the hash of a refresh token', async () => '0'.repeat(64)],
    [
      'a refresh token that was used',
      async () => {
        const { refresh_token } = await grant(target)
        await refresh(target, refresh_token)
        return refresh_token
      },
    ],
    [
      'a refresh token of a family that was ended',
      async () => {
        const { refresh_token } = await grant(target)
        await target.send('POST', '/token/revoke', { json: { token: refresh_token } })
        return refresh_token
      },
    ],
  ])('"if the token is not active … the authorization server SHOULD NOT include any additional information": %s', async (_, make) => {
    const { status, body, headers, trace } = await introspect({ token: await make() })
    expect([status, body]).toEqual([200, { active: false }])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(trace.steps.find(({ kind }) => kind === 'token-introspection')).toMatchObject({ outcome: 'fail', clause: 'RFC 7662 §2.2' })
  })

  test('tokens of a disabled account are not active', async () => {
    const tokens = await grant(target)
    target.database.prepare("UPDATE accounts SET is_disabled = 1 WHERE name = 'alice'").run()
    expect((await introspect({ token: tokens.access_token })).body).toEqual({ active: false })
    expect((await introspect({ token: tokens.refresh_token })).body).toEqual({ active: false })
  })

  test('a refresh token is idle until its limit, and not active from then on', async () => {
    const { refresh_token: token } = await grant(target)
    advance(target, LIFETIMES.refreshIdle - 1)
    expect((await introspect({ token })).body).toMatchObject({ active: true })
    advance(target, 1)
    expect((await introspect({ token })).body).toEqual({ active: false })
  })

  test('a look is no use: to ask about an old refresh token ends no family', async () => {
    const { refresh_token: old } = await grant(target)
    const next = refreshTokenOf(await refresh(target, old))
    expect((await introspect({ token: old })).body).toEqual({ active: false })
    expect((await refresh(target, next)).status).toBe(200)
  })

  test('a long token is read whole, up to what a header field could carry', async () => {
    const groups = Array.from({ length: 90 }, (_, at) => `CN=Group-${at},${'OU=Some Unit,'.repeat(6)}DC=example`)
    expect((await introspect({ token: forge(target, { groups }) })).body).toMatchObject({ active: true })
  })
})

describe('confidential clients at the other endpoints', () => {
  test('RFC 6749 §3.2.1: "confidential clients … MUST authenticate with the authorization server" at the token endpoint', async () => {
    const json = { grant_type: 'password', username: 'alice', password: 'alice-pass', client_id: 'resource-server' }
    const unproven = await target.send('POST', '/token', { json })
    expect([unproven.status, unproven.body]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
    const proven = await target.send('POST', '/token', { json, headers: AUTHENTICATED })
    expect(proven.status).toBe(200)
    const token = refreshTokenOf(proven)
    // Bound to it: nobody refreshes it without the secret.
    expect((await refresh(target, token)).status).toBe(400)
    expect((await refresh(target, token, { client_id: 'resource-server' })).status).toBe(401)
    const refreshed = await target.send('POST', '/token', {
      json: { grant_type: 'refresh_token', refresh_token: token },
      headers: AUTHENTICATED,
    })
    expect(refreshed.status).toBe(200)
  })

  test('RFC 7009 §2.1: the server "first validates the client credentials (in case of a confidential client)", then that the token is its own', async () => {
    const { refresh_token: others } = await grant(target)
    const revoke = (token: string, more: object, headers: Record<string, string>) =>
      target.send('POST', '/token/revoke', { json: { token, ...more }, headers })
    expect((await revoke(others, { client_id: 'resource-server' }, {})).status).toBe(401)
    expect((await revoke(others, {}, basic('resource-server', 'wrong'))).status).toBe(401)
    const foreign = await revoke(others, {}, AUTHENTICATED)
    expect([foreign.status, foreign.body]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })])
    expect((await refresh(target, others)).status).toBe(200)
  })
})

test('where no confidential client is known nobody can introspect', async () => {
  const bare = await startTarget()
  const answer = await bare.send('POST', '/token/introspect', { headers: { ...FORM, ...basic('resource-server', '') }, body: 'token=a' })
  expect(answer.status).toBe(401)
  await bare.close()
})
