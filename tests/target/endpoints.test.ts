import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, cookieOf, getToken, logIn, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

describe('session', () => {
  test('a login answers the user and a cookie, and the row is in the store before the answer', async () => {
    const answer = await lab.send('POST', '/session', { json: { username: 'alice', password: 'alice-pass' } })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ user: { name: 'alice', role: 'admin', scopes: ['profile', 'orders:read', 'admin:read'] } })
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^sid=s%3A[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)])
    expect(answer.trace).toMatchObject({ verdict: 'allowed', mechanism: 'session', account: 'alice' })
    expect(answer.trace.sessions).toHaveLength(1)
    expect(answer.trace.steps.map((step) => step.kind)).toEqual(
      expect.arrayContaining(['rate-limit', 'csrf', 'account-lookup', 'password-verify', 'session-regenerate', 'session-write', 'answer']),
    )
    const write = answer.trace.steps.find((step) => step.kind === 'session-write')
    expect(write?.evidence).toMatchObject({ before: null, after: { account: 'alice' }, sql: expect.stringContaining('INSERT') })
  })

  test('GET /session shows its times and data', async () => {
    const cookie = await logIn(lab)
    const answer = await lab.send('GET', '/session', { headers: { cookie } })
    const now = lab.clock.nowMs()
    expect(answer.body).toMatchObject({
      session: { account: 'alice', idleExpiresAt: now + 1_800_000, absoluteExpiresAt: now + 43_200_000 },
    })
    expect(answer.trace.steps.map((step) => step.kind)).toEqual([
      'cookie-parse',
      'cookie-signature',
      'session-lookup',
      'session-idle-timeout',
      'session-absolute-timeout',
      'account-lookup',
      'session-touch',
      'answer',
    ])
    expect(answer.headers.get('server-timing')).toContain('session-lookup;dur=')
  })

  test('a logout deletes the row, clears the cookie, and the cookie is worth nothing after it', async () => {
    const cookie = await logIn(lab)
    const out = await lab.send('DELETE', '/session', { headers: { cookie } })
    expect(out.status).toBe(204)
    expect(cookieOf(out)).toBe('sid=')
    expect(out.headers.get('clear-site-data')).toContain('"cookies"')
    expect(out.trace.endedSessions).toHaveLength(1)
    expect(out.trace.sessions).toEqual([])
    const after = await lab.send('GET', '/me', { headers: { cookie } })
    expect([after.status, after.body['verdict']]).toEqual([401, 'unknown-session'])
  })

  test('GET and DELETE /session ask for a session, whatever token comes along', async () => {
    const headers = bearer(await getToken(lab))
    for (const method of ['GET', 'DELETE']) {
      const answer = await lab.send(method, '/session', { headers })
      expect([answer.status, answer.body['verdict']]).toEqual([401, 'no-credential'])
    }
  })

  test('own sessions can be listed and ended one by one; those of others cannot', async () => {
    const [first, second, bobs] = [await logIn(lab), await logIn(lab), await logIn(lab, 'bob')]
    const list = (await lab.send('GET', '/sessions', { headers: { cookie: first } })).body as unknown as {
      id: string
      isCurrent: boolean
    }[]
    expect(list.map((row) => row.isCurrent).sort()).toEqual([false, true])
    const other = list.find((row) => !row.isCurrent)?.id
    expect((await lab.send('DELETE', `/sessions/${other}`, { headers: { cookie: bobs } })).status).toBe(404)
    expect((await lab.send('DELETE', '/sessions/nonsense', { headers: { cookie: bobs } })).status).toBe(404)
    expect((await lab.send('DELETE', `/sessions/${other}`, { headers: { cookie: first } })).status).toBe(204)
    expect((await lab.send('GET', '/me', { headers: { cookie: second } })).status).toBe(401)
    expect((await lab.send('GET', '/me', { headers: { cookie: first } })).status).toBe(200)
  })

  test('DELETE /sessions ends all of the account, by session or by token, and no other', async () => {
    const [first, second, bobs] = [await logIn(lab), await logIn(lab), await logIn(lab, 'bob')]
    const out = await lab.send('DELETE', '/sessions', { headers: { cookie: first } })
    expect(out.trace.endedSessions).toHaveLength(2)
    expect((await lab.send('GET', '/me', { headers: { cookie: second } })).status).toBe(401)
    expect((await lab.send('DELETE', '/sessions', { headers: bearer(await getToken(lab, 'bob')) })).status).toBe(204)
    expect((await lab.send('GET', '/me', { headers: { cookie: bobs } })).status).toBe(401)
  })
})

