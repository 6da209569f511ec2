import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StagedApp } from '../../../scripts/stage-electron.ts'
import { exitCodeOf, expect, lineOf, spawnDesktop, test } from '../support/electron-app.ts'

let folder: string
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const plain = () => join(folder, 'keys.json')
const sealed = () => join(folder, 'keys.sealed')
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const FLAGS = () => ['--data-dir', folder, '--port', '0', '--balancer-port', '0']

/** What the lab of this process says of its keys. It is ended, by a signal to the process itself. */
async function keysOf(child: ChildProcess, pidOf = () => child.pid): Promise<{ atRest: string; kid: string }> {
  const ready = JSON.parse((await lineOf(child.stdout, 'AUTHLAB_READY ')).slice('AUTHLAB_READY '.length))
  const answer = await fetch(`${ready.api}/keys`, { headers: { Authorization: `Bearer ${ready.token}` } })
  const { atRest, keys } = await answer.json()
  process.kill(Number(pidOf()), 'SIGTERM')
  expect(await exitCodeOf(child)).toBe(0)
  return { atRest, kid: keys[0].kid }
}

test('without a keyring of the system the shell keeps keys in a file of mode 0600, and says so', async ({ staged }) => {
  const before = await keysOf(spawnDesktop(staged, ...FLAGS()))
  expect(before.atRest).toBe('file-0600')
  expect(modeOf(plain())).toBe('600')
  expect(JSON.parse(readFileSync(plain(), 'utf8')).tokenKeys[0].kid).toBe(before.kid)
  expect(existsSync(sealed())).toBe(false)
})

const hasKeyring = ['dbus-run-session', 'gnome-keyring-daemon'].every((name) => spawnSync('which', [name]).status === 0)

/** The desktop app in a login session of its own, with an unlocked keyring that lives in this folder. */
function spawnWithKeyring({ executable, folder: app }: StagedApp, home: string): ChildProcess {
  // The session ends with the app, and does not hand on a signal.
  const script = `printf 'test\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; echo $$ > "$HOME/pid"; exec "$@"`
  const command = [executable, '--no-sandbox', '--password-store=gnome-libsecret', app, ...FLAGS()]
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data') }
  return spawn('dbus-run-session', ['--', 'sh', '-c', script, 'sh', ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

test('with the keyring of the system the keys are sealed, no octet of them is plain, and without it they stay sealed', async ({
  staged,
}) => {
  test.skip(!hasKeyring, 'needs dbus-run-session and gnome-keyring-daemon')
  test.setTimeout(120_000)
  const home = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  try {
    const first = await keysOf(spawnDesktop(staged, ...FLAGS()))
    const secret = JSON.parse(readFileSync(plain(), 'utf8')).tokenKeys[0].jwk.k
    const again = await keysOf(spawnWithKeyring(staged, home), () => Number(readFileSync(join(home, 'pid'), 'utf8')))
    expect(again).toEqual({ atRest: 'safe-storage', kid: first.kid })
    expect(readdirSync(folder)).not.toContain('keys.json')
    expect(modeOf(sealed())).toBe('600')
    expect(readFileSync(sealed(), 'latin1')).not.toContain(secret)
    const bytes = readFileSync(sealed())
    const without = await keysOf(spawnDesktop(staged, ...FLAGS()))
    expect(without.atRest).toBe('file-0600')
    expect(without.kid).not.toBe(first.kid)
    expect(readFileSync(sealed())).toEqual(bytes)
  } finally {
    // The keyring may still be writing.
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
})
