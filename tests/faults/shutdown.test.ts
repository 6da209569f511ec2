import { existsSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Ready } from '../../src/server/running-lab.ts'
import { type CliProcess, flagsFor, runCli } from '../support/cli-process.ts'
import { newFolder, send } from '../support/start-lab.ts'
import { Acknowledged } from './acknowledged.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const start = (...flags: string[]): CliProcess => {
  const process = runCli([...flagsFor(folder), ...flags])
  onTestFinished(() => void process.child.kill('SIGKILL'))
  return process
}

const isRefused = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
    socket.once('close', () => socket.destroy())
  })

/** A request whose body never ends, a client that never reads, and an event stream: what may hold a server open. */
const holdOpen = (lab: Ready): void => {
  const { host, port } = new URL(lab.balancer)
  const half = connect(Number(port), '127.0.0.1').on('error', () => {})
  half.write(
    `POST /session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"hal\r\n`,
  )
  const control = new URL(lab.api)
  const deaf = connect(Number(control.port), '127.0.0.1').on('error', () => {})
  deaf.pause().write(`GET /lab/api/events HTTP/1.1\r\nHost: ${control.host}\r\nAuthorization: Bearer ${lab.token}\r\n\r\n`)
  onTestFinished(() => {
    half.destroy()
    deaf.destroy()
  })
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await nextTurn()
}

test.each([
  ['SIGTERM', ['SIGTERM']],
  ['SIGINT', ['SIGINT']],
  ['SIGHUP', ['SIGHUP']],
  ['an impatient series of signals', ['SIGTERM', 'SIGTERM', 'SIGINT']],
] as const)('%s under load closes with 0 within 5 s and leaves nothing: no port, no temporary folder', async (_what, signals) => {
  const { child, ended, ready } = start('--fresh', '--nodes', '3')
  const lab = await ready
  holdOpen(lab)
  let askedAt = 0
  await new Acknowledged().visitUntilKilled(lab, (count) => {
    if (count !== 5) return
    askedAt = performance.now()
    for (const signal of signals) child.kill(signal)
  })
  expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  expect(performance.now() - askedAt).toBeLessThan(5000)
  expect(await Promise.all([lab.api, lab.balancer].map(isRefused))).toEqual([true, true])
  expect(readdirSync(folder)).toEqual([])
})

test('a lab that closes under load has written everything: no log is left to recover, and what was answered is so', async () => {
  const first = start()
  const known = new Acknowledged()
  await known.visitUntilKilled(await first.ready, (count) => {
    if (count === 12) first.child.kill('SIGTERM')
  })
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(folder).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([])
  const second = start()
  const lab = await second.ready
  const statusWith = async (cookie: string) => (await send(`${lab.balancer}/session`, { headers: { cookie } })).status
  for (const cookie of known.live.keys()) expect(await statusWith(cookie)).toBe(200)
  for (const cookie of known.ended) expect(await statusWith(cookie)).toBe(401)
  second.child.kill('SIGTERM')
  expect(await second.ended).toMatchObject({ code: 0 })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s while it starts ends it with 0, unannounced, and leaves no lock',
  async (signal) => {
    const { child, ended } = start()
    await until(() => existsSync(join(folder, 'lab.lock')) || child.exitCode !== null)
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, signal: null, stdout: '', stderr: '' })
    const next = start()
    await next.ready
    next.child.kill('SIGTERM')
    expect(await next.ended).toMatchObject({ code: 0 })
  },
)

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.each([
  ['stdout', false],
  ['stdout and stderr', true],
] as const)('a lab whose reader has closed %s starts, works and closes with 0', async (_what, isDeaf) => {
  const port = await freePort()
  const { child, ended } = start('--fresh', '--port', String(port))
  child.stdout?.destroy()
  if (isDeaf) child.stderr?.destroy()
  const page = `http://127.0.0.1:${port}/`
  await expect.poll(() => isRefused(page), { timeout: 20_000 }).toBe(false)
  for (let count = 0; count < 20; count++) expect((await send(`${page}lab/api/lab`)).status).toBe(401)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  expect(readdirSync(folder)).toEqual([])
})
