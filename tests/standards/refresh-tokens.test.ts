import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { send, startTestLab } from '../support/start-lab.ts'
import { grant, outcome, refresh, refreshTokenOf } from '../target/refresh.ts'
import { advance, bearer, cookieOf, LIFETIMES, startTarget, type Target } from '../target/support.ts'

const LIMITS = { ...LIFETIMES, refreshIdle: 3600, refreshAbsolute: 10_000 }

let lab: Target

beforeEach(async () => {
  lab = await startTarget({ lifetimes: LIMITS })
})
afterEach(() => lab.close())

const REUSED = [400, 'invalid_grant', 'refresh-reused']
const REVOKED = [400, 'invalid_grant', 'token-revoked']
const UNKNOWN = [400, 'invalid_grant', 'refresh-unknown']
const EXPIRED = [400, 'invalid_grant', 'refresh-expired']

describe('15. rotated on every use; opaque, random, stored hashed', () => {
  test('RFC 9700 §4.14.2: "the authorization server issues a new refresh token with every access token refresh response"', async () => {
    const first = await grant(lab)
    const second = await refresh(lab, first.refresh_token)
    expect(second.body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'profile orders:read admin:read',
    })
    expect(second.trace).toMatchObject({ verdict: 'allowed', mechanism: 'jwt-bearer', account: 'alice' })
    expect([second.headers.get('cache-control'), second.headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    expect(refreshTokenOf(second)).not.toBe(first.refresh_token)
    const access = String(second.body['access_token'])
    expect((await lab.send('GET', '/me', { headers: bearer(access) })).status).toBe(200)
    expect((await refresh(lab, refreshTokenOf(second))).status).toBe(200)
  })

  test('RFC 6749 §10.10: at least 128 bits, and no two alike; in the database is the SHA-256 alone', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, async () => (await grant(lab)).refresh_token))
    expect(new Set(tokens).size).toBe(8)
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const rows = lab.database.prepare('SELECT * FROM refresh_tokens').all() as { hash: string }[]
    expect(rows.map((row) => row.hash).sort()).toEqual(tokens.map((token) => createHash('sha256').update(token).digest('hex')).sort())
    for (const token of tokens)
      expect(JSON.stringify([rows, lab.database.prepare('SELECT * FROM refresh_families').all()])).not.toContain(token)
  })

  test('a story shows hashes, never a token', async () => {
    const { refresh_token } = await grant(lab)
    const answer = await refresh(lab, refresh_token)
    const story = JSON.stringify(answer.trace)
    expect(story).not.toContain(refresh_token)
    expect(story).not.toContain(refreshTokenOf(answer))
    expect(answer.trace.steps.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'refresh-lookup pass',
      'refresh-binding pass',
      'account-lookup pass',
      'refresh-reuse pass',
      'refresh-expiry pass',
      'refresh-rotate pass',
      'token-issue pass',
      'answer info',
    ])
  })

  test('RFC 6749 §3.2: a form is read as well as JSON; a repeated parameter is refused', async () => {
    const { refresh_token } = await grant(lab)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token }).toString()
    const twice = await lab.send('POST', '/token', { headers, body: `${body}&refresh_token=x` })
    expect(outcome(twice)).toEqual([400, 'invalid_request', 'not-auth'])
    expect((await lab.send('POST', '/token', { headers, body })).status).toBe(200)
    expect(outcome(await lab.send('POST', '/token', { json: { grant_type: 'refresh_token' } }))).toEqual([
      400,
      'invalid_request',
      'no-credential',
    ])
  })

  test('an access token and a refresh token never stand in for each other', async () => {
    const { access_token, refresh_token } = await grant(lab)
    expect((await lab.send('GET', '/me', { headers: bearer(refresh_token) })).trace.verdict).toBe('malformed-token')
    expect(outcome(await refresh(lab, access_token.slice(0, 500)))).toEqual(UNKNOWN)
  })

  test('a mutated refresh token is never accepted, never a server error, and ends no family', async () => {
    const { refresh_token } = await grant(lab)
    const flipped = fc
      .tuple(fc.nat(refresh_token.length - 1), fc.constantFrom(...'AZaz09-_=. \u0000é'))
      .map(([at, letter]) => refresh_token.slice(0, at) + letter + refresh_token.slice(at + 1))
    const grown = fc.string({ minLength: 1, maxLength: 10, unit: 'binary' }).map((more) => refresh_token + more)
    const cut = fc.nat(refresh_token.length - 1).map((length) => refresh_token.slice(0, length))
    const anything = fc.string({ maxLength: 600, unit: 'binary' })
    const mutated = fc.oneof(flipped, grown, cut, anything, fc.jsonValue()).filter((candidate) => candidate !== refresh_token)
    await fc.assert(
      fc.asyncProperty(mutated, async (candidate) => {
        const answer = await refresh(lab, candidate as string)
        expect(answer.status).toBe(400)
        expect(['refresh-unknown', 'not-auth', 'no-credential']).toContain(answer.trace.verdict)
      }),
      { numRuns: 150 },
    )
    expect((await refresh(lab, refresh_token)).status).toBe(200)
  })
})