describe('token', () => {
  test('form and JSON are both answered as RFC 6749 §5.1 asks', async () => {
    const form = new URLSearchParams({ grant_type: 'password', username: 'bob', password: 'bob-pass' }).toString()
    const answer = await lab.send('POST', '/token', { body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    const tokens = { access_token: expect.any(String), refresh_token: expect.any(String) }
    expect(answer.body).toEqual({ ...tokens, token_type: 'Bearer', expires_in: 900, scope: 'profile orders:read' })
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    expect(answer.trace).toMatchObject({ verdict: 'allowed', mechanism: 'jwt-bearer', account: 'bob' })
    expect((await lab.send('GET', '/me', { headers: bearer(await getToken(lab)) })).status).toBe(200)
  })

  test('with transport=cookie the token is in an HttpOnly cookie and not in the body', async () => {
    const json = { grant_type: 'password', username: 'bob', password: 'bob-pass', transport: 'cookie' }
    const answer = await lab.send('POST', '/token', { json })
    expect(answer.text).not.toContain('access_token')
    expect(answer.headers.getSetCookie()[0]).toMatch(/^access_token=[\w.-]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/)
    const cookie = cookieOf(answer, 'access_token')
    const me = await lab.send('GET', '/me', { headers: { cookie } })
    expect(me.body).toMatchObject({ mechanism: 'jwt-cookie', user: { name: 'bob' } })
    const out = await lab.send('DELETE', '/session', { headers: { cookie } })
    expect([out.status, cookieOf(out, 'access_token')]).toEqual([204, 'access_token='])
  })

  test.each([
    ['', {}],
    [', whatever bearer token came along', { authorization: 'Bearer of-another-caller' }],
    [', whatever other scheme came along', { authorization: 'Digest username="a"' }],
  ])('with transport=cookie the session before it ends%s: it would win over the new cookie', async (_what, headers) => {
    const cookie = await logIn(lab, 'alice')
    const ask = (transport: string) =>
      lab.send('POST', '/token', {
        headers: { cookie, ...headers },
        json: { grant_type: 'password', username: 'bob', password: 'bob-pass', transport },
      })
    await ask('body')
    expect((await lab.send('GET', '/me', { headers: { cookie } })).status).toBe(200)
    const answer = await ask('cookie')
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sid=;.*Expires=Thu, 01 Jan 1970/),
      expect.stringMatching(/^access_token=eyJ/),
      expect.stringMatching(/^refresh_token=/),
    ])
    expect(answer.trace).toMatchObject({ mechanism: 'jwt-cookie', account: 'bob', endedSessions: [expect.any(String)] })
    expect((await lab.send('GET', '/me', { headers: { cookie } })).body).toMatchObject({ verdict: 'unknown-session' })
    const me = await lab.send('GET', '/me', { headers: { cookie: cookieOf(answer, 'access_token') } })
    expect(me.body).toMatchObject({ user: { name: 'bob' }, mechanism: 'jwt-cookie' })
  })

  test.each([
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type', 400],
    [{ grant_type: 'refresh_token' }, 'invalid_request', 400],
    [{}, 'invalid_request', 400],
    [{ grant_type: 'password', username: 'bob' }, 'invalid_request', 400],
    [{ grant_type: ['password', 'password'], username: 'bob', password: 'x' }, 'invalid_request', 400],
    [{ grant_type: 'password', username: 'bob', password: 'wrong' }, 'invalid_grant', 400],
    [{ grant_type: 'password', username: 'bob', password: 'bob-pass', scope: 'admin:read' }, 'invalid_scope', 400],
  ])('%j is answered with %s (RFC 6749 §5.2)', async (json, error, status) => {
    const answer = await lab.send('POST', '/token', { json })
    expect([answer.status, answer.body['error'], typeof answer.body['verdict']]).toEqual([status, error, 'string'])
  })

  test('a scope that is asked for narrows what is granted', async () => {
    const json = { grant_type: 'password', username: 'bob', password: 'bob-pass', scope: 'profile admin:read' }
    const { body } = await lab.send('POST', '/token', { json })
    expect(body['scope']).toBe('profile')
    const orders = await lab.send('GET', '/orders', { headers: bearer(String(body['access_token'])) })
    expect([orders.status, orders.body['verdict']]).toEqual([403, 'insufficient-scope'])
    expect(orders.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  })

  test('the key set holds no symmetric key', async () => {
    expect((await lab.send('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] })
  })
})

describe('resources', () => {
  test('orders need the scope, users the role, by session and by token alike', async () => {
    for (const [name, orders, users] of [
      ['alice', 200, 200],
      ['bob', 200, 403],
      ['mallory', 403, 403],
    ] as const) {
      for (const headers of [{ cookie: await logIn(lab, name) }, bearer(await getToken(lab, name))]) {
        expect((await lab.send('GET', '/orders', { headers })).status).toBe(orders)
        expect((await lab.send('GET', '/admin/users', { headers })).status).toBe(users)
      }
    }
    expect((await lab.send('GET', '/admin/users', { headers: { cookie: await logIn(lab) } })).text).not.toContain('argon2')
  })

  test('a transfer is written in the name of the caller', async () => {
    const headers = { cookie: await logIn(lab) }
    const answer = await lab.send('POST', '/transfer', { headers, json: { to: 'bob', amountCents: 1200 } })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ transfer: { from: 'alice', to: 'bob', amountCents: 1200 } })
    expect((await lab.send('POST', '/transfer', { headers, json: { to: 'bob', amountCents: -1 } })).status).toBe(400)
  })

  test('a role that changes counts at once for a session and not before its end for a token', async () => {
    const [session, token] = [{ cookie: await logIn(lab) }, bearer(await getToken(lab))]
    lab.database.prepare("UPDATE accounts SET role = 'user' WHERE name = 'alice'").run()
    const bySession = await lab.send('GET', '/admin/users', { headers: session })
    expect([bySession.status, bySession.body['verdict']]).toEqual([403, 'insufficient-role'])
    expect((await lab.send('GET', '/admin/users', { headers: token })).status).toBe(200)
  })

  test('health and portal need no login; the portal runs under a strict policy', async () => {
    expect((await lab.send('GET', '/healthz')).body).toEqual({ status: 'ok', node: 'node-1' })
    const page = await lab.send('GET', '/')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.text).not.toMatch(/<script>|style=|onclick/)
    expect((await lab.send('GET', '/portal.js')).headers.get('content-type')).toContain('javascript')
    expect((await lab.send('GET', '/portal.css')).headers.get('content-type')).toContain('css')
    expect(page.trace.verdict).toBe('not-auth')
  })
})

