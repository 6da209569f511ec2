import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

test('without a display npm start serves browser mode and says why, with the address, in one line', async () => {
  const env = { ...process.env, AUTHLAB_WHY_BROWSER: 'there is no display' }
  const flags = ['--browser', '--no-open', '--fresh', '--port', '0', '--balancer-port', '0']
  const child = spawn(process.execPath, ['src/server/cli.ts', ...flags], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  expect(said).toMatch(/^authlab: browser mode, because there is no display: http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n$/)
})
