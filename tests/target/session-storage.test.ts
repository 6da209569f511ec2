import { Agent, request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StoreKind } from '../../src/contract/cluster.ts'
import { placeOfSid } from '../../src/server/storage/sid-key.ts'
import { type OpenedStorage, openStorage } from '../../src/server/target/sessions/shared-storage.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { type Answer, advance, bearer, getToken, LIFETIMES, logIn, signedCookie, startTarget, type Target } from './support.ts'

let redis: RedisUnderTest
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.close())

let opened: OpenedStorage
let faults: { latencyMs: number; isOut: boolean }
let target: Target
const start = async (kind: StoreKind) => {
  opened = await openStorage(kind, kind === 'redis' ? redis.url : null)
  faults = { latencyMs: 0, isOut: false }
  target = await startTarget({ createStorage: opened.createStorage, storeFaults: faults })
  await target.target.reset()
}
afterEach(async () => {
  await target.close()
  opened.close()
})

const withCookie = (cookie: string, method = 'GET', path = '/me', json?: unknown) =>
  target.send(method, path, { headers: { cookie, 'sec-fetch-site': 'same-origin' }, json })
const verdictOf = ({ status, trace }: Answer) => [status, trace.verdict]

describe.each(['memory', 'sqlite', 'redis'] as const)('the app with its sessions in %s', (kind) => {
  beforeEach(() => start(kind))

  test('logs in, shows, lists and logs out', async () => {
    const cookie = await logIn(target)
    advance(target, 1)
    const other = await logIn(target)
    expect(verdictOf(await withCookie(cookie))).toEqual([200, 'allowed'])
    expect((await withCookie(cookie, 'GET', '/session')).body).toMatchObject({ session: { account: 'alice', node: 'node-1' } })
    expect((await withCookie(cookie, 'GET', '/sessions')).body).toMatchObject([{ isCurrent: false }, { isCurrent: true }])
    expect((await withCookie(cookie, 'DELETE', '/session')).status).toBe(204)
    expect(verdictOf(await withCookie(cookie))).toEqual([401, 'unknown-session'])
    expect(verdictOf(await withCookie(other))).toEqual([200, 'allowed'])
  })

  test('tells expired from unknown, on the lab clock', async () => {
    const cookie = await logIn(target)
    advance(target, LIFETIMES.sessionIdle - 1)
    expect(verdictOf(await withCookie(cookie))).toEqual([200, 'allowed'])
    advance(target, LIFETIMES.sessionIdle)
    expect(verdictOf(await withCookie(cookie))).toEqual([401, 'session-expired'])
    expect(verdictOf(await withCookie(signedCookie(target, 'never-there')))).toEqual([401, 'unknown-session'])
  })

  test('logs out everywhere, ends one, and ends all at a change of password', async () => {
    const one = await logIn(target)
    advance(target, 1)
    const [two, bobs] = [await logIn(target), await logIn(target, 'bob')]
    const { body } = await withCookie(one, 'GET', '/sessions')
    const [second] = body as unknown as { id: string }[]
    expect((await withCookie(one, 'DELETE', `/sessions/${second?.id}`)).status).toBe(204)
    expect(verdictOf(await withCookie(two))).toEqual([401, 'unknown-session'])
    const third = await logIn(target)
    const passwords = { currentPassword: 'alice-pass', newPassword: 'a much longer password' }
    const changed = await withCookie(one, 'POST', '/password', passwords)
    expect([changed.status, changed.body]).toMatchObject([200, { endedSessions: 1 }])
    for (const cookie of [one, third]) expect(verdictOf(await withCookie(cookie))).toEqual([401, 'unknown-session'])
    expect((await withCookie(bobs, 'DELETE', '/sessions')).status).toBe(204)
    expect(verdictOf(await withCookie(bobs))).toEqual([401, 'unknown-session'])
  })

  test('an outage on purpose refuses what needs a session, and only that; the sessions are there again after it', async () => {
    const cookie = await logIn(target)
    const token = await getToken(target)
    faults.isOut = true
    expect(verdictOf(await withCookie(cookie))).toEqual([503, 'store-unavailable'])
    const login = await target.send('POST', '/session', { json: { username: 'bob', password: 'bob-pass' } })
    expect([...verdictOf(login), login.headers.getSetCookie()]).toEqual([503, 'store-unavailable', []])
    expect(verdictOf(await target.send('GET', '/me', { headers: bearer(token) }))).toEqual([200, 'allowed'])
    faults.isOut = false
    expect(verdictOf(await withCookie(cookie))).toEqual([200, 'allowed'])
  })

  test('an outage that begins between lookup and touch costs the client neither its answer nor its connection', async () => {
    const cookie = await logIn(target)
    let uses = 0
    Object.defineProperty(faults, 'isOut', { get: () => ++uses % 2 === 0 })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const ask = () =>
      new Promise((resolve, reject) => {
        const asked = request(`${target.url}/me`, { agent, headers }, (answer) =>
          answer.resume().on('end', () => resolve([answer.statusCode, asked.reusedSocket])),
        )
        asked.on('error', reject).end()
      })
    expect([await ask(), await ask(), await ask()]).toEqual([
      [200, false],
      [200, true],
      [200, true],
    ])
    agent.destroy()
  })

  test('latency on purpose changes no verdict', async () => {
    faults.latencyMs = 2
    expect(verdictOf(await withCookie(await logIn(target)))).toEqual([200, 'allowed'])
  })

  test('uses of the store are counted; a token takes none', async () => {
    const cookie = await logIn(target)
    const token = await getToken(target)
    const before = target.target.counts()
    await target.send('GET', '/me', { headers: bearer(token) })
    expect(target.target.counts()).toMatchObject({ storeReads: before.storeReads, storeWrites: before.storeWrites })
    await withCookie(cookie)
    expect(target.target.counts()).toMatchObject({ storeReads: before.storeReads + 1, storeWrites: before.storeWrites + 1 })
    expect(target.target.counts().sessions).toBe(kind === 'memory' ? 1 : null)
  })

  test('the steps show what the store did, with the row before and after', async () => {
    const cookie = await logIn(target)
    advance(target, 10)
    const { steps } = (await withCookie(cookie)).trace
    const touch = steps.find((step) => step.kind === 'session-touch')
    const lookup = steps.find((step) => step.kind === 'session-lookup')
    expect(touch?.evidence).toMatchObject({ before: { account: 'alice' }, after: { account: 'alice', lastSeenAt: target.clock.nowMs() } })
    const shown = { memory: undefined, sqlite: /^SELECT/, redis: /^HGETALL authlab:session:/ }[kind]
    if (shown) expect(lookup?.evidence['sql']).toMatch(shown)
    else expect(lookup?.evidence).not.toHaveProperty('sql')
  })
})

