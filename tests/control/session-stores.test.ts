import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../src/server/config.ts'
import { startRedis } from '../support/redis-server.ts'
import { type Answer, newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab(['--nodes', '2'])
})
afterAll(() => lab.close())

const logIn = async (own = lab): Promise<string> => {
  const body = { username: 'alice', password: 'alice-pass' }
  const { headers } = await send(`${own.lab.balancerUrl}/session`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  })
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}
const me = (cookie: string, own = lab): Promise<Answer> => send(`${own.lab.balancerUrl}/me`, { headers: { Cookie: cookie } })
const verdictOf = async (answer: Promise<Answer>): Promise<string> => (await answer).json.verdict ?? 'allowed'
const lastAction = async (): Promise<unknown> => (await lab.call('GET', '/lab')).json.actions.at(-1)
const use = (change: object) => lab.call('PATCH', '/cluster', change)

describe('a change of the session store', () => {
  test('says how many sessions it leaves behind, and finds them again when it is changed back', async () => {
    await use({ store: 'sqlite' })
    const cookie = await logIn()
    expect((await use({ store: 'redis' })).json).toMatchObject({ store: 'redis', isRedisOwn: true, storeState: 'ok' })
    expect(await lastAction()).toMatchObject({ action: 'store-changed', params: { store: 'redis', from: 'sqlite', left: 1 } })
    expect(await verdictOf(me(cookie))).toBe('unknown-session')
    const inRedis = await logIn()
    expect(await verdictOf(me(inRedis))).toBe('allowed')
    await use({ store: 'sqlite' })
    expect(await verdictOf(me(cookie))).toBe('allowed')
    await use({ store: 'redis' })
    expect(await verdictOf(me(inRedis))).toBe('allowed')
  })

  test('shows the address of Redis without its password', async () => {
    const { json } = await use({ store: 'redis' })
    expect(json.redisUrl).toMatch(/^redis:\/\/127\.0\.0\.1:\d+\/?$/)
  })

  test('to a Redis that does not answer is refused with what to do, and changes nothing', async () => {
    await use({ store: 'sqlite' })
    const cookie = await logIn()
    const refused = await use({ store: 'redis', redisUrl: 'redis://127.0.0.1:1' })
    expect(refused.status).toBe(409)
    expect(refused.json.message).toMatch(/redis:\/\/127\.0\.0\.1:1.*Start it, or give the URL/)
    expect(await verdictOf(me(cookie))).toBe('allowed')
    expect((await lab.call('GET', '/cluster')).json).toMatchObject({ store: 'sqlite', storeState: 'ok' })
  })
})

