import { cpSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { mustRun } from '../../../scripts/command.ts'
import { bin, ROOT } from '../../../scripts/paths.ts'
import { exitCodeOf, expect, lineOf, spawnApp, test } from '../support/electron-app.ts'

/** What lies at the top of an archive; its header is JSON behind four 32-bit lengths, of which the last is the JSON's. */
function topOf(archive: string): string[] {
  const bytes = readFileSync(archive)
  const { files } = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString())
  return Object.keys(files).sort()
}

test('the packaged Linux app starts from its archive alone, with its fuses set, and serves the workbench', async ({ staged }) => {
  test.setTimeout(180_000)
  for (const name of ['build', 'docs', 'LICENSE', 'README.md']) cpSync(join(ROOT, name), join(staged.folder, name), { recursive: true })
  const config = ['--config', join(ROOT, 'electron-builder.yml'), `-c.electronDist=${staged.dist}`, `-c.electronVersion=${staged.version}`]
  const builder = [bin('electron-builder/cli.js'), '--linux', 'dir', '--x64', '--projectDir', staged.folder, ...config]
  await mustRun(process.execPath, builder, { cwd: staged.folder, timeoutMs: 150_000 })
  const executable = join(staged.folder, 'dist', 'linux-unpacked', 'authlab')
  const fuses = await getCurrentFuseWire(executable)
  expect({
    runAsNode: fuses[FuseV1Options.RunAsNode],
    nodeOptions: fuses[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
    inspect: fuses[FuseV1Options.EnableNodeCliInspectArguments],
    onlyArchive: fuses[FuseV1Options.OnlyLoadAppFromAsar],
  }).toEqual({ runAsNode: FuseState.DISABLE, nodeOptions: FuseState.DISABLE, inspect: FuseState.DISABLE, onlyArchive: FuseState.ENABLE })
  const child = spawnApp(executable, '--fresh', '--port', '0', '--balancer-port', '0')
  const ready = JSON.parse((await lineOf(child.stdout, 'AUTHLAB_READY ')).slice('AUTHLAB_READY '.length))
  expect(ready.mode).toBe('desktop')
  expect(readFileSync(join(dirname(executable), 'resources', 'LICENSE'), 'utf8')).toContain('MIT License')
  expect(topOf(join(dirname(executable), 'resources', 'app.asar'))).toEqual(['node_modules', 'out', 'package.json'])
  expect(await (await fetch(ready.workbench)).text()).toContain('<title>AuthLab</title>')
  child.kill('SIGTERM')
  expect(await exitCodeOf(child)).toBe(0)
})
