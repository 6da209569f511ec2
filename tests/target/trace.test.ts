import { MemoryStore } from 'express-session'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, bearer, cookieOf, getToken, logIn, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const kindsOf = ({ trace }: Answer) => trace.steps.map((step) => step.kind)
const json = { username: 'alice', password: 'alice-pass' }

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
