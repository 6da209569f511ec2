import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { getCurrentFuseWire } from '@electron/fuses'
import { mustRun } from '../../../scripts/command.ts'
import { bin, ROOT } from '../../../scripts/paths.ts'
import { exitCodeOf, expect, lineOf, spawnApp, test } from '../support/electron-app.ts'

const FUSE = { runAsNode: 0, nodeOptions: 2, inspect: 3, asarIntegrity: 4, onlyAsar: 5 } as const
const [OFF, ON] = ['0'.charCodeAt(0), '1'.charCodeAt(0)]

test('the packaged Linux app starts from its archive alone, with its fuses set, and serves the workbench', async ({ staged }) => {
  test.setTimeout(180_000)
  cpSync(join(ROOT, 'build'), join(staged.folder, 'build'), { recursive: true })
  const config = ['--config', join(ROOT, 'electron-builder.yml'), `-c.electronDist=${staged.dist}`, `-c.electronVersion=${staged.version}`]
  const builder = [bin('electron-builder/cli.js'), '--linux', 'dir', '--x64', '--projectDir', staged.folder, ...config]
  await mustRun(process.execPath, builder, { cwd: staged.folder, timeoutMs: 150_000 })
  const executable = join(staged.folder, 'dist', 'linux-unpacked', 'authlab')
  const wire: Record<number, number | string> = await getCurrentFuseWire(executable)
  expect([wire[FUSE.runAsNode], wire[FUSE.nodeOptions], wire[FUSE.inspect]]).toEqual([OFF, OFF, OFF])
  expect([wire[FUSE.asarIntegrity], wire[FUSE.onlyAsar]]).toEqual([ON, ON])
  const child = spawnApp(executable, '--fresh', '--port', '0', '--balancer-port', '0')
  const ready = JSON.parse((await lineOf(child.stdout, 'AUTHLAB_READY ')).slice('AUTHLAB_READY '.length))
  expect(ready.mode).toBe('desktop')
  expect(await (await fetch(ready.workbench)).text()).toContain('<title>AuthLab</title>')
  child.kill('SIGTERM')
  expect(await exitCodeOf(child)).toBe(0)
})
