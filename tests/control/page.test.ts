import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rendererUrl } from '../../src/server/assets.ts'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'

const isBuilt = existsSync(new URL('index.html', rendererUrl()))

let testLab: TestLab
let base: string
beforeAll(async () => {
  testLab = await startTestLab(['--nodes', '1'])
  base = new URL(testLab.lab.apiUrl).origin
})
afterAll(() => testLab.close())

const open = (path: string) => send(`${base}${path}`, { headers: { Accept: 'text/html' } })

describe('the page', () => {
  test('needs no token, and says how to build it when it is not built', async () => {
    const answer = await open('/')
    expect(answer.status).toBe(isBuilt ? 200 : 503)
    expect(answer.text).toContain(isBuilt ? '<div id="root"' : 'npm run build')
  })

  test('is the same at every address of its own', async () => {
    expect((await open('/lessons/1')).text).toBe((await open('/')).text)
  })

  test('is not what a missing file gets', async () => {
    for (const path of ['/assets/nothing.js', '/nothing.css', '/lab/api/nothing']) {
      expect((await open(path)).headers['content-type']).toContain('json')
    }
  })
})