describe('16. reuse of an old one revokes the whole family, thief or not', () => {
  test('RFC 9700 §4.14.2: the server "cannot determine which party submitted the invalid refresh token, but it will revoke the active refresh token"', async () => {
    const stolen = (await grant(lab)).refresh_token
    const second = refreshTokenOf(await refresh(lab, stolen))
    const third = refreshTokenOf(await refresh(lab, second))
    const reuse = await refresh(lab, stolen)
    expect(outcome(reuse)).toEqual(REUSED)
    expect(reuse.trace.steps.find(({ outcome }) => outcome === 'fail')).toMatchObject({ kind: 'refresh-reuse', clause: 'RFC 9700 §4.14.2' })
    for (const token of [stolen, second, third]) expect(outcome(await refresh(lab, token))).toEqual(REVOKED)
  })

  test('the other families of the account go on', async () => {
    const [first, other] = [await grant(lab), await grant(lab)]
    await refresh(lab, first.refresh_token)
    await refresh(lab, first.refresh_token)
    expect((await refresh(lab, other.refresh_token)).status).toBe(200)
  })

  test('of two uses at once one succeeds, and the other ends the family: without grace the server cannot tell two tabs from a thief', async () => {
    const { refresh_token } = await grant(lab)
    const answers = await Promise.all([refresh(lab, refresh_token), refresh(lab, refresh_token)])
    expect(answers.map(outcome).sort()).toEqual([[200, undefined, 'allowed'], REUSED])
    const winner = answers.find(({ status }) => status === 200)
    expect(winner && outcome(await refresh(lab, refreshTokenOf(winner)))).toEqual(REVOKED)
  })

  test('an old copy ends the family even after its own idle end', async () => {
    const old = (await grant(lab)).refresh_token
    let live = refreshTokenOf(await refresh(lab, old))
    advance(lab, 3000)
    live = refreshTokenOf(await refresh(lab, live))
    advance(lab, 1000)
    expect(outcome(await refresh(lab, old))).toEqual(REUSED)
    expect(outcome(await refresh(lab, live))).toEqual(REVOKED)
  })
})