describe.each(['memory', 'sqlite', 'redis'] as const)('sessions in %s, seen by the operator', (store) => {
  beforeEach(async () => {
    await use({ store, strategy: 'sticky' })
  })

  test('are listed, expired and ended', async () => {
    const own = await startTestLab(['--nodes', '2', '--strategy', 'sticky', '--store', store])
    onTestFinished(() => own.close())
    const first = await logIn(own)
    const second = await logIn(own)
    const listed = (await own.call('GET', '/sessions')).json
    expect(listed).toMatchObject([{ account: 'alice' }, { account: 'alice' }])
    expect((await own.call('POST', `/sessions/${listed[0].id}/expire`)).status).toBe(200)
    expect((await own.call('GET', '/sessions')).json).toHaveLength(1)
    const verdicts = async (cookie: string) => [
      await verdictOf(me(`${cookie}; affinity=node-1`, own)),
      await verdictOf(me(`${cookie}; affinity=node-2`, own)),
    ]
    expect([...(await verdicts(first)), ...(await verdicts(second))]).toContain('session-expired')
    expect((await own.call('DELETE', '/accounts/alice/sessions')).json.ended).toBeGreaterThanOrEqual(1)
    expect(await verdicts(first)).toEqual(['unknown-session', 'unknown-session'])
  })

  test('that wait for a slow store are slow, and no more', async () => {
    const cookie = await logIn()
    await use({ storeLatencyMs: 30 })
    const answer = await me(cookie)
    expect(answer.headers['server-timing']).toMatch(/session-lookup;dur=(29|[3-9]\d|\d{3,})/)
    await use({ storeLatencyMs: 0 })
  })

  test('are refused with store-unavailable while the store is cut off, and accepted when it is back', async () => {
    const cookie = await logIn()
    const home = (await lab.call('GET', '/nodes')).json[0].id
    const login = { method: 'POST', body: { username: 'bob', password: 'bob-pass' }, headers: { 'Content-Type': 'application/json' } }
    const grant = { ...login, body: { ...login.body, grant_type: 'password' } }
    const token = (await send(`${lab.lab.balancerUrl}/token`, grant)).json.access_token
    await use({ storeOut: true })
    const refused = await me(cookie)
    expect(refused).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
    const { steps } = (await lab.call('GET', `/exchanges/${refused.headers['x-authlab-exchange']}`)).json
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'session-lookup', outcome: 'fail', evidence: expect.objectContaining({ isReached: false }) }),
    )
    expect(await send(`${lab.lab.balancerUrl}/session`, login)).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
    // Refresh tokens live there, too: a login that could not store one gives nothing. An access token needs no store.
    expect(await send(`${lab.lab.balancerUrl}/token`, grant)).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
    expect(await verdictOf(send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } }))).toBe('allowed')
    await use({ storeOut: false })
    expect([await verdictOf(me(`${cookie}; affinity=${home}`)), await verdictOf(me(`${cookie}; affinity=node-2`))]).toContain('allowed')
    expect((await lab.call('GET', '/nodes')).json).toMatchObject([{ state: 'up' }, { state: 'up' }])
  })
})

test('nodes count the tokens they verify, and verifying one uses the session store not once', async () => {
  await use({ store: 'sqlite', strategy: 'round-robin' })
  const login = {
    method: 'POST',
    body: { grant_type: 'password', username: 'bob', password: 'bob-pass' },
    headers: { 'Content-Type': 'application/json' },
  }
  const sum = async (): Promise<{ verified: number; uses: number }> => {
    const nodes: { tokensVerified: number; storeReads: number; storeWrites: number }[] = (await lab.call('GET', '/lab')).json.nodes
    const total = { verified: 0, uses: 0 }
    for (const { tokensVerified, storeReads, storeWrites } of nodes) {
      total.verified += tokensVerified
      total.uses += storeReads + storeWrites
    }
    return total
  }
  const start = await sum()
  const { access_token: token } = (await send(`${lab.lab.balancerUrl}/token`, login)).json
  // The login stored its refresh token there.
  await expect.poll(sum, { timeout: 5000 }).toEqual({ ...start, uses: start.uses + 1 })
  const before = await sum()
  for (let count = 0; count < 4; count++) await send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
  await expect.poll(sum, { timeout: 5000 }).toEqual({ verified: before.verified + 4, uses: before.uses })
})

test('Redis that stops under load and starts again: every request is answered, none wrongly, no node dies, and it recovers by itself', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.close())
  const own = await startTestLab(['--nodes', '3', '--store', `redis=${redis.url}`])
  onTestFinished(() => own.close())
  const cookie = await logIn(own)
  const verdicts = new Map<string, number>()
  let isOver = false
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const verdict = await verdictOf(me(cookie, own))
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    }
  }
  const workers = Array.from({ length: 6 }, worker)
  await redis.kill()
  await expect.poll(() => verdicts.get('store-unavailable') ?? 0, { timeout: 10_000 }).toBeGreaterThan(5)
  await expect.poll(async () => (await own.call('GET', '/cluster')).json.storeState, { timeout: 10_000 }).toBe('unreachable')
  await redis.relaunch()
  await expect.poll(async () => (await own.call('GET', '/cluster')).json.storeState, { timeout: 10_000 }).toBe('ok')
  await expect.poll(() => verdictOf(me(cookie, own)), { timeout: 10_000 }).toMatch(/allowed|unknown-session/)
  isOver = true
  await Promise.all(workers)
  expect([...verdicts.keys()].filter((verdict) => !['allowed', 'store-unavailable', 'unknown-session'].includes(verdict))).toEqual([])
  expect((await own.call('GET', '/nodes')).json.map(({ state }: { state: string }) => state)).toEqual(['up', 'up', 'up'])
  const actions = (await own.call('GET', '/lab')).json.actions.map(({ action }: { action: string }) => action)
  expect(actions).toEqual(expect.arrayContaining(['store-lost', 'store-recovered']))
})

