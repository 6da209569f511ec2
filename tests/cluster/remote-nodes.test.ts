import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Node } from '../../src/contract/nodes.ts'
import type { Step } from '../../src/contract/step.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { type Answer, newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'
import { runTarget, type TargetProcess } from '../support/target-process.ts'

const TRACE_SECRET = 'trace-secret-of-these-tests'
const JSON_TYPE = { 'Content-Type': 'application/json' }

let redis: RedisUnderTest
let folder: string
let lab: TestLab

beforeAll(async () => {
  redis = await startRedis()
  folder = newFolder()
  writeFileSync(join(folder, 'trace-secret'), `${TRACE_SECRET}\n`)
  lab = await startTestLab(['--nodes', '1', '--store', `redis=${redis.url}`], join(folder, 'lab'))
})
afterAll(async () => {
  await lab.close()
  await redis.close()
  rmSync(folder, { recursive: true, force: true })
})
// Back to one thread, with new keys: what a test added is forgotten.
beforeEach(async () => {
  expect((await lab.call('POST', '/lab/reset')).status).toBeLessThan(300)
})

const startTarget = async (...flags: string[]): Promise<TargetProcess & { url: string }> => {
  const shared = ['--secret-file', join(folder, 'lab', 'keys.json'), '--trace-secret-file', join(folder, 'trace-secret')]
  const target = runTarget('--redis', redis.url, '--name', 'elsewhere', ...shared, ...flags)
  onTestFinished(() => target.kill())
  return { ...target, url: (await target.ready).url }
}
const add = (url: string, secret?: string): Promise<Answer> => lab.call('POST', '/nodes', { url, ...(secret !== undefined && { secret }) })
const nodes = async (): Promise<Node[]> => (await lab.call('GET', '/nodes')).json
const nodeAt = async (url: string): Promise<Node | undefined> => (await nodes()).find((node) => node.url === url)
/** Waits for a state by asking for it. */
const until = async (url: string, state: Node['state']): Promise<Node> => {
  for (;;) {
    const node = await nodeAt(url)
    if (node?.state === state) return node
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const through = (path: string, headers: Record<string, string> = {}): Promise<Answer> => send(`${lab.lab.balancerUrl}${path}`, { headers })
const post = (path: string, body: object): Promise<Answer> =>
  send(`${lab.lab.balancerUrl}${path}`, { method: 'POST', body, headers: JSON_TYPE })
const logIn = () => post('/session', { username: 'alice', password: 'alice-pass' })
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? ''
const nodeOf = ({ headers }: Answer): unknown => headers['x-authlab-node']
const story = async ({ headers }: Answer) => (await lab.call('GET', `/exchanges/${headers['x-authlab-exchange']}`)).json
const kinds = (steps: Step[]): string[] => steps.map(({ kind }) => kind)
/** Two requests by round robin: one answer of each node, by the name it has for itself. */
const fromBoth = async (path: string, headers: Record<string, string>): Promise<Map<unknown, Answer>> => {
  const answers = [await through(path, headers), await through(path, headers)]
  return new Map(answers.map((answer) => [nodeOf(answer), answer]))
}

describe('a node given by URL', () => {
  test('accepts the session that a node of the lab began, by Redis and the shared cookie secret', async () => {
    const target = await startTarget()
    const login = await logIn()
    expect(nodeOf(login)).toBe('node-1')
    expect((await add(target.url, TRACE_SECRET)).json).toMatchObject({ id: 'node-2', url: target.url, state: 'up', port: null })
    const answers = await fromBoth('/me', { Cookie: cookieOf(login) })
    expect([...answers.keys()].sort()).toEqual(['elsewhere', 'node-1'])
    for (const answer of answers.values()) expect(answer).toMatchObject({ status: 200, json: { user: { name: 'alice' } } })
  })

  test('accepts the access token that a node of the lab signed, by the shared HS256 key and without the store', async () => {
    const target = await startTarget()
    const { access_token: token } = (await post('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' })).json
    await add(target.url, TRACE_SECRET)
    const remote = (await fromBoth('/me', { Authorization: `Bearer ${token}` })).get('elsewhere')
    expect(remote).toMatchObject({ status: 200, json: { user: { name: 'bob' } } })
    const { steps } = await story(remote as Answer)
    expect(kinds(steps)).toContain('token-signature')
    expect(kinds(steps)).not.toContain('session-lookup')
  })

  test('a session that it began ends everywhere when the operator ends it', async () => {
    const target = await startTarget()
    await add(target.url, TRACE_SECRET)
    const logins = [await logIn(), await logIn()]
    const remote = logins.find((login) => nodeOf(login) === 'elsewhere') as Answer
    const row = (await lab.call('GET', '/sessions')).json.find((session: { node: string }) => session.node === 'elsewhere')
    expect((await lab.call('DELETE', `/sessions/${row.id}`)).status).toBeLessThan(300)
    for (const answer of (await fromBoth('/me', { Cookie: cookieOf(remote) })).values())
      expect(answer).toMatchObject({ status: 401, json: { verdict: 'unknown-session' } })
  })

  test('tells the steps of its answers: they are in the story as if it were a thread of the lab', async () => {
    const target = await startTarget()
    const cookie = cookieOf(await logIn())
    await add(target.url, TRACE_SECRET)
    const answers = await fromBoth('/me', { Cookie: cookie })
    const [own, remote] = [await story(answers.get('node-1') as Answer), await story(answers.get('elsewhere') as Answer)]
    expect(remote).toMatchObject({ node: 'node-2', verdict: 'allowed', mechanism: 'session', status: 200 })
    expect(kinds(remote.steps)).toEqual(kinds(own.steps))
    expect(kinds(remote.steps)).toContain('session-lookup')
  })

  test('counts its work and names its key, for the lab that has its secret', async () => {
    const target = await startTarget()
    const cookie = cookieOf(await logIn())
    const { signingKeyId } = (await nodes())[0] as Node
    expect((await add(target.url, TRACE_SECRET)).json).toMatchObject({ signingKeyId, verifyingKeyIds: [signingKeyId], storeReads: 0 })
    await fromBoth('/me', { Cookie: cookie })
    for (let node = await nodeAt(target.url); node?.storeReads !== 1; node = await nodeAt(target.url))
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await nodeAt(target.url)).toMatchObject({ requests: 1, memoryBytes: null, cpu: null })
  })
})

