import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StagedApp } from '../../../scripts/stage-electron.ts'
import { exitCodeOf, expect, lineOf, spawnDesktop, test } from '../support/electron-app.ts'

test('a signal closes the lab and exits with 0', async ({ staged }) => {
  const child = spawnDesktop(staged, '--fresh', '--port', '0', '--balancer-port', '0')
  const ready = JSON.parse((await lineOf(child.stdout, 'AUTHLAB_READY ')).slice('AUTHLAB_READY '.length))
  expect(ready.mode).toBe('desktop')
  expect((await fetch(ready.workbench)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await exitCodeOf(child)).toBe(0)
  await expect(fetch(ready.workbench)).rejects.toThrow()
})

test('closing the window exits with 0', async ({ desktop: { app } }) => {
  const ended = once(app.process(), 'exit')
  await app.evaluate(({ BrowserWindow }) => {
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 50)
  })
  const [code] = await ended
  expect(code).toBe(0)
})

/** An app in front of the staged one that says which message boxes are shown. They are shown all the same. */
function sayingDialogs({ executable, folder }: StagedApp, at: string): StagedApp {
  const main = pathToFileURL(join(folder, 'out', 'main', 'main.js')).href
  const script = `import { dialog } from 'electron'
const show = dialog.showMessageBox
dialog.showMessageBox = (...args) => {
  process.stdout.write('DIALOG ' + JSON.stringify(args.at(-1)) + '\\n')
  return show.apply(dialog, args)
}
await import(${JSON.stringify(main)})
`
  writeFileSync(join(at, 'main.mjs'), script)
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: 'authlab', version: '0.0.0', main: 'main.mjs' }))
  return { executable, folder: at, dist: '', version: '' }
}

for (const [language, message] of [
  ['en-US', 'AuthLab cannot start'],
  ['zh-CN', 'AuthLab 无法启动'],
] as const) {
  test(`a lab that cannot start says why in one line and in a dialog, and exits with 1 (${language})`, async ({ staged }) => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const port = String((holder.address() as AddressInfo).port)
    const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
    const child = spawnDesktop(sayingDialogs(staged, folder), '--fresh', '--port', port, '--balancer-port', '0', `--lang=${language}`)
    const [line, shown] = await Promise.all([lineOf(child.stderr, 'authlab: '), lineOf(child.stdout, 'DIALOG ')])
    expect(line).toContain(port)
    expect(JSON.parse(shown.slice('DIALOG '.length))).toMatchObject({ type: 'error', message, detail: line.slice('authlab: '.length) })
    // The dialog stands until somebody answers; a signal ends that as well.
    child.kill('SIGTERM')
    expect(await exitCodeOf(child)).toBe(1)
    holder.close()
    rmSync(folder, { recursive: true })
  })
}

test('a flag that does not exist exits with 2 and one line', async ({ staged }) => {
  const child = spawnDesktop(staged, '--bogus')
  child.stdout?.resume()
  expect(await lineOf(child.stderr, 'authlab: ')).toContain("'--bogus'")
  expect(await exitCodeOf(child)).toBe(2)
})

test('a second start on the same folder brings the first window to the front and ends', async ({ staged }) => {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  const flags = ['--data-dir', folder, '--port', '0', '--balancer-port', '0']
  const first = spawnDesktop(staged, ...flags)
  await lineOf(first.stdout, 'AUTHLAB_READY ')
  const second = spawnDesktop(staged, ...flags)
  second.stdout?.resume()
  expect(await lineOf(second.stderr, 'authlab: ')).toContain('already runs')
  expect(await exitCodeOf(second)).toBe(0)
  first.kill('SIGTERM')
  expect(await exitCodeOf(first)).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
