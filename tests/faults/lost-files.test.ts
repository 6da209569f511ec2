import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type CliProcess, flagsFor, runCli } from '../support/cli-process.ts'
import { type Ask, newFolder, send } from '../support/start-lab.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Running {
  readonly process: CliProcess
  logInStatus(): Promise<number>
  call(method: string, path: string, ask?: Ask): ReturnType<typeof send>
}

const start = async (): Promise<Running> => {
  const process = runCli([...flagsFor(folder), '--nodes', '2'])
  onTestFinished(() => void process.child.kill('SIGKILL'))
  const { balancer, api, token } = await process.ready
  const body = { username: 'bob', password: 'bob-pass' }
  const headers = { 'Content-Type': 'application/json' }
  return {
    process,
    logInStatus: async () => (await send(`${balancer}/session`, { method: 'POST', body, headers })).status,
    call: (method, path) => send(`${api}${path}`, { method, headers: { Authorization: `Bearer ${token}` } }),
  }
}

const stop = async ({ process }: Running): Promise<void> => {
  process.child.kill('SIGTERM')
  // A thread that connects anew may say which file it misses; no stack leaves the process.
  expect(await process.ended).toMatchObject({ code: 0, signal: null, stderr: expect.not.stringMatching(/\n\s+at /) })
}

const remove = (name: string): void => {
  for (const part of ['', '-wal', '-shm']) rmSync(join(folder, name + part), { force: true })
}

// Windows does not let go of a file that is open.
const elsewhere = test.skipIf(process.platform === 'win32')

elsewhere.each([
  ['the data folder', () => rmSync(folder, { recursive: true })],
  ['target.db', () => remove('target.db')],
])('while %s is gone the nodes that run serve, one that starts says what is missing, and the next lab begins anew', async (_what, take) => {
  const lab = await start()
  expect(await lab.logInStatus()).toBe(200)
  take()
  expect([await lab.logInStatus(), await lab.logInStatus()]).toEqual([200, 200])
  expect((await lab.call('POST', '/nodes/node-1/kill')).status).toBe(200)
  const failed = await lab.call('POST', '/nodes/node-1/start')
  expect(failed.status).toBe(500)
  expect(failed.json.message).toContain(`${join(folder, 'target.db')} is gone: close AuthLab and start it again.`)
  expect((await lab.call('GET', '/nodes')).json.map(({ state }: { state: string }) => state)).toEqual(['down', 'up'])
  expect(await lab.logInStatus()).toBe(200)
  await stop(lab)

  const next = await start()
  expect((await next.call('GET', '/lab')).json).toMatchObject({ notices: [], sessions: [] })
  expect(await next.logInStatus()).toBe(200)
  await stop(next)
})

elsewhere('a lab whose lab.db is deleted goes on recording, closes with 0, and the next one begins with none of it', async () => {
  const lab = await start()
  await lab.logInStatus()
  remove('lab.db')
  await lab.logInStatus()
  await expect.poll(async () => (await lab.call('GET', '/exchange-summaries')).json.length, { timeout: 20_000 }).toBe(2)
  await stop(lab)
  expect(readdirSync(folder)).not.toContain('lab.db')

  const next = await start()
  expect((await next.call('GET', '/lab')).json).toMatchObject({
    notices: [],
    exchanges: [],
    sessions: [{ account: 'bob' }, { account: 'bob' }],
  })
  await stop(next)
})

elsewhere('a lock file that is deleted is not in the way of closing', async () => {
  const lab = await start()
  rmSync(join(folder, 'lab.lock'))
  await stop(lab)
  await stop(await start())
})