test('a password and the sessions that came from the old one go together, or both stay', async () => {
  const cookie = await logIn(lab, 'bob')
  lab.database.exec("CREATE TEMP TRIGGER broken BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
  const json = { currentPassword: 'bob-pass', newPassword: 'a new password of bob' }
  const failed = await lab.send('POST', '/password', { headers: { cookie }, json })
  lab.database.exec('DROP TRIGGER broken')
  expect([failed.status, failed.body['verdict']]).toEqual([503, 'store-unavailable'])
  const login = async (password: string) => (await lab.send('POST', '/session', { json: { username: 'bob', password } })).status
  expect([await login(json.newPassword), await login(json.currentPassword)]).toEqual([401, 200])
  expect((await lab.send('GET', '/me', { headers: { cookie } })).status).toBe(200)
})

describe('errors', () => {
  test('unknown paths and methods are problem details', async () => {
    const missing = await lab.send('GET', '/nothing')
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8'])
    const method = await lab.send('PUT', '/session')
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST, GET, DELETE, HEAD, OPTIONS'])
    expect((await lab.send('OPTIONS', '/me')).status).toBe(204)
  })

  test('a body that cannot be read is 400, one that is too large 413, and neither shows a stack', async () => {
    const headers = { 'content-type': 'application/json' }
    const bad = await lab.send('POST', '/session', { headers, body: '{"username":' })
    const large = await lab.send('POST', '/session', { headers, body: `{"username":"${'x'.repeat(20_000)}"}` })
    expect([bad.status, large.status, (await lab.send('POST', '/session')).status]).toEqual([400, 413, 400])
    expect(bad.text + large.text).not.toMatch(/ at |node_modules|SyntaxError/)
    expect((await lab.send('GET', '/sessions/%E0%A4%A', { headers })).status).toBeLessThan(500)
  })

  test('every answer names its node and its exchange; a strange id is replaced', async () => {
    const answer = await lab.send('GET', '/healthz')
    expect([answer.headers.get('x-authlab-node'), answer.headers.get('x-authlab-exchange')]).toEqual(['node-1', answer.trace.exchangeId])
    const strange = await fetch(`${lab.url}/healthz`, { headers: { 'x-authlab-exchange': 'a b<script>' } })
    expect(strange.headers.get('x-authlab-exchange')).toMatch(/^[\w-]{36}$/)
  })
})

test('200 logins at once all succeed', async () => {
  const json = { username: 'alice', password: 'alice-pass' }
  const answers = await Promise.all(Array.from({ length: 200 }, () => lab.send('POST', '/session', { json })))
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  expect(new Set(answers.map((answer) => cookieOf(answer))).size).toBe(200)
  expect(answers.every((answer) => answer.trace.sessions.length === 1)).toBe(true)
})
