import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type BenchRow, row } from './bench-row.ts'

const ROOT = resolve(import.meta.dirname, '..')
const REPETITIONS = 9
const LESSON = 'session-in-a-cluster'

interface Ready {
  readonly api: string
  readonly token: string
}

async function withLab(work: (call: (path: string, body?: unknown) => Promise<void>) => Promise<void>): Promise<void> {
  const flags = ['--browser', '--no-open', '--fresh', '--port', '0', '--balancer-port', '0']
  const child = spawn(process.execPath, [join(ROOT, 'out/main/cli.js'), ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('AUTHLAB_READY ')) continue
    const { api, token } = JSON.parse(line.slice('AUTHLAB_READY '.length)) as Ready
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    await work(async (path, body = {}) => {
      const response = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      await response.body?.cancel()
    })
    break
  }
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
}

/** A lesson with three nodes of its own beside the three of the lab: to its first step, back to the start of a step, and out of it. */
export async function run(): Promise<BenchRow[]> {
  const taken = { start: [] as number[], reset: [] as number[], second: [] as number[], leave: [] as number[] }
  const timed = async (into: number[], work: () => Promise<void>): Promise<void> => {
    const startedAt = performance.now()
    await work()
    into.push(performance.now() - startedAt)
  }
  await withLab(async (call) => {
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      await timed(taken.start, () => call(`/lessons/${LESSON}/start`))
      await timed(taken.reset, () => call('/lesson-run/reset-step'))
      await call('/lesson-run/actions')
      await call('/lesson-run/next')
      await timed(taken.second, () => call('/lesson-run/reset-step'))
      await timed(taken.leave, () => call('/lesson-run/leave'))
    }
  })
  return [
    row('lesson started, 3 nodes', taken.start, ' ms'),
    row('first step reset', taken.reset, ' ms', ['<=', 500]),
    row('second step reset, after a login', taken.second, ' ms', ['<=', 500]),
    row('lesson left', taken.leave, ' ms'),
  ]
}