test("the lab's own Redis can be ended and started again, empty", async () => {
  await use({ store: 'redis' })
  const cookie = await logIn()
  expect((await use({ redisRunning: false })).status).toBe(200)
  expect(await me(cookie)).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
  await use({ redisRunning: true })
  expect((await lab.call('GET', '/cluster')).json).toMatchObject({ storeState: 'ok' })
  // The command has answered: every node reaches it.
  for (const _node of ['node-1', 'node-2']) expect(await verdictOf(me(cookie))).toBe('unknown-session')
  await use({ store: 'sqlite' })
  expect(await use({ redisRunning: false })).toMatchObject({ status: 409 })
})

test('the store and its address are flags', () => {
  expect(parseConfig(['--store', 'redis=redis://127.0.0.1:6379'], {})).toMatchObject({ store: 'redis', redisUrl: 'redis://127.0.0.1:6379' })
  expect(parseConfig(['--store', 'memory'], {})).toMatchObject({ store: 'memory', redisUrl: null })
  expect(() => parseConfig(['--store', 'redis=http://127.0.0.1'], {})).toThrow(/--store takes a URL for redis only/)
  expect(() => parseConfig(['--store', 'sqlite=x'], {})).toThrow(/--store takes a URL for redis only/)
  expect(() => parseConfig(['--store', 'disk'], {})).toThrow(/--store takes memory, sqlite, redis or redis=URL/)
})

test('a lab whose Redis cannot be reached does not start, and leaves nothing behind', async () => {
  const folder = newFolder()
  await expect(startTestLab(['--store', 'redis=redis://127.0.0.1:1'], folder)).rejects.toMatchObject({ code: 'redis-unreachable' })
  await (await startTestLab([], folder)).close()
})

test.each([
  { store: 'memory', nodes: 1 },
  { store: 'sqlite', nodes: 1 },
  { store: 'redis', nodes: 1 },
  { store: 'sqlite', nodes: 2 },
  { store: 'redis', nodes: 2 },
] as const)(
  'two writes at once to one session in $store, by $nodes of the nodes: a slow store loses one of them, and the story says which',
  async ({ store, nodes }) => {
    const own = await startTestLab(['--nodes', `${nodes}`, '--store', store])
    onTestFinished(() => own.close())
    const cookie = await logIn(own)
    await own.call('PATCH', '/cluster', { storeLatencyMs: 100 })
    const put = (item: string) =>
      send(`${own.lab.balancerUrl}/session/cart`, {
        method: 'POST',
        body: { item },
        headers: { Cookie: cookie, 'Content-Type': 'application/json', Origin: own.lab.balancerUrl },
      })
    const answers = await Promise.all([put('bread'), put('butter')])
    expect(answers.map(({ json }) => json)).toEqual([{ cart: ['bread'] }, { cart: ['butter'] }])
    const { json } = await send(`${own.lab.balancerUrl}/session`, { headers: { Cookie: cookie } })
    expect(json.data.cart).toHaveLength(1)
    const stories = await Promise.all(answers.map(({ headers }) => own.call('GET', `/exchanges/${headers['x-authlab-exchange']}`)))
    const overwrites = stories.flatMap((story) => story.json.steps).filter(({ kind }: { kind: string }) => kind === 'session-overwrite')
    expect(overwrites).toMatchObject([{ evidence: { loadedVersion: 1, storedVersion: 2 } }])
    expect(new Set(stories.map((story) => story.json.node)).size).toBe(nodes)
  },
)
