import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { newFolder, send } from '../support/start-lab.ts'
import { runTarget } from '../support/target-process.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lines = (text: string) => text.trimEnd().split('\n')
const inFolder = (...flags: string[]) => {
  const target = runTarget('--data-dir', folder, ...flags)
  onTestFinished(() => target.kill())
  return target
}
const fileWith = (text: string): string => {
  const path = join(folder, 'given')
  writeFileSync(path, text)
  return path
}

describe('flags of the target', () => {
  test('--help and --version answer and leave with 0', async () => {
    expect(await runTarget('--help').ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/--revocation WAY[\s\S]*--trace-secret-file/),
    })
    expect(await runTarget('--version').ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test.each([
    ['--nope'],
    ['stray'],
    ['--port', 'x'],
    ['--port', '65536'],
    ['--name', 'a b'],
    ['--redis', 'http://127.0.0.1'],
    ['--jwks-url', 'file:///etc/passwd'],
    ['--jwks-url', 'http://user:secret@127.0.0.1/'],
    ['--allow-host', 'http://a'],
    ['--secret-file', ''],
    ['--revocation', 'introspection'],
    ['--revocation', 'hope'],
  ])('a bad one leaves with 2 and one clear line: %s %s', async (...flags) => {
    const { code, stdout, stderr } = await runTarget(...flags.filter((flag) => typeof flag === 'string')).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(lines(stderr)).toHaveLength(1)
    expect(stderr).toMatch(/^authlab: .*--help/)
    expect(stderr).not.toContain('secret@')
  })
})

describe('what cannot be had leaves with 1 and one line that says what to do', () => {
  const failure = async (...flags: string[]): Promise<string> => {
    const { code, stdout, stderr } = await inFolder(...flags).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(lines(stderr).filter((line) => !line.includes('its secrets are its own'))).toHaveLength(1)
    return stderr
  }

  test('a taken port', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await failure('--port', String(port))).toMatch(
      `Port ${port} of 127.0.0.1 is taken: close what uses it, or give another with --port N`,
    )
  })

  test('secrets that are not there, or not as AuthLab writes them', async () => {
    expect(await failure('--secret-file', join(folder, 'none'))).toMatch(/none cannot be read: give the keys\.json/)
    expect(await failure('--secret-file', fileWith('{}'))).toMatch(/holds no keys as AuthLab writes them: give the keys\.json/)
  })

  test('a secret for its steps that anybody could guess', async () => {
    expect(await failure('--trace-secret-file', fileWith('short\n'))).toMatch(/must hold one line of 16 to 200/)
  })

  test('a Redis that does not answer', async () => {
    expect(await failure('--redis', 'redis://127.0.0.1:1')).toMatch(/redis:\/\/127\.0\.0\.1:1 cannot be used.*Start it/)
  })

  test('a Redis outside this machine that was not allowed', async () => {
    expect(await failure('--redis', 'redis://192.0.2.1:6379')).toMatch(/Redis is at the host 192\.0\.2\.1.*--allow-host 192\.0\.2\.1/)
  })

  test('a folder that another one works in', async () => {
    await inFolder().ready
    expect(await failure()).toMatch(/Another AuthLab works in/)
  })
})

test('the ready line is the only one on stdout; the app answers as it does in the lab; SIGTERM closes with 0 within 5 s', async () => {
  const target = inFolder('--name', 'node-x')
  const ready = await target.ready
  expect(Object.keys(ready).sort()).toEqual(['name', 'secret', 'url', 'version'])
  const login = { method: 'POST', body: { username: 'alice', password: 'alice-pass' }, headers: { 'Content-Type': 'application/json' } }
  const { status, headers } = await send(`${ready.url}/session`, login)
  expect({ status, node: headers['x-authlab-node'] }).toEqual({ status: 200, node: 'node-x' })
  const cookie = headers['set-cookie']?.[0]?.split(';')[0]
  expect((await send(`${ready.url}/me`, { headers: { Cookie: cookie } })).status).toBe(200)
  const asked = performance.now()
  target.child.kill('SIGTERM')
  const { code, stdout } = await target.ended
  expect(performance.now() - asked).toBeLessThan(5000)
  expect({ code, lines: lines(stdout).length }).toEqual({ code: 0, lines: 1 })
})

