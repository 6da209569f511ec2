import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contract } from '../../src/contract/index.ts'
import { LabState } from '../../src/contract/lab.ts'
import { startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
const call: TestLab['call'] = (...args) => testLab.call(...args)
beforeAll(async () => {
  testLab = await startTestLab()
})
afterAll(() => testLab.close())
beforeEach(async () => {
  await call('POST', '/lab/reset')
})

const exchangeOf = async (answer: { json: { exchanges: string[] } }) => (await call('GET', `/exchanges/${answer.json.exchanges[0]}`)).json
const lastAction = async () => (await call('GET', '/lab')).json.actions.at(-1)

test('the OpenAPI document lists every operation of the contract', async () => {
  const { json } = await call('GET', '/openapi.json')
  const documented = Object.entries<object>(json.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))
  const operations = Object.values(contract).flatMap((group) => Object.values(group))
  const expected = operations.map((operation) => {
    const { method, path } = operation['~orpc'].route
    return `${method?.toLowerCase()} ${path}`
  })
  expect(documented.sort()).toEqual(expected.sort())
  expect(json.openapi).toMatch(/^3\.1/)
})

describe('the lab', () => {
  test('is answered whole, as the contract says', async () => {
    const { status, json } = await call('GET', '/lab')
    expect(status).toBe(200)
    expect(LabState.parse(json)).toEqual(json)
    expect(json.clients.map((client: { id: string }) => client.id)).toEqual(['alice-laptop', 'alice-phone', 'bob-laptop', 'mallory'])
    expect(json.accounts.map((account: { name: string }) => account.name)).toEqual(['alice', 'bob', 'mallory'])
    expect(json.nodes.map((node: { state: string }) => node.state)).toEqual(['up', 'up'])
    expect(json.cluster.lifetimes).toEqual({
      sessionIdle: 1800,
      sessionAbsolute: 43_200,
      accessToken: 900,
      refreshIdle: 86_400,
      refreshAbsolute: 604_800,
      refreshGrace: 0,
    })
  })

  test('goes back to its starting state', async () => {
    await call('POST', '/clients/alice-laptop/login')
    await call('POST', '/clients', { name: 'Eve', account: 'bob', mechanism: 'session' })
    await call('PATCH', '/accounts/bob', { role: 'admin', disabled: true })
    await call('PUT', '/clock', { offsetMs: 60_000 })
    await call('POST', '/nodes/node-1/kill')
    const { json } = await call('POST', '/lab/reset')
    expect(json.clients).toHaveLength(4)
    expect(json.clients[0].cookies).toEqual([])
    expect(json.sessions).toEqual([])
    expect(json.exchanges).toEqual([])
    expect(json.clock).toMatchObject({ offsetMs: 0, isPaused: false })
    expect(json.nodes[0].state).toBe('up')
    expect(json.accounts.find((account: { name: string }) => account.name === 'bob')).toMatchObject({ role: 'user', isDisabled: false })
    expect(json.actions.map((row: { action: string }) => row.action)).toEqual(['lab-reset'])
  })

  test('goes back with new keys on every node: no token and no cookie from before is good any more', async () => {
    const { balancerUrl } = testLab.lab
    const json = { 'Content-Type': 'application/json' }
    const login = { username: 'bob', password: 'bob-pass' }
    const cookies = await fetch(`${balancerUrl}/session`, { method: 'POST', headers: json, body: JSON.stringify(login) })
    const Cookie = cookies.headers.get('set-cookie')?.split(';')[0] ?? ''
    const body = JSON.stringify({ grant_type: 'password', ...login })
    const issued = await fetch(`${balancerUrl}/token`, { method: 'POST', headers: json, body })
    const { access_token } = (await issued.json()) as { access_token: string }
    const before = (await call('GET', '/nodes')).json[0].signingKeyId
    const { json: after } = await call('POST', '/lab/reset')
    const keyIds = new Set(after.nodes.map((node: { signingKeyId: string }) => node.signingKeyId))
    expect(keyIds.size).toBe(1)
    expect(keyIds.has(before)).toBe(false)
    const verdictOf = async (headers: Record<string, string>) =>
      ((await (await fetch(`${balancerUrl}/me`, { headers })).json()) as { verdict?: string }).verdict
    for (const _node of after.nodes) {
      expect(await verdictOf({ Authorization: `Bearer ${access_token}` })).toBe('unknown-key')
      expect(await verdictOf({ Cookie })).toBe('bad-cookie-signature')
    }
  })

  test('asked twice at once to go back does so once', async () => {
    await call('POST', '/nodes/node-1/kill')
    const answers = await Promise.all([call('POST', '/lab/reset'), call('POST', '/lab/reset')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0].json.actions).toHaveLength(1)
  })

  test('stops recording and goes on, with a row for each', async () => {
    expect((await call('PATCH', '/recording', { on: false, capacity: 200 })).json).toMatchObject({ isOn: false, capacity: 200 })
    expect((await lastAction()).action).toBe('recording-paused')
    const unseen = await call('POST', '/clients/mallory/requests', { path: '/healthz' })
    expect(unseen.status).toBe(200)
    expect((await call('GET', '/exchange-summaries')).json).toEqual([])
    await call('PATCH', '/recording', { on: true })
    expect((await lastAction()).action).toBe('recording-resumed')
  })
})

