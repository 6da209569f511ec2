import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { type BenchRow, row } from './bench-row.ts'
import { startRedis } from './me-redis.ts'

const REPETITIONS = 9
const REQUESTS = 8000
/** Rounds before anything counts: until then the code is still being compiled. */
const WARM_UP = 3
const CONNECTIONS = 16

/** What is measured, in the order of each repetition: the subjects of me-server.ts, each by one credential. */
const PLAN = {
  ours: ['our SQLite store', 'session'],
  memory: ['MemoryStore', 'session'],
  redis: ['connect-redis', 'session'],
  npm: ['better-sqlite3-session-store', 'session'],
  traced: ['our SQLite store, tracing', 'session'],
  barest: ['barest app', 'session'],
  token: ['our SQLite store', 'token'],
  plainToken: ['jsonwebtoken', 'token'],
  tracedToken: ['our SQLite store, tracing', 'token'],
} as const
type Name = keyof typeof PLAN

interface Subject {
  child: ChildProcess
  pool: Pool
  /** What each client sends along: its own session, or its own token. */
  clients: Record<string, string>[]
}

/** Of one repetition: the server's CPU microseconds a request, requests a second, and the 99th percentile in milliseconds. */
interface Measured {
  cpu: number
  perSecond: number
  p99: number
}

/** The header field that carries the credential of a fresh login. */
async function logIn(origin: string, mechanism: 'session' | 'token'): Promise<Record<string, string>> {
  const credentials = { username: 'alice', password: 'alice-pass' }
  const login = await fetch(`${origin}/${mechanism}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(mechanism === 'session' ? credentials : { ...credentials, grant_type: 'password' }),
  })
  const cookie = login.headers.get('set-cookie')?.split(';')[0]
  return cookie ? { cookie } : { authorization: `Bearer ${(await login.json()).access_token}` }
}

async function start(name: Name, redisUrl: string): Promise<Subject> {
  const [subject, mechanism] = PLAN[name]
  const env = { ...process.env, BENCH_REDIS: redisUrl }
  const child = fork(fileURLToPath(new URL('./me-server.ts', import.meta.url)), [subject], { env })
  const [{ port }] = await once(child, 'message')
  const origin = `http://127.0.0.1:${port}`
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => logIn(origin, mechanism)))
  return { child, pool: new Pool(origin, { connections: CONNECTIONS }), clients }
}

async function cpuMicros(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu.user + cpu.system
}

async function round({ child, pool, clients }: Subject): Promise<Measured> {
  const before = await cpuMicros(child)
  const startedAt = performance.now()
  const latencies: number[] = []
  let left = REQUESTS
  const client = async (headers: Record<string, string>): Promise<void> => {
    while (left-- > 0) {
      const sentAt = performance.now()
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/me', headers })
      await body.dump()
      latencies.push(performance.now() - sentAt)
      if (statusCode !== 200) throw new Error(`GET /me answered ${statusCode}`)
    }
  }
  await Promise.all(clients.map(client))
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = ((await cpuMicros(child)) - before) / REQUESTS
  const p99 = latencies.sort((a, b) => a - b)[Math.floor(REQUESTS * 0.99)] ?? Number.NaN
  return { cpu, perSecond: REQUESTS / seconds, p99 }
}

/** Each repetition measures every subject once, the order turning by one, so that what else the machine does falls on all alike. */
async function measure(subjects: [Name, Subject][]): Promise<(name: Name, value: keyof Measured) => number[]> {
  const found = new Map<Name, Measured[]>(subjects.map(([name]) => [name, []]))
  for (let count = 0; count < WARM_UP; count++) for (const [, subject] of subjects) await round(subject)
  for (let repetition = 0; repetition < REPETITIONS; repetition++)
    for (let turn = 0; turn < subjects.length; turn++) {
      const [name, subject] = subjects[(turn + repetition) % subjects.length] as [Name, Subject]
      found.get(name)?.push(await round(subject))
    }
  return (name, value) => (found.get(name) ?? []).map((measured) => measured[value])
}

const ratios = (upper: number[], lower: number[]): number[] => upper.map((value, index) => value / (lower[index] ?? Number.NaN))

const NOT_MEASURED = { value: 'not measured', spread: 'redis-server is not installed', isMet: null }

function rows(of: (name: Name, value: keyof Measured) => number[]): BenchRow[] {
  const cpuRatio = (upper: Name, lower: Name): number[] => ratios(of(upper, 'cpu'), of(lower, 'cpu'))
  const redisRow = 'session: CPU a request, our SQLite store / connect-redis (Redis itself not counted)'
  const redis = cpuRatio('ours', 'redis')
  return [
    row('session: CPU a request', of('ours', 'cpu'), ' us'),
    row('session: CPU a request, our SQLite store / MemoryStore', cpuRatio('ours', 'memory'), '', ['<=', 1.1]),
    redis.some(Number.isFinite) ? row(redisRow, redis, '', ['<=', 1]) : { what: redisRow, target: '<= 1', ...NOT_MEASURED },
    row('session: requests by CPU, our SQLite store / better-sqlite3-session-store', cpuRatio('npm', 'ours'), 'x', ['>=', 2.5]),
    row(
      'session: requests a second, our SQLite store / better-sqlite3-session-store',
      ratios(of('ours', 'perSecond'), of('npm', 'perSecond')),
      'x',
    ),
    row('session: p99, our SQLite store / MemoryStore', ratios(of('ours', 'p99'), of('memory', 'p99')), '', ['<=', 1.2]),
    row('session: throughput by CPU, tracing / no tracing', cpuRatio('ours', 'traced'), '', ['>=', 0.85]),
    row('session: requests a second, tracing / no tracing', ratios(of('traced', 'perSecond'), of('ours', 'perSecond')), ''),
    row('session: requests a second, tracing', of('traced', 'perSecond'), ''),
    row('session: requests a second, no tracing', of('ours', 'perSecond'), ''),
    row('session: CPU a request, our app / barest app on MemoryStore', cpuRatio('ours', 'barest'), ''),
    row('HS256: CPU a request', of('token', 'cpu'), ' us'),
    row('HS256: throughput by CPU, our app / Express 5 + jsonwebtoken', cpuRatio('plainToken', 'token'), '', ['>=', 0.95]),
    row('HS256: throughput by CPU, tracing / no tracing', cpuRatio('token', 'tracedToken'), '', ['>=', 0.85]),
    row('HS256: requests a second, tracing / no tracing', ratios(of('tracedToken', 'perSecond'), of('token', 'perSecond')), ''),
    row('HS256: requests a second, tracing', of('tracedToken', 'perSecond'), ''),
    row('HS256: requests a second, no tracing', of('token', 'perSecond'), ''),
  ]
}

/**
 * `GET /me` at one node, direct: server CPU a request. The stores are compared under the very same app, tracing off; what an app without any
 * of it costs is said too. CPU of tracing is that of the node and of the thread it posts to; docs/decisions/0015 says where it goes.
 */
export async function run(): Promise<BenchRow[]> {
  const redis = await startRedis()
  const names = (Object.keys(PLAN) as Name[]).filter((name) => redis || name !== 'redis')
  const subjects = await Promise.all(names.map(async (name): Promise<[Name, Subject]> => [name, await start(name, redis?.url ?? '')]))
  const of = await measure(subjects)
  for (const [, { child, pool }] of subjects) {
    await pool.close()
    child.disconnect()
  }
  await redis?.stop()
  return rows(of)
}