test('without --data-dir its folder is gone at the end', async () => {
  const before = new Set(readdirSync(tmpdir()))
  const target = runTarget()
  onTestFinished(() => target.kill())
  await target.ready
  const own = readdirSync(tmpdir()).filter((name) => !before.has(name) && existsSync(join(tmpdir(), name, 'target.db')))
  expect(own.length).toBeGreaterThanOrEqual(1)
  target.child.kill('SIGTERM')
  await target.ended
  expect(own.filter((name) => existsSync(join(tmpdir(), name)))).toHaveLength(own.length - 1)
})

test('it warns when it listens for others than this machine, and says whose secrets it has', async () => {
  const alone = inFolder()
  await alone.ready
  alone.child.kill('SIGTERM')
  expect((await alone.ended).stderr).toMatch(/^authlab: without --secret-file its secrets are its own.*\n$/)
  const open = inFolder('--host', '0.0.0.0', '--secret-file', join(folder, 'keys.json'))
  expect((await open.ready).url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/)
  open.child.kill('SIGTERM')
  expect((await open.ended).stderr).toMatch(/^authlab: it listens on 0\.0\.0\.0: .*without encryption.*\n$/)
})

describe('what the target tells its lab', () => {
  const SECRET = 'a-secret-of-the-lab-and-this-target'
  const traces = '/.authlab/traces/'
  const sent = (secret: string) => ({ 'X-AuthLab-Balancer': secret, 'X-AuthLab-Exchange': '7-abc' })
  const started = async () => (await inFolder('--trace-secret-file', fileWith(`${SECRET}\n`)).ready).url

  test('are the steps of an exchange that its balancer sent, once', async () => {
    const url = await started()
    expect((await send(`${url}/me`, { headers: sent(SECRET) })).headers['x-authlab-exchange']).toBe('7-abc')
    const ask = () => send(`${url}${traces}7-abc`, { headers: { 'X-AuthLab-Lab': SECRET } })
    const told = await ask()
    expect(told).toMatchObject({ status: 200, json: [{ exchangeId: '7-abc', verdict: 'no-credential' }] })
    expect(JSON.parse(told.json[0].stepsJson)).toMatchObject([{ kind: 'answer' }])
    expect((await ask()).status).toBe(404)
  })

  test('is nothing to anybody else: with a wrong secret or none the path is as unknown as any other', async () => {
    const url = await started()
    await send(`${url}/me`, { headers: sent(SECRET) })
    const shape = async (path: string, headers: Record<string, string | undefined> = {}) => {
      const answer = await send(`${url}${path}`, { headers })
      return { status: answer.status, names: Object.keys(answer.headers), text: answer.text }
    }
    const unknown = await shape('/nothing-here')
    for (const path of [`${traces}7-abc`, `${traces}8-abc`, '/.authlab/stats', traces])
      for (const headers of [{}, { 'X-AuthLab-Lab': 'wrong' }, { 'X-AuthLab-Lab': '' }, { 'X-AuthLab-Balancer': SECRET }])
        expect(await shape(path, headers)).toEqual(unknown)
  })

  test('is nothing about an exchange whose sender did not prove to be the balancer: the id is not taken', async () => {
    const url = await started()
    const forged = await send(`${url}/me`, { headers: sent('a-secret-that-is-not-the-right-one') })
    expect(forged.headers['x-authlab-exchange']).not.toBe('7-abc')
    const headers = { 'X-AuthLab-Lab': SECRET }
    expect((await send(`${url}${traces}7-abc`, { headers })).status).toBe(404)
    expect((await send(`${url}${traces}${forged.headers['x-authlab-exchange']}`, { headers })).status).toBe(404)
  })

  test('is at most a thousand exchanges: the oldest leave first', async () => {
    const url = await started()
    for (let n = 0; n <= 1000; n += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, 1001 - n) }, (_, index) =>
          send(`${url}/healthz`, { headers: { ...sent(SECRET), 'X-AuthLab-Exchange': `${n + index}-x` } }),
        ),
      )
    const ask = (id: string) => send(`${url}${traces}${id}`, { headers: { 'X-AuthLab-Lab': SECRET } })
    expect((await ask('1000-x')).status).toBe(200)
    const first = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(`${n}-x`)))
    expect(first.filter(({ status }) => status === 404)).toHaveLength(1)
  })
})
