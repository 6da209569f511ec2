import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProxyServer } from 'httpxy'
import { createClockBuffer, LabClock } from '../src/server/clock.ts'
import { startBalancer } from '../src/server/cluster/balancer.ts'
import { startCluster } from '../src/server/cluster/cluster.ts'
import { createDialBuffer } from '../src/server/cluster/dials.ts'
import { openDatabase } from '../src/server/storage/open.ts'
import { LIFETIMES } from '../src/server/target-defaults.ts'
import { hs256Key } from '../src/server/target-keys.ts'
import { startRecorder } from '../src/server/traffic/recorder.ts'
import { type BenchRow, row } from './bench-row.ts'

const REPETITIONS = 5
const SECONDS = 2
const CONNECTIONS = 10
const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon')

interface Measured {
  requestsPerSecond: number
  p99Ms: number
  /** CPU time of this process (nodes, balancer and recorder, not the load) for one request, microseconds. */
  cpuUs: number
}

interface LoadResult {
  requests: { average: number; total: number }
  latency: { p99: number }
}

/** The load comes from a process of its own, so that it shares no event loop with what it measures. */
async function measure(url: string, cookie: string): Promise<Measured> {
  const cpuBefore = process.cpuUsage()
  const flags = ['--json', '--duration', String(SECONDS), '--connections', String(CONNECTIONS), '--headers', `Cookie=${cookie}`]
  const child = spawn(process.execPath, [AUTOCANNON, ...flags, `${url}/me`], { stdio: ['ignore', 'pipe', 'ignore'] })
  let json = ''
  for await (const chunk of child.stdout) json += chunk
  const { user, system } = process.cpuUsage(cpuBefore)
  const { requests, latency } = JSON.parse(json) as LoadResult
  return { requestsPerSecond: requests.average, p99Ms: latency.p99, cpuUs: (user + system) / requests.total }
}

async function logIn(url: string): Promise<string> {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password: 'alice-pass' }),
  })
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  if (!response.ok || cookies.length === 0) throw new Error(`The log-in answered ${response.status}.`)
  return cookies.join('; ')
}

async function startStack(folder: string) {
  const targetDatabaseFile = join(folder, 'target.db')
  const databaseFile = join(folder, 'lab.db')
  openDatabase(targetDatabaseFile, 'target').database.close()
  openDatabase(databaseFile, 'lab').database.close()
  const clockBuffer = createClockBuffer()
  const recorder = await startRecorder({ databaseFile, capacity: 20_000, onChange: () => {} })
  const cluster = await startCluster({
    nodes: 1,
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
      keys: { cookieSecrets: ['a secret of this bench only'], tokenKeys: [hs256Key('key-1', new Uint8Array(32).fill(7))] },
      lifetimes: LIFETIMES,
      issuer: 'bench',
      audience: 'bench',
      weaknesses: [],
      isTracing: true,
    },
    onTrace: (trace) => recorder.addTrace(trace),
    onNodeChange: () => {},
    onNodeCrash: () => {},
  })
  const clock = new LabClock(clockBuffer)
  const balancer = await startBalancer({ port: 0, cluster, strategy: 'round-robin', recorder, clock, clientByTag: () => null })
  const close = async (): Promise<void> => {
    await balancer.close()
    await cluster.close()
    await recorder.close()
  }
  return { recorder, balancer, nodeUrl: `http://127.0.0.1:${cluster.nodes()[0]?.port}`, close }
}

/** A plain proxy of the library, with connections kept open, in this thread as our balancer is. */
async function startPeer(target: string): Promise<{ url: string; close(): void }> {
  const agent = new Agent({ keepAlive: true })
  const proxy = createProxyServer({ target, agent })
  const server = createServer((request, response) => void proxy.web(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.close()
    server.closeAllConnections()
    agent.destroy()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

const ratios = (ours: Measured[], base: Measured[], of: keyof Measured): number[] =>
  ours.map((measured, index) => measured[of] / (base[index]?.[of] ?? Number.NaN))

/** One node behind the recording balancer against the same node asked directly, and against the balancer with recording off. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'authlab-bench-'))
  const { recorder, balancer, nodeUrl, close } = await startStack(folder)
  const direct: Measured[] = []
  const recorded: Measured[] = []
  const unrecorded: Measured[] = []
  const proxied: Measured[] = []
  const peer = await startPeer(nodeUrl)
  try {
    const cookie = await logIn(balancer.url)
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      direct.push(await measure(nodeUrl, cookie))
      recorder.setRecording({ on: true })
      recorded.push(await measure(balancer.url, cookie))
      recorder.setRecording({ on: false })
      unrecorded.push(await measure(balancer.url, cookie))
      proxied.push(await measure(peer.url, cookie))
    }
  } finally {
    peer.close()
    await close()
    await rm(folder, { recursive: true, force: true })
  }
  const rates = (measured: Measured[]): number[] => measured.map(({ requestsPerSecond }) => requestsPerSecond)
  return [
    row('GET /me with a session, the node directly', rates(direct), '/s'),
    row('through the balancer, recording', rates(recorded), '/s'),
    row('through the balancer, recording off', rates(unrecorded), '/s'),
    row('recording balancer : node directly, requests a second', ratios(recorded, direct, 'requestsPerSecond'), '', ['>=', 0.8]),
    row('recording balancer : node directly, CPU a request', ratios(recorded, direct, 'cpuUs'), ''),
    row('recording on : off, p99', ratios(recorded, unrecorded, 'p99Ms'), '', ['<=', 1.5]),
    row('httpxy, recording nothing : node directly, requests a second', ratios(proxied, direct, 'requestsPerSecond'), ''),
    row('httpxy : node directly, CPU a request', ratios(proxied, direct, 'cpuUs'), ''),
  ]
}