describe('17. bound to account, client and scope', () => {
  test('RFC 6749 §6: the server must "ensure that the refresh token was issued to the authenticated client"', async () => {
    const { refresh_token } = await grant(lab, { client_id: 'web' })
    for (const more of [{}, { client_id: 'phone' }]) expect(outcome(await refresh(lab, refresh_token, more))).toEqual(UNKNOWN)
    const unnamed = (await grant(lab)).refresh_token
    expect(outcome(await refresh(lab, unnamed, { client_id: 'web' }))).toEqual(UNKNOWN)
    expect((await refresh(lab, refresh_token, { client_id: 'web' })).status).toBe(200)
  })

  test('RFC 6749 §6: the scope "MUST NOT include any scope not originally granted"; a smaller one narrows the access token alone', async () => {
    const { refresh_token } = await grant(lab, { scope: 'profile orders:read' })
    expect(outcome(await refresh(lab, refresh_token, { scope: 'profile admin:read' }))).toEqual([
      400,
      'invalid_scope',
      'insufficient-scope',
    ])
    const narrow = await refresh(lab, refresh_token, { scope: 'profile' })
    expect(narrow.body).toMatchObject({ scope: 'profile' })
    expect((await refresh(lab, refreshTokenOf(narrow))).body).toMatchObject({ scope: 'profile orders:read' })
  })

  test('RFC 6749 §1.5: it is "the authorization granted to the client by the resource owner": it gives tokens of that account alone, whatever goes along', async () => {
    const [mallorys, alices] = [await grant(lab, {}, 'mallory'), await grant(lab)]
    advance(lab, LIFETIMES.accessToken)
    const json = { grant_type: 'refresh_token', refresh_token: mallorys.refresh_token, username: 'alice', sub: 'alice' }
    const headers = { ...bearer(alices.access_token), cookie: `access_token=${alices.access_token}` }
    const answer = await lab.send('POST', '/token', { json, headers })
    expect(answer.trace).toMatchObject({ verdict: 'allowed', account: 'mallory' })
    const me = await lab.send('GET', '/me', { headers: bearer(String(answer.body['access_token'])) })
    expect(me.body).toMatchObject({ user: { name: 'mallory', role: 'user' } })
  })

  test('what the account has lost meanwhile is not granted again', async () => {
    const { refresh_token } = await grant(lab)
    lab.database.exec("UPDATE accounts SET scopes = 'profile', role = 'user' WHERE name = 'alice'")
    const answer = await refresh(lab, refresh_token)
    expect(answer.body).toMatchObject({ scope: 'profile' })
    const headers = bearer(String(answer.body['access_token']))
    expect((await lab.send('GET', '/me', { headers })).body).toMatchObject({ user: { role: 'user' } })
  })
})

describe('18. idle and absolute expiry', () => {
  test('unused for as long as the idle limit, it is expired', async () => {
    const { refresh_token } = await grant(lab)
    advance(lab, LIMITS.refreshIdle - 1)
    const next = refreshTokenOf(await refresh(lab, refresh_token))
    advance(lab, LIMITS.refreshIdle)
    expect(outcome(await refresh(lab, next))).toEqual(EXPIRED)
  })

  test('rotation does not move the absolute limit', async () => {
    let token = (await grant(lab)).refresh_token
    for (let at = 3000; at < LIMITS.refreshAbsolute; at += 3000) {
      advance(lab, 3000)
      token = refreshTokenOf(await refresh(lab, token))
    }
    advance(lab, LIMITS.refreshAbsolute - 9000 - 1)
    token = refreshTokenOf(await refresh(lab, token))
    advance(lab, 1)
    expect(outcome(await refresh(lab, token))).toEqual(EXPIRED)
  })

  test('a login sweeps away what ended long ago, and nothing that is in force', async () => {
    const old = (await grant(lab)).refresh_token
    advance(lab, LIMITS.refreshAbsolute + 7 * 86_400)
    const live = (await grant(lab)).refresh_token
    expect(outcome(await refresh(lab, old))).toEqual(UNKNOWN)
    expect(lab.database.prepare('SELECT count(*) AS families FROM refresh_families').get()).toEqual({ families: 1 })
    expect(lab.database.prepare('SELECT count(*) AS tokens FROM refresh_tokens').get()).toEqual({ tokens: 1 })
    expect((await refresh(lab, live)).status).toBe(200)
  })
})

const json = (path: string, body: object, headers: Record<string, string> = {}) => lab.send('POST', path, { json: body, headers })

