import { Agent, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab(['--nodes', '2'])
})
afterAll(() => lab.close())

const nodeOf = async (headers: Record<string, string> = {}): Promise<string> =>
  String((await send(`${lab.lab.balancerUrl}/healthz`, { headers })).headers['x-authlab-node'])

const withOwnLab = async (flags: string[]): Promise<TestLab> => {
  const own = await startTestLab(flags)
  onTestFinished(() => own.close())
  return own
}

/** Requests one after the other on each of some connections, until told to stop. */
const underLoad = async (url: string, work: () => Promise<unknown>): Promise<number[]> => {
  const agent = new Agent({ keepAlive: true })
  const statuses: number[] = []
  let isOver = false
  const get = (): Promise<number> =>
    new Promise((resolve) => {
      const outgoing = request(url, { agent }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      outgoing.on('error', () => resolve(0))
      outgoing.end()
    })
  const worker = async (): Promise<void> => {
    while (!isOver) statuses.push(await get())
  }
  const workers = Array.from({ length: 8 }, worker)
  await work()
  isOver = true
  await Promise.all(workers)
  agent.destroy()
  return statuses
}

describe('nodes while the lab runs', () => {
  test('a node that is added takes requests when the command has answered, and none after it is removed', async () => {
    const added = await lab.call('POST', '/nodes')
    expect(added).toMatchObject({ status: 201, json: { id: 'node-3', state: 'up' } })
    const nodes = await Promise.all(Array.from({ length: 6 }, () => nodeOf()))
    expect(nodes).toContain('node-3')
    expect((await lab.call('DELETE', '/nodes/node-3')).status).toBe(204)
    expect(await Promise.all(Array.from({ length: 6 }, () => nodeOf()))).not.toContain('node-3')
    expect((await lab.call('GET', '/nodes')).json.map(({ id }: { id: string }) => id)).toEqual(['node-1', 'node-2'])
  })

  test('a node that drains gets no new requests, and is up again when it is started', async () => {
    expect((await lab.call('POST', '/nodes/node-1/drain')).json).toMatchObject({ state: 'draining' })
    expect(await Promise.all([nodeOf(), nodeOf(), nodeOf()])).toEqual(['node-2', 'node-2', 'node-2'])
    expect((await lab.call('POST', '/nodes/node-1/drain')).status).toBe(409)
    expect((await lab.call('POST', '/nodes/node-1/start')).json).toMatchObject({ state: 'up' })
    expect(await Promise.all([nodeOf(), nodeOf()])).toContain('node-1')
  })

  test('the request in flight is finished before its node is removed', async () => {
    const { json: node } = await lab.call('POST', '/nodes')
    await lab.call('PATCH', `/nodes/${node.id}`, { latencyMs: 300 })
    await lab.call('PATCH', '/cluster', { strategy: 'sticky' })
    const slow = send(`${lab.lab.balancerUrl}/me`, { headers: { Cookie: `affinity=${node.id}` } })
    await expect.poll(async () => (await lab.call('GET', '/nodes')).json.at(-1).inFlight).toBe(1)
    await lab.call('DELETE', `/nodes/${node.id}`)
    expect((await slow).headers['x-authlab-node']).toBe(node.id)
    await lab.call('PATCH', '/cluster', { strategy: 'round-robin' })
  })

  test('the last node cannot be removed, and a seventeenth not be added', async () => {
    const own = await withOwnLab(['--nodes', '1'])
    expect(await own.call('DELETE', '/nodes/node-1')).toMatchObject({ status: 409 })
    for (let count = 2; count <= 16; count++) expect((await own.call('POST', '/nodes')).status).toBe(201)
    expect(await own.call('POST', '/nodes')).toMatchObject({ status: 409, json: { message: expect.stringContaining('16') } })
  })

  test.each([1, 2])('a rolling restart of %i nodes under load loses no request', async (count) => {
    const own = await withOwnLab(['--nodes', String(count)])
    const statuses = await underLoad(`${own.lab.balancerUrl}/healthz`, async () => {
      const ports = async () => (await own.call('GET', '/nodes')).json.map(({ port }: { port: number }) => port)
      const before = await ports()
      expect((await own.call('PATCH', '/cluster', { leewaySeconds: 30 })).json).toMatchObject({ leewaySeconds: 30, isRolling: false })
      expect(await ports()).not.toEqual(expect.arrayContaining(before))
    })
    expect(statuses.length).toBeGreaterThan(20)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  test('a restart of one node under load loses no request', async () => {
    const statuses = await underLoad(`${lab.lab.balancerUrl}/healthz`, () => lab.call('POST', '/nodes/node-2/restart'))
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })

  test('latency added to a node is waited, and shown as a step', async () => {
    await lab.call('PATCH', '/nodes/node-1', { latencyMs: 40 })
    await lab.call('PATCH', '/nodes/node-2', { latencyMs: 40 })
    const { headers } = await send(`${lab.lab.balancerUrl}/me`)
    const { json } = await lab.call('GET', `/exchanges/${headers['x-authlab-exchange']}`)
    const step = json.steps.find(({ kind }: { kind: string }) => kind === 'node-latency')
    expect(step).toMatchObject({ outcome: 'info', evidence: { latencyMs: 40 } })
    expect(step.durationUs).toBeGreaterThanOrEqual(39_000)
    for (const id of ['node-1', 'node-2']) await lab.call('PATCH', `/nodes/${id}`, { latencyMs: 0 })
  })

  test('a change that makes no sense is refused with the field', async () => {
    expect(await lab.call('PATCH', '/nodes/node-1', { latencyMs: -1 })).toMatchObject({ status: 400 })
    expect(await lab.call('PATCH', '/nodes/node-1', { latency: 1 })).toMatchObject({ status: 400 })
    expect(await lab.call('PATCH', '/cluster', { strategy: 'first' })).toMatchObject({ status: 400 })
    expect(await lab.call('PATCH', '/nodes/node-99', { latencyMs: 1 })).toMatchObject({ status: 404 })
  })
})

describe('clocks that drift', () => {
  const tokenOf = async (): Promise<string> => {
    const body = 'grant_type=password&username=alice&password=alice-pass'
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return (await send(`${lab.lab.balancerUrl}/token`, { method: 'POST', body, headers })).json.access_token
  }
  const verdictsBy = async (token: string): Promise<Record<string, string>> => {
    const verdicts: Record<string, string> = {}
    for (let turn = 0; turn < 2; turn++) {
      const answer = await send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
      verdicts[String(answer.headers['x-authlab-node'])] = answer.json.verdict ?? 'allowed'
    }
    return verdicts
  }

  test('a node whose clock is ahead rejects a fresh token as expired, the others accept it', async () => {
    await lab.call('PATCH', '/nodes/node-2', { clockSkewMs: 20 * 60_000 })
    expect((await lab.call('GET', '/nodes')).json[1]).toMatchObject({ clockSkewMs: 1_200_000 })
    // Signed by whichever node: one that runs ahead issues tokens that end later.
    await lab.call('POST', '/nodes/node-2/drain')
    const token = await tokenOf()
    await lab.call('POST', '/nodes/node-2/start')
    expect(await verdictsBy(token)).toEqual({ 'node-1': 'allowed', 'node-2': 'token-expired' })
    await lab.call('PATCH', '/nodes/node-2', { clockSkewMs: 0 })
  })

  test('a node whose clock is behind accepts a token that is dead elsewhere', async () => {
    const token = await tokenOf()
    await lab.call('PATCH', '/nodes/node-2', { clockSkewMs: -20 * 60_000 })
    await lab.call('PUT', '/clock', { offsetMs: 16 * 60_000 })
    expect(await verdictsBy(token)).toEqual({ 'node-1': 'token-expired', 'node-2': 'allowed' })
    await lab.call('PUT', '/clock', { offsetMs: 0 })
    await lab.call('PATCH', '/nodes/node-2', { clockSkewMs: 0 })
  })

  test('leeway forgives a small difference (RFC 7519 §4.1.4: some small leeway, usually no more than a few minutes)', async () => {
    const token = await tokenOf()
    await lab.call('PUT', '/clock', { offsetMs: 910_000 })
    expect(Object.values(await verdictsBy(token))).toEqual(['token-expired', 'token-expired'])
    await lab.call('PATCH', '/cluster', { leewaySeconds: 60 })
    expect(Object.values(await verdictsBy(token))).toEqual(['allowed', 'allowed'])
    await lab.call('PATCH', '/cluster', { leewaySeconds: 0 })
    await lab.call('PUT', '/clock', { offsetMs: 0 })
  })
})

test('failed logins are counted together by nodes whose clocks are far apart', async () => {
  const own = await withOwnLab(['--nodes', '2'])
  await own.call('PATCH', '/nodes/node-2', { clockSkewMs: 40 * 60_000 })
  const statuses: number[] = []
  for (let guess = 0; guess < 30 && statuses.at(-1) !== 429; guess++) {
    const body = { username: 'alice', password: `guess-${guess}` }
    const headers = { 'Content-Type': 'application/json' }
    statuses.push((await send(`${own.lab.balancerUrl}/session`, { method: 'POST', body, headers })).status)
  }
  expect(statuses.at(-1)).toBe(429)
})

describe('a sticky balancer', () => {
  const affinityOf = (headers: Record<string, string | string[] | undefined>): string | undefined =>
    [headers['set-cookie'] ?? []].flat().find((cookie) => cookie.startsWith('affinity='))

  test('gives a client without a cookie one, and keeps it at its node', async () => {
    await lab.call('PATCH', '/cluster', { strategy: 'sticky' })
    const first = await send(`${lab.lab.balancerUrl}/healthz`)
    const node = String(first.headers['x-authlab-node'])
    expect(affinityOf(first.headers)).toBe(`affinity=${node}; Path=/; HttpOnly; SameSite=Lax`)
    for (let turn = 0; turn < 3; turn++) {
      const next = await send(`${lab.lab.balancerUrl}/healthz`, { headers: { Cookie: `affinity=${node}` } })
      expect(next.headers['x-authlab-node']).toBe(node)
      expect(affinityOf(next.headers)).toBeUndefined()
    }
  })

  test('sends a client whose node is gone to another one from then on, and says so', async () => {
    await lab.call('PATCH', '/cluster', { strategy: 'sticky' })
    await lab.call('POST', '/nodes/node-1/kill')
    const { headers } = await send(`${lab.lab.balancerUrl}/healthz`, { headers: { Cookie: 'affinity=node-1' } })
    expect(affinityOf(headers)).toContain('affinity=node-2')
    const { json } = await lab.call('GET', `/exchanges/${headers['x-authlab-exchange']}`)
    expect(json.steps[0]).toMatchObject({ kind: 'balancer-pick', evidence: { strategy: 'sticky', affinity: 'node-1', node: 'node-2' } })
    await lab.call('POST', '/nodes/node-1/start')
  })

  test('sets no cookie any more when the strategy is another', async () => {
    await lab.call('PATCH', '/cluster', { strategy: 'random' })
    expect(affinityOf((await send(`${lab.lab.balancerUrl}/healthz`)).headers)).toBeUndefined()
  })
})

test('a node with a cookie secret of its own takes the sessions of no other node, nor they its own', async () => {
  const own = await withOwnLab(['--nodes', '2'])
  await own.call('PATCH', '/nodes/node-2', { ownCookieSecret: true })
  await own.call('PATCH', '/cluster', { strategy: 'sticky' })
  const login = await send(`${own.lab.balancerUrl}/session`, {
    method: 'POST',
    body: '{"username":"alice","password":"alice-pass"}',
    headers: { 'Content-Type': 'application/json', Cookie: 'affinity=node-1' },
  })
  const [cookie] = login.headers['set-cookie']?.[0]?.split(';') ?? []
  const verdictOn = async (node: string) => {
    const { json } = await send(`${own.lab.balancerUrl}/me`, { headers: { Cookie: `${cookie}; affinity=${node}` } })
    return json.verdict ?? 'allowed'
  }
  expect(await verdictOn('node-1')).toBe('allowed')
  expect(await verdictOn('node-2')).toBe('bad-cookie-signature')
})

test('lifetimes are settings: nodes issue by them, the rest of them stay, and one change is one line in the traffic', async () => {
  const own = await withOwnLab(['--nodes', '1'])
  const { json } = await own.call('PATCH', '/cluster', { lifetimes: { accessToken: 60, refreshIdle: 120 } })
  expect(json.lifetimes).toEqual({
    sessionIdle: 1800,
    sessionAbsolute: 43_200,
    accessToken: 60,
    refreshIdle: 120,
    refreshAbsolute: 604_800,
    refreshGrace: 0,
  })
  const issued = await send(`${own.lab.balancerUrl}/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: { grant_type: 'password', username: 'bob', password: 'bob-pass' },
  })
  expect(issued.json.expires_in).toBe(60)
  const [family] = (await own.call('GET', '/refresh-families')).json
  expect(family.members[0].idleExpiresAt - family.createdAt).toBe(120_000)
  expect((await own.call('PATCH', '/cluster', { lifetimes: { accessToken: 60 } })).status).toBe(200)
  const changes = (await own.call('GET', '/lab')).json.actions.filter(({ action }: { action: string }) => action === 'lifetimes-changed')
  expect(changes).toMatchObject([{ params: { accessToken: 60, refreshIdle: 120 } }])
  for (const lifetimes of [{ accessToken: 0 }, { accessToken: 1.5 }, { refreshGrace: 301 }, { sessionIdle: 2_592_001 }, { forever: 1 }])
    expect((await own.call('PATCH', '/cluster', { lifetimes })).status).toBe(400)
})

test('a reset brings back the nodes and settings that the lab was started with', async () => {
  const own = await withOwnLab(['--nodes', '2'])
  await own.call('POST', '/nodes')
  await own.call('POST', '/nodes/node-1/kill')
  await own.call('PATCH', '/nodes/node-2', { latencyMs: 5, clockSkewMs: 5, jwksFrozen: true })
  await own.call('PATCH', '/cluster', {
    strategy: 'sticky',
    storeLatencyMs: 5,
    storeOut: true,
    leewaySeconds: 5,
    lifetimes: { sessionIdle: 60 },
  })
  const { json } = await own.call('POST', '/lab/reset')
  expect(json.cluster).toMatchObject({ strategy: 'round-robin', storeLatencyMs: 0, isStoreOut: false, leewaySeconds: 0, isRolling: false })
  expect(json.cluster).toMatchObject({ revocation: 'none', recheckAccount: false, lifetimes: { sessionIdle: 1800 } })
  expect(json.nodes).toMatchObject([
    { id: 'node-1', state: 'up', latencyMs: 0, clockSkewMs: 0, jwksFrozen: false },
    { id: 'node-2', state: 'up', latencyMs: 0, clockSkewMs: 0, jwksFrozen: false },
  ])
  expect(json.nodes).toHaveLength(2)
})
