import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseConfig } from '../src/server/config.ts'
import { startLab } from '../src/server/lab.ts'
import type { Lab } from '../src/server/running-lab.ts'
import { type BenchRow, row } from './bench-row.ts'

const EXCHANGES = 10_000
const ROUNDS = 7
const AT_ONCE = 16

const authorized = (lab: Lab): Record<string, string> => ({ authorization: `Bearer ${lab.token}` })

/** Fills the traffic by real requests of somebody who is logged in. */
async function fill(lab: Lab): Promise<void> {
  const login = await fetch(`${lab.balancerUrl}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'alice', password: 'alice-pass' }),
  })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const call = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(`${lab.balancerUrl}/me`, { agent, headers: { cookie } }, (answer) => answer.resume().on('end', resolve))
      sent.on('error', reject).end()
    })
  let left = EXCHANGES - 1
  const work = async (): Promise<void> => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  agent.destroy()
}

/** How long a whole snapshot takes, there and back over HTTP, and how long the thread that serves is held up by it. */
export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-'))
  const config = parseConfig(['--port', '0', '--balancer-port', '0', '--data-dir', folder], {})
  if (!('dataDir' in config)) throw new Error('These flags start no lab.')
  const lab = await startLab({ ...config, mode: 'browser' })
  const times: Record<'save' | 'restore' | 'stall' | 'size', number[]> = { save: [], restore: [], stall: [], size: [] }
  try {
    await fill(lab)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    for (let round = 0; round < ROUNDS; round++) {
      delay.reset()
      delay.enable()
      const began = performance.now()
      const saved = await fetch(`${lab.apiUrl}/lab/snapshot`, { headers: authorized(lab) })
      const contents = await saved.arrayBuffer()
      const between = performance.now()
      const restored = await fetch(`${lab.apiUrl}/lab/restore`, { method: 'POST', headers: authorized(lab), body: contents })
      if (!restored.ok) throw new Error(await restored.text())
      const { from } = (await restored.json()) as { from: { exchanges: number } }
      if (from.exchanges < EXCHANGES) throw new Error(`Only ${from.exchanges} exchanges came back.`)
      times.save.push(between - began)
      times.restore.push(performance.now() - between)
      delay.disable()
      times.stall.push(delay.max / 1e6)
      times.size.push(contents.byteLength / 1024 / 1024)
    }
  } finally {
    await lab.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return [
    row('snapshot of a lab with 10,000 exchanges, over HTTP', times.save, ' ms', ['<=', 1000]),
    row('restore of the same, the lab of before kept', times.restore, ' ms', ['<=', 1000]),
    row('longest time that the thread that serves is held up meanwhile', times.stall, ' ms'),
    row('size of the file', times.size, ' MiB'),
  ]
}
