import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flagsFor, runCli } from '../support/cli-process.ts'
import { newFolder } from '../support/start-lab.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a lab that opens the browser, where the opener is this script. */
const runOpening = (script: string) => {
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'xdg-open'), 0o755)
  const flags = flagsFor(join(folder, 'data')).filter((flag) => flag !== '--no-open')
  return runCli(flags, { PATH: `${folder}:${process.env['PATH']}`, TMPDIR: folder })
}

const said = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim() : '')

test.runIf(process.platform === 'linux')('the browser is opened without the token in any argument, which all users can read', async () => {
  const script = `stat -c %a "$1" "$(dirname "$1")" > "${folder}/modes"; cp "$1" "${folder}/page"; echo "$@" > "${folder}/arguments"`
  const { child, ended, ready } = runOpening(script)
  const { workbench, token } = await ready
  await expect.poll(() => said('arguments'), { timeout: 5000 }).not.toBe('')
  expect(said('arguments')).not.toContain(token)
  expect(said('modes')).toBe('600\n700')
  expect(said('page')).toContain(`content="0; url=${workbench}"`)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(dirname(said('arguments')))).toBe(false)
})

test.runIf(process.platform === 'linux')('where no browser can be opened the address is said instead', async () => {
  const { child, ended, ready } = runOpening('exit 3')
  let stderr = ''
  child.stderr?.on('data', (chunk: string) => {
    stderr += chunk
  })
  const { workbench } = await ready
  await expect.poll(() => stderr, { timeout: 5000 }).toContain(workbench)
  child.kill('SIGTERM')
  await ended
})