test.each(['denylist', 'not-before', 'version'])('a token that is revoked at one is refused by all, through Redis: %s', async (way) => {
  const target = await startTarget('--revocation', way)
  await lab.call('PATCH', '/cluster', { revocation: way })
  await add(target.url, TRACE_SECRET)
  for (let round = 0; round < 2; round++) {
    const { json } = await post('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' })
    const authorization = { Authorization: `Bearer ${json.access_token}` }
    for (const answer of (await fromBoth('/me', authorization)).values()) expect(answer.status).toBe(200)
    expect((await post('/token/revoke', { token: json.refresh_token })).status).toBe(200)
    const answers = await fromBoth('/me', authorization)
    expect([...answers.keys()].sort()).toEqual(['elsewhere', 'node-1'])
    for (const answer of answers.values()) expect(answer).toMatchObject({ status: 401, json: { verdict: 'token-revoked' } })
    // One request more: in the next round the other one is asked to revoke.
    await through('/healthz')
  }
})

test('keys that are rotated at the lab are in force at a target that shares its file, without a restart', async () => {
  const target = await startTarget()
  await add(target.url, TRACE_SECRET)
  const { kid } = (await lab.call('POST', '/keys/rotate', { algorithm: 'ES256' })).json
  for (let node = await nodeAt(target.url); node?.signingKeyId !== kid; node = await nodeAt(target.url))
    await new Promise((resolve) => setTimeout(resolve, 20))
  const tokens = []
  for (let n = 0; n < 2; n++) tokens.push(await post('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' }))
  expect(tokens.map(nodeOf).sort()).toEqual(['elsewhere', 'node-1'])
  for (const { json } of tokens)
    for (const answer of (await fromBoth('/me', { Authorization: `Bearer ${json.access_token}` })).values()) expect(answer.status).toBe(200)
})