describe('19. gone on logout, password change, disable', () => {
  test('RFC 7009 §2.1: the server invalidates the token "immediately", here with its whole family; the access token stays good until exp', async () => {
    const { access_token, refresh_token } = await grant(lab)
    const next = refreshTokenOf(await refresh(lab, refresh_token))
    const form = new URLSearchParams({ token: refresh_token, token_type_hint: 'refresh_token' }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await lab.send('POST', '/token/revoke', { headers, body: form })
    expect([answer.status, answer.text, answer.trace.verdict]).toEqual([200, '', 'allowed'])
    expect(answer.trace.steps.map(({ kind }) => kind)).toContain('refresh-revoke')
    expect(outcome(await refresh(lab, next))).toEqual(REVOKED)
    expect((await lab.send('GET', '/me', { headers: bearer(access_token) })).status).toBe(200)
  })

  test('RFC 7009 §2.2: "invalid tokens do not cause an error response"; one that was revoked before neither', async () => {
    const { refresh_token } = await grant(lab)
    for (const token of ['unknown', refresh_token, refresh_token]) expect((await json('/token/revoke', { token })).status).toBe(200)
  })

  test('RFC 7009 §2.1: "whether the token was issued to the client making the revocation request"; else it is refused and goes on', async () => {
    const { refresh_token: token } = await grant(lab, { client_id: 'web' })
    for (const more of [{}, { client_id: 'phone' }]) {
      expect(outcome(await json('/token/revoke', { token, ...more }))).toEqual(UNKNOWN)
    }
    expect((await json('/token/revoke', { token, client_id: 'web' })).status).toBe(200)
    expect(outcome(await refresh(lab, token, { client_id: 'web' }))).toEqual(REVOKED)
  })

  test('RFC 7009 §2.2.1: an access token is an unsupported_token_type, and no token at all an invalid_request', async () => {
    const { access_token: token } = await grant(lab)
    expect(outcome(await json('/token/revoke', { token }))).toEqual([400, 'unsupported_token_type', 'not-auth'])
    for (const body of [{}, { token: ['a', 'b'] }])
      expect(outcome(await json('/token/revoke', body))).toEqual([400, 'invalid_request', 'not-auth'])
  })

  test('by cookie it clears both cookies, and no other site can ask for it', async () => {
    const login = await json('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass', transport: 'cookie' })
    const cookie = cookieOf(login, 'refresh_token')
    const foreign = await json('/token/revoke', { transport: 'cookie' }, { cookie, origin: 'http://evil.test' })
    expect(outcome(foreign)).toEqual([403, 'invalid_request', 'csrf-blocked'])
    const out = await json('/token/revoke', { transport: 'cookie' }, { cookie })
    expect([out.status, cookieOf(out, 'access_token'), cookieOf(out, 'refresh_token')]).toEqual([200, 'access_token=', 'refresh_token='])
    expect(outcome(await json('/token', { grant_type: 'refresh_token', transport: 'cookie' }, { cookie }))).toEqual(REVOKED)
  })

  test.each([
    [
      'a change of password',
      (headers: Record<string, string>) =>
        json('/password', { currentPassword: 'alice-pass', newPassword: 'a longer pass phrase' }, headers),
    ],
    ['DELETE /sessions', (headers: Record<string, string>) => lab.send('DELETE', '/sessions', { headers })],
  ])('%s ends every family of the account, and none of another', async (_what, end) => {
    const [first, second, bobs] = [await grant(lab), await grant(lab), await grant(lab, {}, 'bob')]
    const answer = await end(bearer(first.access_token))
    expect(answer.status).toBeLessThan(300)
    expect(answer.trace.steps.find(({ kind }) => kind === 'refresh-revoke')).toMatchObject({ outcome: 'pass', evidence: { rows: 2 } })
    for (const { refresh_token } of [first, second]) expect(outcome(await refresh(lab, refresh_token))).toEqual(REVOKED)
    expect((await refresh(lab, bobs.refresh_token)).status).toBe(200)
    expect((await lab.send('GET', '/me', { headers: bearer(second.access_token) })).status).toBe(200)
  })

  test('a disabled account gets no new token', async () => {
    const { refresh_token } = await grant(lab)
    lab.database.exec("UPDATE accounts SET is_disabled = 1 WHERE name = 'alice'")
    expect(outcome(await refresh(lab, refresh_token))).toEqual([400, 'invalid_grant', 'account-disabled'])
  })
})

