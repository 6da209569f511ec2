import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import type { Ready } from '../../src/server/running-lab.ts'
import { runCli } from '../support/cli-process.ts'
import { newFolder } from '../support/start-lab.ts'

const NODES = 16
const REQUESTS = 10_000
const AT_ONCE = 32
/** A kill for so many answers: about one a second. */
const ANSWERS_A_KILL = 400
/** What the process may hold more than before: garbage that was not collected yet, connections that are just closing. */
const SPARE = { threads: 4, descriptors: 24, memory: 1.6 }

interface Footprint {
  readonly threads: number
  readonly descriptors: number
  readonly residentKiB: number
}

const footprintOf = (pid: number): Footprint => ({
  threads: readdirSync(`/proc/${pid}/task`).length,
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  residentKiB: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
})

/** The control API of a lab in another process. */
const controlOf =
  (lab: Ready) =>
  async (method: 'GET' | 'POST', path: string): Promise<unknown> => {
    const { body } = await request(`${lab.api}${path}`, { method, headers: { authorization: `Bearer ${lab.token}` } })
    return body.json()
  }

const logIn = async (lab: Ready): Promise<{ cookie: string; bearer: string }> => {
  const json = { 'content-type': 'application/json' }
  const account = { username: 'bob', password: 'bob-pass' }
  const session = await request(`${lab.balancer}/session`, { method: 'POST', headers: json, body: JSON.stringify(account) })
  const [cookie = ''] = String(session.headers['set-cookie']).split(';')
  await session.body.dump()
  const body = JSON.stringify({ ...account, grant_type: 'password' })
  const token = (await (await request(`${lab.balancer}/token`, { method: 'POST', headers: json, body })).body.json()) as {
    access_token: string
  }
  return { cookie, bearer: `Bearer ${token.access_token}` }
}

/** How often each answer came: the status, and the verdict unless it was allowed. */
type Tally = Record<string, number>

const load = async (lab: Ready, kill: () => Promise<void>): Promise<Tally> => {
  const agent = new Agent({ connections: AT_ONCE })
  const { cookie, bearer } = await logIn(lab)
  const tally: Tally = {}
  let sent = 0
  let kills = Promise.resolve()
  const worker = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent++
      if (sent % ANSWERS_A_KILL === 0) kills = kills.then(kill)
      const headers: Record<string, string> = sent % 2 === 0 ? { cookie } : { authorization: bearer }
      const { statusCode, body } = await request(`${lab.balancer}/me`, {
        headers,
        dispatcher: agent,
        headersTimeout: 20_000,
        bodyTimeout: 20_000,
      })
      const answer = (await body.json()) as { verdict?: string }
      const key = statusCode === 200 ? '200' : `${statusCode} ${answer.verdict}`
      tally[key] = (tally[key] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  await kills
  await agent.close()
  return tally
}

test.runIf(process.platform === 'linux')(
  `${REQUESTS} requests to ${NODES} nodes of which one after the other is killed: every one is answered, none with a wrong verdict, and nothing is left over`,
  { timeout: 240_000 },
  async () => {
    const folder = newFolder()
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { child, ready, ended } = runCli([
      ...['--browser', '--no-open', '--nodes', String(NODES), '--port', '0', '--balancer-port', '0'],
      ...['--data-dir', folder],
    ])
    onTestFinished(() => void child.kill('SIGKILL'))
    const lab = await ready
    const pid = child.pid ?? 0
    const control = controlOf(lab)
    // Once without kills, so that pools and caches are as large as they get.
    await load(lab, async () => {})
    const before = footprintOf(pid)

    let killed = 0
    const tally = await load(lab, async () => {
      const id = `node-${(killed % NODES) + 1}`
      killed++
      await control('POST', `/nodes/${id}/kill`)
      await control('POST', `/nodes/${id}/start`)
    })

    expect(killed).toBeGreaterThanOrEqual(REQUESTS / ANSWERS_A_KILL - 1)
    const answers = Object.keys(tally).filter((key) => key !== '200')
    // Cut off in mid-request: the only thing that may go wrong, and said so.
    expect(answers.filter((key) => key !== '502 no-node-available')).toEqual([])
    expect(tally['502 no-node-available'] ?? 0).toBeLessThanOrEqual(killed * AT_ONCE)
    expect(Object.values(tally).reduce((sum, count) => sum + count)).toBe(REQUESTS)

    await expect.poll(() => footprintOf(pid).threads - before.threads, { timeout: 10_000 }).toBeLessThanOrEqual(SPARE.threads)
    await expect.poll(() => footprintOf(pid).descriptors - before.descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(SPARE.descriptors)
    expect(footprintOf(pid).residentKiB / before.residentKiB).toBeLessThan(SPARE.memory)
    child.kill('SIGTERM')
    expect(await Promise.race([ended, delay(10_000, null)])).toMatchObject({ code: 0 })
  },
)
