import { MemoryStore } from 'express-session'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, bearer, cookieOf, forge, getToken, logIn, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const kindsOf = ({ trace }: Answer) => trace.steps.map((step) => step.kind)
const json = { username: 'alice', password: 'alice-pass' }

describe('what an exchange tells of credentials', () => {
  const password = { grant_type: 'password', ...json, client_id: 'shop' }

  test('a token that is issued is told of without itself, and its claim sid names its refresh family', async () => {
    const headers = { 'user-agent': `Phone ${'x'.repeat(200)}` }
    const answer = await lab.send('POST', '/token', { json: password, headers })
    const family = answer.trace.steps.find(({ kind }) => kind === 'refresh-issue')?.evidence['family']
    const token = String(answer.body['access_token'])
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.sid).toBe(String(family).slice(0, 32))
    expect(answer.trace.issued).toEqual([
      {
        jti: claims.jti,
        account: 'alice',
        clientId: 'shop',
        sid: claims.sid,
        version: null,
        device: headers['user-agent'].slice(0, 160),
        kid: 'key-1',
        alg: 'HS256',
        issuedAt: claims.iat * 1000,
        expiresAt: (claims.iat + 900) * 1000,
        bytes: token.length,
      },
    ])
    const refreshed = await lab.send('POST', '/token', {
      json: { grant_type: 'refresh_token', refresh_token: answer.body['refresh_token'], client_id: 'shop' },
    })
    expect(refreshed.trace.issued).toMatchObject([{ sid: claims.sid, account: 'alice' }])
    expect(refreshed.trace.issued[0]?.jti).not.toBe(claims.jti)
  })

  test('a token that is presented is named once its signature has verified, whatever else is wrong with it', async () => {
    const now = Math.floor(lab.clock.nowMs() / 1000)
    const named = { jti: 'one', sub: 'alice', sid: null, iat: now, exp: now + 900 }
    const tokenOf = async (token: string) => (await lab.send('GET', '/me', { headers: bearer(token) })).trace.token
    expect(await tokenOf(forge(lab))).toEqual(named)
    expect(await tokenOf(forge(lab, { sid: 'family', exp: now - 5 }))).toEqual({ ...named, sid: 'family', exp: now - 5 })
    expect(await tokenOf(forge(lab, { aud: 'another' }))).toEqual(named)
    expect(await tokenOf(forge(lab, {}, {}, Buffer.alloc(32, 1)))).toBeNull()
    expect(await tokenOf(forge(lab, { jti: undefined }))).toBeNull()
  })

  test('a session is named when its cookie is genuine, also after it has ended', async () => {
    const cookie = await logIn(lab)
    const out = await lab.send('DELETE', '/session', { headers: { cookie } })
    const late = await lab.send('GET', '/me', { headers: { cookie } })
    expect(late.trace).toMatchObject({ verdict: 'unknown-session', sessionId: out.trace.endedSessions[0] })
    expect((await lab.send('GET', '/me', { headers: { cookie: `${cookie}x` } })).trace.sessionId).toBeNull()
  })

  test('what a client revokes is told of: a session, a device, everything', async () => {
    const cookie = await logIn(lab)
    const login = await lab.send('POST', '/token', { json: password })
    const { sid } = login.trace.issued[0] ?? {}
    const nothing = { account: 'alice', jti: null, sid: null, sessionId: null }
    const revoked = await lab.send('POST', '/token/revoke', { json: { token: login.body['refresh_token'], client_id: 'shop' } })
    expect(revoked.trace.revocations).toEqual([{ ...nothing, scope: 'device', sid }])
    const out = await lab.send('DELETE', '/session', { headers: { cookie } })
    expect(out.trace.revocations).toEqual([{ ...nothing, scope: 'session', sessionId: out.trace.sessionId }])
    const everything = await lab.send('DELETE', '/sessions', { headers: { cookie: await logIn(lab) } })
    expect(everything.trace.revocations).toEqual([{ ...nothing, scope: 'account' }])
    const unknown = await lab.send('POST', '/token/revoke', { json: { token: 'never-issued', client_id: 'shop' } })
    expect(unknown.trace.revocations).toEqual([])
  })
})

describe('each thing the server did is shown once', () => {
  test('a login by a client without a session writes one row once and deletes none', async () => {
    const answer = await lab.send('POST', '/session', { json })
    const ofSessions = answer.trace.steps.filter((step) => step.kind.startsWith('session-'))
    expect(ofSessions.map((step) => step.kind)).toEqual(['session-regenerate', 'session-write'])
    expect(ofSessions[0]?.evidence).toEqual({ id: answer.trace.sessions[0]?.id, previousId: null, bits: 192 })
    expect(ofSessions[1]?.evidence).toMatchObject({ before: null, after: answer.trace.sessions[0] })
  })

  test('a login on top of a session ends that one and says which', async () => {
    const first = await lab.send('POST', '/session', { json })
    const second = await lab.send('POST', '/session', { json, headers: { cookie: cookieOf(first) } })
    const previousId = first.trace.sessions[0]?.id
    expect(second.trace.endedSessions).toEqual([previousId])
    expect(second.trace.steps.find((step) => step.kind === 'session-regenerate')?.evidence).toMatchObject({ previousId })
    expect(kindsOf(second)).toContain('session-destroy')
  })

  test('a good token: one step a check, in the order of RFC 7519 §7.2', async () => {
    expect(kindsOf(await lab.send('GET', '/me', { headers: bearer(await getToken(lab)) }))).toEqual([
      'authorization-parse',
      'token-decode',
      'token-encoding',
      'token-algorithm',
      'token-key',
      'token-signature',
      'token-type',
      'token-issuer',
      'token-audience',
      'token-not-before',
      'token-expiry',
      'answer',
    ])
  })
})

test('Server-Timing names each step with its milliseconds', async () => {
  const answer = await lab.send('GET', '/me', { headers: { cookie: await logIn(lab) } })
  const metrics = (answer.headers.get('server-timing') ?? '').split(', ').map((metric) => metric.split(';dur='))
  expect(metrics.map(([name]) => name)).toEqual(kindsOf(answer))
  for (const [, milliseconds] of metrics) expect(Number(milliseconds)).toBeGreaterThanOrEqual(0)
})

test('the app runs on any Store of express-session', async () => {
  const store = new MemoryStore()
  const plain = { store, statements: null, flush: () => true, clear: async () => store.clear(), close: () => undefined }
  const own = await startTarget({ createStorage: () => ({ ...plain, look: () => ({ state: 'unknown', row: null }) }) })
  try {
    const cookie = await logIn(own)
    const me = await own.send('GET', '/me', { headers: { cookie } })
    expect([me.status, me.body['user']]).toEqual([200, expect.objectContaining({ name: 'alice' })])
    expect(kindsOf(me)).toEqual(expect.arrayContaining(['session-lookup', 'session-touch']))
    expect((await own.send('DELETE', '/session', { headers: { cookie } })).status).toBe(204)
    expect((await own.send('GET', '/me', { headers: { cookie } })).body['verdict']).toBe('unknown-session')
    expect(own.database.prepare('SELECT count(*) AS count FROM sessions').get()).toEqual({ count: 0 })
  } finally {
    await own.close()
  }
})
