import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Node } from '../../src/contract/nodes.ts'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { type Balancer, startBalancer } from '../../src/server/cluster/balancer.ts'
import { startCluster } from '../../src/server/cluster/cluster.ts'
import { createDialBuffer } from '../../src/server/cluster/dials.ts'
import type { Cluster } from '../../src/server/cluster/running-cluster.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { LIFETIMES } from '../../src/server/target-defaults.ts'
import { hs256Key } from '../../src/server/target-keys.ts'
import type { Recorder } from '../../src/server/traffic/recorder.ts'
import { exchangeIdOf, sendRaw, temporaryFolder, temporaryRecorder } from './fixture.ts'

interface ClusterFixture {
  cluster: Cluster
  balancer: Balancer
  recorder: Recorder
  changes: Node[]
  crashes: string[]
}

const KEYS = { cookieSecrets: ['a secret of this test only'], tokenKeys: [hs256Key('key-1', new Uint8Array(32).fill(7))] }

/** Real nodes behind a real balancer. */
const realCluster = async (nodes = 3): Promise<ClusterFixture> => {
  const targetDatabaseFile = join(await temporaryFolder(), 'target.db')
  openDatabase(targetDatabaseFile, 'target').database.close()
  const { recorder } = await temporaryRecorder()
  const clockBuffer = createClockBuffer()
  const changes: Node[] = []
  const crashes: string[] = []
  const cluster = await startCluster({
    nodes,
    settings: {
      targetDatabaseFile,
      clockBuffer,
      storeDials: createDialBuffer(),
      store: 'sqlite',
      redisUrl: null,
      leewaySeconds: 0,
      revocation: 'none',
      recheckAccount: false,
      cookiePrefix: false,
      extraClaims: 0,
      introspectionUrl: null,
      longestTokenSeconds: 900,
      keys: KEYS,
      lifetimes: LIFETIMES,
      issuer: 'http://127.0.0.1:4700',
      audience: 'http://127.0.0.1:4700',
      weaknesses: [],
      isTracing: true,
    },
    onTrace: (trace) => recorder.addTrace(trace),
    onNodeChange: (node) => changes.push(node),
    onNodeCrash: (id) => crashes.push(id),
  })
  onTestFinished(() => cluster.close())
  const balancer = await startBalancer({
    port: 0,
    cluster,
    strategy: 'round-robin',
    recorder,
    clock: new LabClock(clockBuffer),
    clientByTag: () => null,
  })
  onTestFinished(() => balancer.close())
  return { cluster, balancer, recorder, changes, crashes }
}

const nodeOf = async (response: Response): Promise<string> => {
  await response.arrayBuffer()
  return response.headers.get('x-authlab-node') ?? ''
}

