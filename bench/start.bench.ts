import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type BenchRow, row } from './bench-row.ts'

const ROOT = resolve(import.meta.dirname, '..')
const REPETITIONS = 7
const PEER = "await Promise.all(['express', 'express-session', 'jsonwebtoken', 'better-sqlite3'].map((name) => import(name)))"

async function timeToReady(): Promise<number> {
  const startedAt = performance.now()
  const flags = ['--browser', '--no-open', '--fresh', '--port', '0', '--balancer-port', '0']
  const child = spawn(process.execPath, [join(ROOT, 'out/main/cli.js'), ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('AUTHLAB_READY ')) break
  const tookMs = performance.now() - startedAt
  child.kill('SIGTERM')
  if (child.exitCode === null) await once(child, 'exit')
  return tookMs
}

async function timeToLoad(): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--input-type=module', '-e', PEER], { cwd: ROOT, stdio: 'ignore' })
  await once(child, 'exit')
  return performance.now() - startedAt
}

/** Start to the ready line with 3 nodes, against loading the libraries unbundled in an empty process. */
export async function run(): Promise<BenchRow[]> {
  const ours: number[] = []
  const peer: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    peer.push(await timeToLoad())
    ours.push(await timeToReady())
  }
  return [
    row('libraries loaded, unbundled, empty process', peer, ' ms'),
    row('start to AUTHLAB_READY, 3 nodes', ours, ' ms'),
    row(
      'ratio',
      ours.map((value, index) => value / (peer[index] ?? Number.NaN)),
      '',
      ['<=', 5],
    ),
  ]
}