test('under load the steps of no answer are missed', async () => {
  const target = await startTarget()
  await add(target.url, TRACE_SECRET)
  const { access_token: token } = (await post('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' })).json
  await lab.call('POST', '/nodes/node-1/drain')
  const caller = async () => {
    for (let n = 0; n < 20; n++) expect((await through('/me', { Authorization: `Bearer ${token}` })).status).toBe(200)
  }
  await Promise.all(Array.from({ length: 64 }, caller))
  const told: { verdict: string }[] = (await lab.call('GET', '/exchanges?limit=1280')).json
  expect(told.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 1280 }, () => 'allowed'))
})

describe('without its secret', () => {
  test('or with a wrong one, its answers are recorded and say why they have no steps', async () => {
    const target = await startTarget()
    for (const [secret, reason] of [
      [undefined, 'no-secret'],
      ['a-secret-that-it-does-not-have', 'refused'],
    ] as const) {
      const { id } = (await add(target.url, secret)).json
      const remote = (await fromBoth('/me', {})).get('elsewhere') as Answer
      const told = await story(remote)
      expect(told).toMatchObject({ node: id, status: 401 })
      expect(kinds(told.steps)).toEqual(['balancer-pick', 'steps-missing'])
      expect(told.steps[1]).toMatchObject({
        evidence: { node: id, reason },
        title: expect.stringContaining(`steps of ${id} are not known`),
      })
      expect((await lab.call('DELETE', `/nodes/${id}`)).status).toBe(204)
    }
  })

  test('a stranger at its port writes nothing into an exchange of the lab, whatever id it states', async () => {
    const target = await startTarget()
    await add(target.url, TRACE_SECRET)
    const remote = (await fromBoth('/me', {})).get('elsewhere') as Answer
    const before = await story(remote)
    const forged = String(remote.headers['x-authlab-exchange'])
    const stranger = { 'X-AuthLab-Exchange': forged, 'X-AuthLab-Balancer': 'a-secret-of-a-stranger', Cookie: 'sid=s%3Aforged.forged' }
    expect((await send(`${target.url}/me`, { headers: stranger })).headers['x-authlab-exchange']).not.toBe(forged)
    expect(await story(remote)).toEqual(before)
  })

  test('a client of the balancer reads no steps of anybody by asking the target for them', async () => {
    const target = await startTarget()
    await add(target.url, TRACE_SECRET)
    const remote = (await fromBoth('/me', {})).get('elsewhere') as Answer
    const path = `/.authlab/traces/${remote.headers['x-authlab-exchange']}`
    for (const answer of (await fromBoth(path, { 'X-AuthLab-Lab': 'guessed-guessed-guessed' })).values()) expect(answer.status).toBe(404)
    for (const answer of (await fromBoth('/.authlab/stats', {})).values()) expect(answer.status).toBe(404)
  })
})

test('its process killed: the balancer goes on with the others; started again at its port it is back without being added anew', async () => {
  const target = await startTarget()
  await add(target.url, TRACE_SECRET)
  const cookie = cookieOf(await logIn())
  await target.kill()
  const verdicts = []
  for (let n = 0; n < 6; n++) verdicts.push((await through('/me', { Cookie: cookie })).status)
  expect(verdicts).toEqual([200, 200, 200, 200, 200, 200])
  expect(await until(target.url, 'down')).toMatchObject({ downReason: 'unreachable', connections: null })
  const again = await startTarget('--port', new URL(target.url).port)
  expect(again.url).toBe(target.url)
  await until(target.url, 'up')
  const answers = await fromBoth('/me', { Cookie: cookie })
  expect(answers.get('elsewhere')).toMatchObject({ status: 200 })
  expect(kinds((await story(answers.get('elsewhere') as Answer)).steps)).toContain('session-lookup')
  const actions: { action: string }[] = (await lab.call('GET', '/lab')).json.actions
  expect(actions.map(({ action }) => action)).toEqual(expect.arrayContaining(['node-added', 'node-unreachable', 'node-reachable']))
})