describe('clients', () => {
  test('are added, changed and removed', async () => {
    const added = await call('POST', '/clients', { name: 'Bob·Tablet', account: 'bob', device: 'Tablet', mechanism: 'jwt-bearer' })
    expect(added.status).toBe(201)
    const { id } = added.json
    expect((await call('PATCH', `/clients/${id}`, { mechanism: 'session' })).json).toMatchObject({ id, mechanism: 'session' })
    expect(await lastAction()).toMatchObject({
      action: 'client-mechanism-changed',
      params: { client: id, name: 'Bob·Tablet', mechanism: 'session' },
    })
    expect((await call('DELETE', `/clients/${id}`)).status).toBe(204)
    expect((await call('GET', '/clients')).json).toHaveLength(4)
    expect((await call('DELETE', `/clients/${id}`)).status).toBe(404)
  })

  test('take names that say something', async () => {
    const answer = await call('POST', '/clients', { name: '  ', account: 'bob', mechanism: 'session' })
    expect(answer.status).toBe(400)
    expect(answer.json.data.path).toBe('name')
  })

  test.each([
    ['alice-laptop', 'session', 'sid'],
    ['alice-phone', 'jwt-cookie', 'access_token'],
  ])('%s logs in by %s and holds the cookie', async (id, mechanism, cookie) => {
    const exchange = await exchangeOf(await call('POST', `/clients/${id}/login`))
    expect(exchange).toMatchObject({ client: id, method: 'POST', status: 200, verdict: 'allowed', mechanism })
    const client = (await call('GET', '/clients')).json.find((one: { id: string }) => one.id === id)
    expect(client.cookies.map(({ name }: { name: string }) => name)).toContain(cookie)
  })

  test('with a wrong password get bad-credentials', async () => {
    const exchange = await exchangeOf(await call('POST', '/clients/bob-laptop/login', { password: 'wrong' }))
    expect(exchange.verdict).toBe('bad-credentials')
  })

  test('send requests with the credential they hold, or without', async () => {
    await call('POST', '/clients/bob-laptop/login')
    expect(await exchangeOf(await call('POST', '/clients/bob-laptop/requests', { path: '/me' }))).toMatchObject({
      verdict: 'allowed',
      mechanism: 'jwt-bearer',
    })
    expect(await exchangeOf(await call('POST', '/clients/bob-laptop/requests', { path: '/me', credential: 'none' }))).toMatchObject({
      verdict: 'no-credential',
      mechanism: 'none',
    })
  })

  test('that discarded nothing cannot send a discarded token', async () => {
    const answer = await call('POST', '/clients/bob-laptop/requests', { path: '/me', credential: 'discarded' })
    expect(answer.status).toBe(409)
  })

  test('never show their tag on the wire that is recorded', async () => {
    const exchange = await exchangeOf(await call('POST', '/clients/bob-laptop/requests', { path: '/healthz' }))
    const names = exchange.request.headers.map(([name]: [string]) => name.toLowerCase())
    expect(names).not.toContain('x-authlab-client')
  })
})

