import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { flagsFor, runCli } from '../support/cli-process.ts'
import { newFolder } from '../support/start-lab.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...flags: string[]) => runCli(flags, { XDG_DATA_HOME: folder, TMPDIR: tmpdir() })
const lab = (...flags: string[]) => run(...flagsFor(folder), ...flags)
const lines = (text: string) => text.trimEnd().split('\n')

describe('flags', () => {
  test('--help and --version answer and leave with 0', async () => {
    expect(await run('--help').ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--balancer-port N') })
    expect(await run('--version').ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test.each([
    ['--nope'],
    ['--port', 'x'],
    ['--port', '70000'],
    ['--nodes', '0'],
    ['--nodes', '17'],
    ['--strategy', 'best'],
    ['--store', 'redis=http://127.0.0.1:1'],
    ['--allow-host', 'http://127.0.0.1'],
    ['--desktop', '--browser'],
    ['stray'],
  ])('a bad flag leaves with 2 and one clear line: %s %s', async (...flags) => {
    const { code, stdout, stderr } = await run(...flags.filter((flag) => typeof flag === 'string')).ended
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toMatch(/^authlab: .*--help/)
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)('the ready line is the only one on stdout; %s closes with 0 within 5 s', async (signal) => {
  const { child, ended, ready } = lab()
  const said = await ready
  expect(Object.keys(said).sort()).toEqual(['api', 'balancer', 'dataDir', 'mode', 'token', 'version', 'workbench'])
  expect(said).toMatchObject({ mode: 'browser', dataDir: folder })
  expect(said.workbench).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/#token=${said.token}$`))
  expect((await fetch(`${said.balancer}/healthz`)).status).toBe(200)
  const asked = performance.now()
  child.kill(signal)
  const { code, stdout, stderr } = await ended
  expect(performance.now() - asked).toBeLessThan(5000)
  expect(code).toBe(0)
  expect(lines(stdout)).toHaveLength(1)
  expect(stderr).toBe('')
})

test('--fresh leaves nothing behind', async () => {
  const { child, ended, ready } = lab('--fresh')
  const { dataDir } = await ready
  expect(existsSync(String(dataDir))).toBe(true)
  child.kill('SIGTERM')
  await ended
  expect(readdirSync(folder)).toEqual([])
})

test('a killed lab lets go of its folder', async () => {
  const first = lab()
  await first.ready
  first.child.kill('SIGKILL')
  await first.ended
  const second = lab()
  await second.ready
  second.child.kill('SIGTERM')
  expect((await second.ended).code).toBe(0)
})

test.each([
  [
    'does not answer',
    'redis://127.0.0.1:1',
    /Redis at redis:\/\/127\.0\.0\.1:1 cannot be used .*Start it, or give the URL of one that runs/,
  ],
  ['is on a host that nobody allowed', 'redis://192.0.2.1:6379', /Redis is at the host 192\.0\.2\.1: .*--allow-host 192\.0\.2\.1/],
])('a Redis that %s leaves with 1 and says what to do', async (_why, url, message) => {
  const { code, stdout, stderr } = await lab('--store', `redis=${url}`).ended
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(lines(stderr)).toHaveLength(1)
  expect(stderr).toMatch(message)
})

test('a taken port that was asked for leaves with 1 and says what to do', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = String(typeof address === 'object' && address?.port)
  for (const flag of ['--port', '--balancer-port']) {
    const { code, stderr } = await lab(flag, port).ended
    expect(code).toBe(1)
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toContain(port)
    expect(stderr).toContain('--')
  }
  await new Promise((resolve) => taken.close(resolve))
})

test('a folder that cannot be written leaves with 1 and says what to do', async () => {
  writeFileSync(join(folder, 'file'), '')
  const { code, stderr } = await lab('--data-dir', join(folder, 'file', 'below')).ended
  expect(code).toBe(1)
  expect(lines(stderr)).toHaveLength(1)
  expect(stderr).toContain('--data-dir')
})

test('a folder that another lab works in leaves with 1 and says so', async () => {
  const first = lab()
  await first.ready
  const second = await lab().ended
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('Another AuthLab works in')
  first.child.kill('SIGTERM')
  await first.ended
})

test.each(['target.db', 'lab.db', 'keys.json'])('a damaged %s is moved aside, said so, and a fresh one starts', async (name) => {
  writeFileSync(join(folder, name), 'this is no such file'.repeat(500))
  const { child, ended, ready } = lab()
  const { api, token } = await ready
  const state = await fetch(`${api}/lab`, { headers: { Authorization: `Bearer ${token}` } })
  const { notices } = (await state.json()) as { notices: { code: string; params: { path: string } }[] }
  child.kill('SIGTERM')
  const { stderr } = await ended
  expect(notices.map(({ code }) => code)).toEqual([name === 'keys.json' ? 'keys-moved-aside' : 'database-moved-aside'])
  expect(existsSync(String(notices[0]?.params.path))).toBe(true)
  expect(stderr).toContain('damaged')
})