describe('what the lab can do with it', () => {
  test('is to drain it, take it back and forget it; its process goes on', async () => {
    const target = await startTarget()
    const { id } = (await add(target.url, TRACE_SECRET)).json
    expect((await lab.call('POST', `/nodes/${id}/drain`)).json.state).toBe('draining')
    expect(nodeOf(await through('/me'))).toBe('node-1')
    expect(nodeOf(await through('/me'))).toBe('node-1')
    expect((await lab.call('POST', `/nodes/${id}/start`)).json.state).toBe('up')
    expect([...(await fromBoth('/me', {})).keys()].sort()).toEqual(['elsewhere', 'node-1'])
    expect((await lab.call('DELETE', `/nodes/${id}`)).status).toBe(204)
    expect(await nodeAt(target.url)).toBeUndefined()
    expect((await send(`${target.url}/healthz`)).status).toBe(200)
  })

  test('is not to kill, restart or change it: that says it is a process of its own', async () => {
    const target = await startTarget()
    const { id } = (await add(target.url, TRACE_SECRET)).json
    const refusals = [
      await lab.call('POST', `/nodes/${id}/kill`),
      await lab.call('POST', `/nodes/${id}/restart`),
      await lab.call('PATCH', `/nodes/${id}`, { latencyMs: 5 }),
      await lab.call('PATCH', `/nodes/${id}`, { clockSkewMs: 5 }),
      await lab.call('PATCH', `/nodes/${id}`, { jwksFrozen: true }),
      await lab.call('PATCH', `/nodes/${id}`, { ownCookieSecret: true }),
    ]
    for (const refused of refusals)
      expect(refused).toMatchObject({
        status: 409,
        json: { message: expect.stringContaining(`${id} is a process of its own, at ${target.url}`) },
      })
    expect(await nodeAt(target.url)).toMatchObject({ state: 'up', latencyMs: 0 })
  })

  test('leaves it as it is when all nodes are configured anew, and forgets it at a reset', async () => {
    const target = await startTarget()
    await add(target.url, TRACE_SECRET)
    expect((await lab.call('PATCH', '/cluster', { leewaySeconds: 5 })).status).toBe(200)
    expect(await nodeAt(target.url)).toMatchObject({ state: 'up' })
    await lab.call('POST', '/lab/reset')
    expect((await nodes()).map(({ id, url }) => [id, url])).toEqual([['node-1', null]])
  })
})

describe('it is refused', () => {
  const refusal = async (url: string, secret?: string): Promise<[number, string]> => {
    const { status, json } = await add(url, secret)
    expect(await nodes()).toHaveLength(1)
    return [status, json.message]
  }

  test('when nothing answers there, or something that is no target', async () => {
    expect(await refusal('http://127.0.0.1:1')).toEqual([
      409,
      expect.stringMatching(/^Nothing answers at http:\/\/127\.0\.0\.1:1\. Start it/),
    ])
    const other = createServer((_request, response) => response.end('ok'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    expect(await refusal(`http://127.0.0.1:${port}`)).toEqual([409, expect.stringContaining('is no target of AuthLab')])
  })

  test('when it is on another machine that --allow-host did not name', async () => {
    expect(await refusal('http://192.0.2.1:4801')).toEqual([409, expect.stringContaining('Start with --allow-host 192.0.2.1 to allow it')])
  })

  test('when it is the balancer, a thread of the lab, or more than an origin', async () => {
    expect(await refusal(lab.lab.balancerUrl)).toEqual([409, expect.stringContaining('the balancer itself')])
    const { port } = (await nodes())[0] as Node
    for (const name of ['127.0.0.1', 'localhost', '[::1]'])
      expect(await refusal(`http://${name}:${port}`)).toEqual([409, expect.stringContaining('node-1 is what answers at')])
    expect(await refusal('http://127.0.0.1:4801/me')).toEqual([400, expect.stringContaining('by its origin alone')])
    expect(await refusal('http://127.0.0.1:4801', 'two\nlines and more')).toEqual([400, expect.stringContaining('secret')])
  })

  test('when it is there already', async () => {
    const target = await startTarget()
    const { id } = (await add(target.url, TRACE_SECRET)).json
    // With a thread that is down, and so has no port, beside it.
    await lab.call('POST', '/nodes/node-1/kill')
    for (const url of [target.url, target.url.replace('127.0.0.1', 'localhost')])
      expect(await add(url, TRACE_SECRET)).toMatchObject({ status: 409, json: { message: `${id} is what answers at ${url}.` } })
  })
})