describe('cluster of real nodes', () => {
  test('all nodes come up and round robin shares the requests evenly', async () => {
    const { cluster, balancer } = await realCluster()
    expect(cluster.nodes().map(({ id, state, signingKeyId }) => [id, state, signingKeyId])).toEqual([
      ['node-1', 'up', 'key-1'],
      ['node-2', 'up', 'key-1'],
      ['node-3', 'up', 'key-1'],
    ])
    const answeredBy: string[] = []
    for (let count = 0; count < 9; count++) answeredBy.push(await nodeOf(await fetch(`${balancer.url}/me`)))
    for (const id of ['node-1', 'node-2', 'node-3']) expect(answeredBy.filter((node) => node === id)).toHaveLength(3)
    expect(cluster.nodes().map(({ requests }) => requests)).toEqual([3, 3, 3])
    expect(cluster.nodes()[0]?.p95Ms).toBeGreaterThan(0)
  })

  test('a thousand exchanges are recorded with an unbroken seq, each with the steps of its node', async () => {
    const { balancer, recorder } = await realCluster()
    const worker = async (): Promise<void> => {
      for (let count = 0; count < 100; count++) await nodeOf(await fetch(`${balancer.url}/me`))
    }
    await Promise.all(Array.from({ length: 10 }, worker))
    await expect.poll(() => recorder.recording().count).toBe(1000)
    const summaries = await recorder.summaries({ limit: 5000 })
    expect(summaries.map(({ seq }) => seq)).toEqual(Array.from({ length: 1000 }, (_, at) => at + 1))
    expect(new Set(summaries.map(({ verdict }) => verdict))).toEqual(new Set(['no-credential']))
    const [first] = await recorder.list({ limit: 1 })
    expect(first?.steps[0]?.kind).toBe('balancer-pick')
    expect(first?.steps.length).toBeGreaterThan(1)
  })

  test('a killed node gets no more requests, and started again it does', async () => {
    const { cluster, balancer, changes, crashes } = await realCluster()
    expect(await cluster.kill('node-2')).toMatchObject({
      id: 'node-2',
      state: 'down',
      port: null,
      memoryBytes: null,
      downSince: expect.any(Number),
    })
    const whileDown: string[] = []
    for (let count = 0; count < 6; count++) whileDown.push(await nodeOf(await fetch(`${balancer.url}/me`)))
    expect(whileDown.sort()).toEqual(['node-1', 'node-1', 'node-1', 'node-3', 'node-3', 'node-3'])
    expect(await cluster.start('node-2')).toMatchObject({ state: 'up', port: expect.any(Number), downSince: null })
    const afterwards = new Set<string>()
    for (let count = 0; count < 3; count++) afterwards.add(await nodeOf(await fetch(`${balancer.url}/me`)))
    expect(afterwards).toEqual(new Set(['node-1', 'node-2', 'node-3']))
    const states = changes.filter(({ id }) => id === 'node-2').map(({ state }) => state)
    expect(states.slice(0, 2)).toEqual(['starting', 'up'])
    expect(states.slice(-3)).toEqual(['down', 'starting', 'up'])
    expect(crashes).toEqual([])
  })

  test('a node killed in the middle of a request is a 502 with the verdict no-node-available', async () => {
    const { cluster, balancer, recorder } = await realCluster(1)
    const socket = connect(balancer.port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      received += chunk
    })
    socket.write(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${balancer.port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half"`,
    )
    await expect.poll(() => cluster.upstreams()[0]?.inFlight).toBe(1)
    await expect.poll(() => cluster.upstreams()[0]?.pool.stats.running).toBe(1)
    await cluster.kill('node-1')
    await expect.poll(() => received).toContain('no-node-available')
    socket.destroy()
    expect(received).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: application\/problem\+json/)
    const id = /X-AuthLab-Exchange: (\S+)/.exec(received)?.[1] ?? ''
    expect(await recorder.get(id)).toMatchObject({ status: 502, verdict: 'no-node-available', node: 'node-1', path: '/session' })
    expect((await fetch(balancer.url)).status).toBe(503)
  })

  test('orders that cannot be carried out are refused: unknown node, killed twice, started twice', async () => {
    const { cluster } = await realCluster(1)
    await expect(cluster.kill('node-9')).rejects.toMatchObject({ code: 'not-found' })
    await expect(cluster.start('node-1')).rejects.toMatchObject({ code: 'conflict' })
    await cluster.kill('node-1')
    await expect(cluster.kill('node-1')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a cluster whose nodes cannot open their database does not start', async () => {
    const start = startCluster({
      nodes: 2,
      settings: {
        targetDatabaseFile: join(await temporaryFolder(), 'nowhere', 'target.db'),
        clockBuffer: createClockBuffer(),
        storeDials: createDialBuffer(),
        store: 'sqlite',
        redisUrl: null,
        leewaySeconds: 0,
        revocation: 'none',
        recheckAccount: false,
        cookiePrefix: false,
        extraClaims: 0,
        introspectionUrl: null,
        longestTokenSeconds: 900,
        keys: { cookieSecrets: ['a secret of this test only'], tokenKeys: [hs256Key('key-1', new Uint8Array(32))] },
        lifetimes: LIFETIMES,
        issuer: 'a',
        audience: 'a',
        weaknesses: [],
        isTracing: false,
      },
      onTrace: () => {},
      onNodeChange: () => {},
      onNodeCrash: () => {},
    })
    await expect(start).rejects.toMatchObject({ code: 'node-failed' })
  })

  test('a node killed while it starts stays down', async () => {
    const { cluster } = await realCluster(1)
    await cluster.kill('node-1')
    const started = cluster.start('node-1')
    await cluster.kill('node-1')
    await expect(started).rejects.toMatchObject({ code: 'node-failed' })
    expect(cluster.nodes()).toMatchObject([{ state: 'down', port: null }])
    expect(await cluster.start('node-1')).toMatchObject({ state: 'up' })
  })

  test('a reset starts what is down and counts from zero', async () => {
    const { cluster, balancer } = await realCluster(2)
    await nodeOf(await fetch(`${balancer.url}/me`))
    await cluster.kill('node-1')
    await cluster.flush()
    await cluster.reset({ keys: KEYS })
    expect(cluster.nodes()).toMatchObject([
      { state: 'up', requests: 0, p50Ms: null },
      { state: 'up', requests: 0, p50Ms: null },
    ])
  })

  test('counters are announced after requests', async () => {
    const { balancer, changes, recorder } = await realCluster(1)
    const response = await fetch(`${balancer.url}/me`)
    expect(await recorder.whenComplete(exchangeIdOf(response))).toMatchObject({ node: 'node-1' })
    await expect
      .poll(() => changes.at(-1), { timeout: 5000 })
      .toMatchObject({ requests: 1, memoryBytes: expect.any(Number), p50Ms: expect.any(Number) })
  })

  test('a head that the balancer lets pass is not too large for a node', async () => {
    const { balancer } = await realCluster(1)
    const head = `GET /me HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-Big: ${'x'.repeat(16_000)}\r\n\r\n`
    expect(await sendRaw(balancer.port, head)).toMatch(/^HTTP\/1\.1 401/)
  })

  test('a head of many small fields is judged by all of them', async () => {
    const { balancer, recorder } = await realCluster(1)
    const head = `GET /me HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n${'a:\r\n'.repeat(2500)}Authorization: Bearer x\r\n\r\n`
    const answer = await sendRaw(balancer.port, head)
    expect(answer).toMatch(/^HTTP\/1\.1 401/)
    const id = /X-AuthLab-Exchange: (.*)\r/.exec(answer)?.[1] ?? ''
    expect(await recorder.whenComplete(id)).toMatchObject({ verdict: 'malformed-token', mechanism: 'jwt-bearer' })
  })

  test('a stranger at the port of a node writes nothing into an exchange of the balancer', async () => {
    const { cluster, balancer, recorder } = await realCluster(1)
    const first = exchangeIdOf(await fetch(`${balancer.url}/healthz`))
    const next = first.replace(/^\d+/, (number) => String(Number(number) + 1))
    const body = '{"username":"bob","password":"bob-pass"}'
    const head = `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${balancer.port}\r\nConnection: close\r\nContent-Type: application/json\r\n`
    const socket = connect(balancer.port, '127.0.0.1').on('error', () => {})
    socket.write(`${head}Content-Length: 2\r\n\r\n`)
    await expect.poll(() => cluster.upstreams()[0]?.inFlight).toBe(1)
    const forged = `${head}X-AuthLab-Exchange: ${next}\r\nX-AuthLab-Balancer: guessed\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await sendRaw(cluster.nodes()[0]?.port ?? 0, forged)
    expect(answer).toMatch(/^HTTP\/1\.1 200/)
    expect(answer).not.toContain(`X-AuthLab-Exchange: ${next}\r`)
    socket.write('{}')
    expect(await recorder.whenComplete(next)).toMatchObject({ status: 400, verdict: 'not-auth', mechanism: 'none' })
  })

  test('it closes within two seconds, also with a request that never ends', async () => {
    const { cluster, balancer } = await realCluster(2)
    const socket = connect(balancer.port, '127.0.0.1').on('error', () => {})
    socket.write(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${balancer.port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half"`,
    )
    await expect.poll(() => cluster.upstreams().some(({ inFlight }) => inFlight === 1)).toBe(true)
    const startedAt = performance.now()
    await balancer.close()
    await cluster.close()
    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(cluster.nodes().map(({ state }) => state)).toEqual(['down', 'down'])
  })
})