describe('traffic', () => {
  test('are found by an id that their steps name, and only by the whole id', async () => {
    for (const client of ['alice-laptop', 'bob-laptop']) await call('POST', `/clients/${client}/login`)
    await call('POST', '/clients/alice-laptop/requests', { path: '/me' })
    const [{ id }] = (await call('GET', '/sessions?account=alice')).json
    const found = async (evidence: string) =>
      (await call('GET', `/exchange-summaries?evidence=${evidence}`)).json.map((exchange: { path: string }) => exchange.path)
    expect(await found(id)).toEqual(['/session', '/me'])
    const { claims } = (await exchangeOf(await call('POST', '/clients/bob-laptop/requests', { path: '/me' }))).steps.find(
      ({ kind }: { kind: string }) => kind === 'token-signature',
    ).evidence
    expect(await found(claims.jti)).toEqual(['/token', '/me'])
    expect(await found(id.slice(0, 32))).toEqual([])
  })

  test('is listed, filtered, found by id and forgotten', async () => {
    await call('POST', '/clients/mallory/requests', { path: '/healthz' })
    await call('POST', '/clients/mallory/requests', { path: '/me' })
    const all = (await call('GET', '/exchanges')).json
    expect(all.map((exchange: { path: string }) => exchange.path)).toEqual(['/healthz', '/me'])
    expect((await call('GET', `/exchange-summaries?after=${all[0].seq}`)).json).toHaveLength(1)
    expect((await call('GET', '/exchange-summaries?verdict=no-credential')).json).toHaveLength(1)
    expect((await call('GET', `/exchanges/${all[1].id}`)).json).toMatchObject({ id: all[1].id, verdict: 'no-credential' })
    expect((await call('DELETE', '/exchanges')).status).toBe(204)
    expect((await call('GET', '/exchanges')).json).toEqual([])
    expect((await call('GET', `/exchanges/${all[1].id}`)).status).toBe(404)
  })

  test('becomes an archive without secrets, or with them when asked', async () => {
    await call('POST', '/clients/bob-laptop/login')
    const hidden = await call('GET', '/exchanges.har')
    expect(hidden.json.log).toMatchObject({ version: '1.2', creator: { name: 'AuthLab' } })
    expect(hidden.text).not.toContain('bob-pass')
    expect((await call('GET', '/exchanges.har?secrets=shown')).text).toContain('bob-pass')
  })

  test('is sent again as the same client, as another, and with edits', async () => {
    await call('POST', '/clients/bob-laptop/login')
    const sent = await exchangeOf(await call('POST', '/clients/bob-laptop/requests', { path: '/me' }))
    const stolen = await exchangeOf(await call('POST', `/exchanges/${sent.id}/replay`, { client: 'mallory' }))
    expect(stolen).toMatchObject({ client: 'mallory', path: '/me', verdict: 'allowed', mechanism: 'jwt-bearer' })
    const edited = await exchangeOf(await call('POST', `/exchanges/${sent.id}/replay`, { headers: [['Accept', 'application/json']] }))
    expect(edited).toMatchObject({ client: 'bob-laptop', verdict: 'no-credential' })
    expect((await call('POST', '/exchanges/none/replay', {})).status).toBe(404)
  })
})