test('19. gone on disable: an account that is enabled again has to log in again', async () => {
  const whole = await startTestLab(['--nodes', '2'])
  onTestFinished(() => whole.close())
  const post = (body: Record<string, string>) =>
    send(`${whole.lab.balancerUrl}/token`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  const { refresh_token } = (await post({ grant_type: 'password', username: 'alice', password: 'alice-pass' })).json
  for (const disabled of [true, false]) expect((await whole.call('PATCH', '/accounts/alice', { disabled })).status).toBe(200)
  expect((await post({ grant_type: 'refresh_token', refresh_token })).json).toMatchObject({
    error: 'invalid_grant',
    verdict: 'token-revoked',
  })
})

describe('20. a grace window for two tabs', () => {
  test('both of two uses at once succeed, and both branches go on', async () => {
    await lab.close()
    lab = await startTarget({ lifetimes: { ...LIMITS, refreshGrace: 10 } })
    const { refresh_token } = await grant(lab)
    const answers = await Promise.all([refresh(lab, refresh_token), refresh(lab, refresh_token)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const reuse = answers.flatMap(({ trace }) => trace.steps.filter(({ kind }) => kind === 'refresh-reuse').map((step) => step.outcome))
    expect(reuse.sort()).toEqual(['info', 'pass'])
    for (const answer of answers) expect((await refresh(lab, refreshTokenOf(answer))).status).toBe(200)
  })

  test('a whole row of tabs may come; who comes after the window ends every branch', async () => {
    await lab.close()
    lab = await startTarget({ lifetimes: { ...LIMITS, refreshGrace: 10 } })
    const { refresh_token } = await grant(lab)
    const tabs = await Promise.all(Array.from({ length: 6 }, () => refresh(lab, refresh_token)))
    expect(tabs.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(new Set(tabs.map(refreshTokenOf)).size).toBe(6)
    advance(lab, 10)
    expect(outcome(await refresh(lab, refresh_token))).toEqual(REUSED)
    for (const tab of tabs) expect(outcome(await refresh(lab, refreshTokenOf(tab)))).toEqual(REVOKED)
  })

  test('it is over at its end: then the family is revoked', async () => {
    await lab.close()
    lab = await startTarget({ lifetimes: { ...LIMITS, refreshGrace: 10 } })
    const { refresh_token } = await grant(lab)
    const next = refreshTokenOf(await refresh(lab, refresh_token))
    advance(lab, 9)
    expect((await refresh(lab, refresh_token)).status).toBe(200)
    advance(lab, 1)
    expect(outcome(await refresh(lab, refresh_token))).toEqual(REUSED)
    expect(outcome(await refresh(lab, next))).toEqual(REVOKED)
  })
})

describe('in a cookie', () => {
  const byCookie = { grant_type: 'refresh_token', transport: 'cookie' }
  const login = () =>
    lab.send('POST', '/token', { json: { grant_type: 'password', username: 'bob', password: 'bob-pass', transport: 'cookie' } })

  test('RFC 6265bis §4.1.2: it is HttpOnly, SameSite=Strict and limited to the path of the token endpoint; rotation sets a new one', async () => {
    const answer = await login()
    expect(answer.text).not.toMatch(/access_token|refresh_token/)
    const [, line] = answer.headers.getSetCookie()
    expect(line).toMatch(/^refresh_token=[\w-]{43}; Max-Age=3600; Path=\/token; HttpOnly; SameSite=Strict$/)
    const cookie = cookieOf(answer, 'refresh_token')
    const next = await lab.send('POST', '/token', { json: byCookie, headers: { cookie } })
    expect(next.trace).toMatchObject({ verdict: 'allowed', mechanism: 'jwt-cookie', account: 'bob' })
    expect(cookieOf(next, 'refresh_token')).toMatch(/^refresh_token=[\w-]{43}$/)
    expect(cookieOf(next, 'refresh_token')).not.toBe(cookie)
    expect(outcome(await lab.send('POST', '/token', { json: byCookie, headers: { cookie } }))).toEqual(REUSED)
  })

  test('OWASP ASVS 5 V3.5.1 and V3.5.2: a request that another site began, or that a form could have made, uses no token', async () => {
    const cookie = cookieOf(await login(), 'refresh_token')
    const type = 'application/x-www-form-urlencoded'
    const form = { headers: { cookie, 'content-type': type }, body: new URLSearchParams(byCookie).toString() }
    const foreign = { json: byCookie, headers: { cookie, 'sec-fetch-site': 'same-site' } }
    for (const options of [form, foreign]) {
      expect(outcome(await lab.send('POST', '/token', options))).toEqual([403, 'invalid_request', 'csrf-blocked'])
    }
    expect((await lab.send('POST', '/token', { json: byCookie, headers: { cookie } })).status).toBe(200)
  })

  test('without the cookie there is nothing to refresh with, whatever the body says', async () => {
    const { refresh_token } = await grant(lab)
    expect(outcome(await lab.send('POST', '/token', { json: { ...byCookie, refresh_token } }))).toEqual([
      400,
      'invalid_request',
      'no-credential',
    ])
  })
})
