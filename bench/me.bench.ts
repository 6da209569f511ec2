import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { type BenchRow, row } from './bench-row.ts'

const REPETITIONS = 5
const REQUESTS = 3000
const CONNECTIONS = 16

interface Subject {
  child: ChildProcess
  pool: Pool
  headers: Record<string, string>
}

async function start(name: string, mechanism: 'session' | 'token'): Promise<Subject> {
  const child = fork(fileURLToPath(new URL('./me-server.ts', import.meta.url)), [name])
  const [{ port }] = await once(child, 'message')
  const origin = `http://127.0.0.1:${port}`
  const credentials = { username: 'alice', password: 'alice-pass' }
  const login = await fetch(`${origin}/${mechanism}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(mechanism === 'session' ? credentials : { ...credentials, grant_type: 'password' }),
  })
  const cookie = login.headers.get('set-cookie')?.split(';')[0]
  const headers: Record<string, string> = cookie ? { cookie } : { authorization: `Bearer ${(await login.json()).access_token}` }
  return { child, pool: new Pool(origin, { connections: CONNECTIONS }), headers }
}

async function cpuMicros(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = await once(child, 'message')
  return cpu.user + cpu.system
}

/** Server CPU for one `GET /me`, microseconds. */
async function round({ child, pool, headers }: Subject): Promise<number> {
  const before = await cpuMicros(child)
  let left = REQUESTS
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ method: 'GET', path: '/me', headers })
      await body.dump()
      if (statusCode !== 200) throw new Error(`GET /me answered ${statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  return ((await cpuMicros(child)) - before) / REQUESTS
}

const ratios = (ours: number[], peer: number[]): number[] => ours.map((value, index) => value / (peer[index] ?? Number.NaN))

/** `GET /me` at one node, direct: server CPU a request, against the barest app on the same libraries. */
export async function run(): Promise<BenchRow[]> {
  const plan = [
    ['ours, tracing', 'session'],
    ['ours, no tracing', 'session'],
    ['MemoryStore', 'session'],
    ['ours, tracing', 'token'],
    ['ours, no tracing', 'token'],
    ['jsonwebtoken', 'token'],
  ] as const
  const subjects = await Promise.all(plan.map(([name, mechanism]) => start(name, mechanism)))
  const found = subjects.map((): number[] => [])
  for (const subject of subjects) await round(subject)
  for (let repetition = 0; repetition < REPETITIONS; repetition++)
    for (const [index, subject] of subjects.entries()) found[index]?.push(await round(subject))
  for (const { child, pool } of subjects) {
    await pool.close()
    child.disconnect()
  }
  const [traced = [], untraced = [], memory = [], tokenTraced = [], token = [], plain = []] = found
  return [
    row('session: CPU a request, tracing', traced, ' us'),
    row('session: CPU a request, no tracing / barest app on MemoryStore', ratios(untraced, memory), '', ['<=', 1.1]),
    row('session: throughput by CPU, tracing / no tracing', ratios(untraced, traced), '', ['>=', 0.85]),
    row('HS256: CPU a request, tracing', tokenTraced, ' us'),
    row('HS256: throughput by CPU, no tracing / barest app on jsonwebtoken', ratios(plain, token), '', ['>=', 0.95]),
    row('HS256: throughput by CPU, tracing / no tracing', ratios(token, tokenTraced), '', ['>=', 0.85]),
  ]
}