describe('a recorded request', () => {
  test('of a stranger is sent again as a stranger, with what it carried', async () => {
    const id = await fetch(`${testLab.lab.balancerUrl}/me`, { headers: { Authorization: 'Bearer x' } }).then((answer) =>
      answer.headers.get('x-authlab-exchange'),
    )
    expect(await exchangeOf(await call('POST', `/exchanges/${id}/replay`, {}))).toMatchObject({ client: null, verdict: 'malformed-token' })
  })

  test('of a client that is gone needs another client to send it', async () => {
    const sent = await call('POST', '/clients/mallory/requests', { path: '/me' })
    await call('DELETE', '/clients/mallory')
    const id = sent.json.exchanges[0]
    expect((await call('POST', `/exchanges/${id}/replay`, {})).status).toBe(409)
    expect((await call('POST', `/exchanges/${id}/replay`, { client: 'bob-laptop' })).status).toBe(200)
  })

  test('is sent with its body, or with another', async () => {
    const sent = await call('POST', '/clients/alice-laptop/login', { password: 'wrong' })
    const id = sent.json.exchanges[0]
    expect(await exchangeOf(await call('POST', `/exchanges/${id}/replay`, {}))).toMatchObject({ verdict: 'bad-credentials' })
    const body = JSON.stringify({ username: 'alice', password: 'alice-pass' })
    expect(await exchangeOf(await call('POST', `/exchanges/${id}/replay`, { body }))).toMatchObject({ verdict: 'allowed' })
  })
})

describe('sessions', () => {
  const loggedIn = async (): Promise<string> => {
    await call('POST', '/clients/alice-laptop/login')
    return (await call('GET', '/sessions')).json[0].id
  }

  test('are listed by account', async () => {
    await loggedIn()
    expect((await call('GET', '/sessions?account=alice')).json).toHaveLength(1)
    expect((await call('GET', '/sessions?account=bob')).json).toEqual([])
  })

  test('are those behind the clients’ cookies', async () => {
    const id = await loggedIn()
    expect((await call('GET', '/clients')).json[0].sessionId).toBe(id)
  })

  test('end by the operator’s hand, with a row that says whose', async () => {
    const id = await loggedIn()
    expect((await call('DELETE', `/sessions/${id}`)).status).toBe(204)
    expect(await lastAction()).toMatchObject({ action: 'session-ended', params: { id, account: 'alice' } })
    expect((await call('GET', '/sessions')).json).toEqual([])
    expect((await call('DELETE', `/sessions/${id}`)).status).toBe(404)
  })

  test('expire by the operator’s hand', async () => {
    const id = await loggedIn()
    const expired = await call('POST', `/sessions/${id}/expire`)
    expect(expired.status).toBe(200)
    expect(await lastAction()).toMatchObject({ action: 'session-expired', params: { id, account: 'alice' } })
    expect((await call('POST', `/sessions/${id}/expire`)).status).toBe(404)
  })
})

describe('accounts', () => {
  test('change, and a disabled one loses its sessions', async () => {
    await call('POST', '/clients/alice-laptop/login')
    const changed = await call('PATCH', '/accounts/alice', { role: 'user', scopes: ['orders:read'], disabled: true })
    expect(changed.json).toEqual({ name: 'alice', role: 'user', scopes: ['orders:read'], isDisabled: true })
    expect((await call('GET', '/sessions')).json).toEqual([])
    expect(await lastAction()).toMatchObject({
      action: 'account-changed',
      params: { account: 'alice', role: 'user', disabled: true, scopes: 'orders:read' },
    })
    expect((await call('PATCH', '/accounts/nobody', { role: 'user' })).status).toBe(404)
    expect((await call('PATCH', '/accounts/alice', { role: 'king' })).json.data.path).toBe('role')
  })

  test('are logged out everywhere', async () => {
    await call('POST', '/clients/alice-laptop/login')
    expect((await call('DELETE', '/accounts/alice/sessions')).json).toMatchObject({ ended: 1, families: 0 })
    expect(await lastAction()).toMatchObject({ action: 'account-logged-out', params: { account: 'alice', ended: 1, families: 0 } })
    expect((await call('DELETE', '/accounts/nobody/sessions')).status).toBe(404)
  })
})