describe('a real Redis that goes while the app runs', () => {
  beforeEach(() => start('redis'))

  test('refuses what needs a session with 503 and says when to try again; tokens go on; it is back by itself', async () => {
    const cookie = await logIn(target)
    const token = await getToken(target)
    await redis.kill()
    const refused = await withCookie(cookie)
    expect([...verdictOf(refused), refused.headers.get('retry-after')]).toEqual([503, 'store-unavailable', '1'])
    expect(verdictOf(await target.send('GET', '/me', { headers: bearer(token) }))).toEqual([200, 'allowed'])
    await redis.relaunch()
    const waiting = await redis.connect()
    waiting.close()
    let fresh = await target.send('POST', '/session', { json: { username: 'alice', password: 'alice-pass' } })
    while (fresh.status === 503) fresh = await target.send('POST', '/session', { json: { username: 'alice', password: 'alice-pass' } })
    expect(fresh.status).toBe(200)
    // It kept nothing: the session from before is as unknown as any other.
    expect(verdictOf(await withCookie(cookie))).toEqual([401, 'unknown-session'])
  })
})

test('a session in Redis is known to every app that uses it, and one app’s logout counts for all', async () => {
  await start('redis')
  const second = await openStorage('redis', redis.url)
  const other = await startTarget({ createStorage: second.createStorage, nodeId: 'node-2' })
  try {
    other.clock.setOffset(target.clock.nowMs() - Date.now())
    const cookie = await logIn(target)
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    expect(verdictOf(await other.send('GET', '/me', { headers }))).toEqual([200, 'allowed'])
    await other.send('DELETE', '/session', { headers })
    expect(verdictOf(await withCookie(cookie))).toEqual([401, 'unknown-session'])
    const sid = decodeURIComponent(cookie.slice(4)).slice(2).split('.')[0] ?? ''
    const connection = await redis.connect()
    expect(await connection.run((client) => client.exists(`authlab:ended:${placeOfSid(sid).id}`))).toBe(1)
  } finally {
    await other.close()
    second.close()
  }
})
