import { connect } from 'node:net'
import { BroadcastChannel } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { LabState } from '../../src/contract/lab.ts'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'
import { cookieOf } from './acknowledged.ts'
import type { Crash, CrashOrder } from './crashing-node-worker.ts'

vi.mock('../../src/server/assets.ts', async (original) => ({
  ...(await original<object>()),
  nodeWorkerUrl: () => new URL('./crashing-node-worker.ts', import.meta.url),
}))
// A heap that is soon exhausted; nothing else about the threads is changed.
vi.mock('node:worker_threads', async (original) => {
  const threads = await original<typeof import('node:worker_threads')>()
  class SmallWorker extends threads.Worker {
    constructor(url: URL, options: object) {
      super(url, { ...options, resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 } })
    }
  }
  return { ...threads, default: threads, Worker: SmallWorker }
})

const PATIENT = { timeout: 20_000 }

const crash = (order: CrashOrder): void => {
  const channel = new BroadcastChannel('crash')
  channel.postMessage(order)
  channel.close()
}

const stateOf = async (lab: TestLab): Promise<LabState> => (await lab.call('GET', '/lab')).json
const nodeOf = async (lab: TestLab, id: string) => (await stateOf(lab)).nodes.find((node) => node.id === id)

/** Which nodes answer this many requests with that session; every answer is 200. */
const answeredBy = async ({ lab }: TestLab, cookie: string, requests: number): Promise<string[]> => {
  const nodes: string[] = []
  for (let count = 0; count < requests; count++) {
    const answer = await send(`${lab.balancerUrl}/me`, { headers: { cookie } })
    expect(answer.status).toBe(200)
    nodes.push(String(answer.headers['x-authlab-node']))
  }
  return nodes
}

const start = async (...flags: string[]): Promise<TestLab> => {
  const lab = await startTestLab(flags)
  onTestFinished(() => lab.close())
  return lab
}

const logIn = async ({ lab }: TestLab): Promise<string> =>
  cookieOf(
    await send(`${lab.balancerUrl}/session`, {
      method: 'POST',
      body: { username: 'bob', password: 'bob-pass' },
      headers: { 'Content-Type': 'application/json' },
    }),
  )

test.each<Crash>(['throws', 'rejects', 'exits', 'exhausts its heap'])(
  'a node that %s is down, said so, passed over by the balancer, and can be started again',
  async (how) => {
    const lab = await start()
    const cookie = await logIn(lab)
    crash({ node: 'node-1', how })
    await expect.poll(() => nodeOf(lab, 'node-1'), PATIENT).toMatchObject({ state: 'down', port: null, memoryBytes: null })

    const { actions, nodes } = await stateOf(lab)
    const crashed = actions.filter(({ action }) => action === 'node-crashed')
    expect(crashed.map(({ params }) => params)).toEqual([{ node: 'node-1' }])
    expect(nodes.map(({ state }) => state)).toEqual(['down', 'up'])
    expect(new Set(await answeredBy(lab, cookie, 4))).toEqual(new Set(['node-2']))

    expect((await lab.call('POST', '/nodes/node-1/start')).json).toMatchObject({ state: 'up', port: expect.any(Number), downSince: null })
    expect((await answeredBy(lab, cookie, 4)).sort()).toEqual(['node-1', 'node-1', 'node-2', 'node-2'])
  },
)

test('the event stream carries the crash and the state after it', async () => {
  const lab = await start()
  const { seq } = await stateOf(lab)
  const stream = await fetch(`${lab.lab.apiUrl}/events?since=${seq}`, { headers: { Authorization: `Bearer ${lab.lab.token}` } })
  crash({ node: 'node-2', how: 'throws' })
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('"state":"down"')) break
  }
  expect(text).toContain('"action":"node-crashed","params":{"node":"node-2"}')
})

test('a request that is under way at a node that crashes is a 502 with the verdict no-node-available', async () => {
  const lab = await start('--nodes', '1')
  const socket = connect(Number(new URL(lab.lab.balancerUrl).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk
  })
  const host = new URL(lab.lab.balancerUrl).host
  socket.write(`POST /session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half"`)
  const underWay = async () => (await stateOf(lab)).exchanges.map(({ path, node, status }) => [path, node, status])
  await expect.poll(underWay, PATIENT).toEqual([['/session', 'node-1', null]])
  crash({ node: 'node-1', how: 'throws' })
  await expect.poll(() => received, PATIENT).toContain('"verdict":"no-node-available"')
  expect(received).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  expect((await send(lab.lab.balancerUrl)).status).toBe(503)
})

test('a lab whose nodes have all crashed closes as any other', async () => {
  const lab = await startTestLab()
  for (const node of ['node-1', 'node-2']) crash({ node, how: 'throws' })
  await expect.poll(async () => (await stateOf(lab)).nodes.map(({ state }) => state), PATIENT).toEqual(['down', 'down'])
  await lab.close()
})