test('nodes are killed and started; the effect is in force when the command answers', async () => {
  expect((await call('POST', '/nodes/node-1/kill')).json).toMatchObject({ id: 'node-1', state: 'down', port: null })
  expect(await lastAction()).toMatchObject({ action: 'node-killed', params: { node: 'node-1' } })
  expect((await call('POST', '/nodes/node-1/kill')).status).toBe(409)
  expect(await exchangeOf(await call('POST', '/clients/mallory/requests', { path: '/healthz' }))).toMatchObject({ node: 'node-2' })
  expect((await call('POST', '/nodes/node-1/start')).json.state).toBe('up')
  expect((await call('POST', '/nodes/node-9/start')).status).toBe(404)
})

test('the clock moves, stops, runs on and goes back to real time', async () => {
  expect((await call('PUT', '/clock', { offsetMs: 900_000 })).json).toMatchObject({ offsetMs: 900_000, isPaused: false })
  expect(await lastAction()).toMatchObject({ action: 'clock-moved', params: { offsetMs: 900_000 } })
  const paused = (await call('POST', '/clock/pause')).json
  expect((await call('GET', '/clock')).json).toMatchObject({ isPaused: true, labTime: paused.labTime })
  expect((await call('POST', '/clock/pause', { paused: false })).json.isPaused).toBe(false)
  expect((await lastAction()).action).toBe('clock-resumed')
  expect((await call('PUT', '/clock', { offsetMs: 0 })).json).toMatchObject({ offsetMs: 0, isPaused: false })
  expect((await call('PUT', '/clock', { offsetMs: 1e15 })).json.data.path).toBe('offsetMs')
})

test.each([
  ['PATCH', '/accounts/bob', { rolle: 'admin' }, 'rolle'],
  ['PATCH', '/accounts/bob', { role: 'user', isDisabled: true }, 'isDisabled'],
  ['POST', '/clients', { name: 'Eve', account: 'bob', mechanism: 'session', colour: 'red' }, 'colour'],
  ['PATCH', '/clients/mallory', { mechanisms: 'session' }, 'mechanisms'],
  ['POST', '/clients/mallory/login', { user: 'bob' }, 'user'],
  ['POST', '/clients/mallory/requests', { path: '/me', header: [] }, 'header'],
  ['POST', '/exchanges/1/replay', { as: 'mallory' }, 'as'],
  ['GET', '/exchanges?verdikt=allowed', undefined, 'verdikt'],
  ['GET', '/exchanges?evidence=%25', undefined, 'evidence'],
  ['GET', '/sessions?user=bob', undefined, 'user'],
  ['PATCH', '/recording', { isOn: false }, 'isOn'],
  ['POST', '/nodes', { address: 'http://127.0.0.1:1' }, 'address'],
  ['PUT', '/clock', { offsetMs: 0, offset: 1 }, 'offset'],
  ['POST', '/clock/pause', { pause: false }, 'pause'],
])('a field that no operation knows gets 400 with its name, so that a slip of the pen is not taken for done: %s %s', async (...slip) => {
  const [method, path, body, field] = slip
  const before = (await call('GET', '/accounts')).json
  const answer = await call(method, path, body)
  expect(answer.status).toBe(400)
  expect(answer.json.data.path).toBe(field)
  expect((await call('GET', '/accounts')).json).toEqual(before)
})

test.each(['me', '', '/é', '/a b', '/me\r\nX-Smuggled: 1', 'http://127.0.0.1/me'])(
  'a path that cannot stand on a request line gets 400: %j',
  async (path) => {
    const answer = await call('POST', '/clients/mallory/requests', { path })
    expect([answer.status, answer.json.data?.path]).toEqual([400, 'path'])
  },
)

test('what is not JSON gets 400, what is not there 404', async () => {
  expect((await call('PUT', '/clock', '{"offsetMs":')).json).toMatchObject({ code: 'BAD_REQUEST', status: 400 })
  expect((await call('GET', '/nothing')).json).toMatchObject({ code: 'NOT_FOUND', status: 404 })
})
