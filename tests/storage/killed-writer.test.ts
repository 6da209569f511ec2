import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { placeOfSid } from '../../src/server/storage/sid-key.ts'
import { type TemporaryDatabase, temporaryTargetDatabase } from '../support/target-database.ts'

const KILLS = 100
const AT_ONCE = 4

let temporary: TemporaryDatabase
beforeEach(() => {
  temporary = temporaryTargetDatabase()
})
afterEach(() => temporary.close())

/** Lets a writer acknowledge some lines, kills it with SIGKILL and answers every line that came out whole. */
const runAndKill = (run: string, linesBeforeKill: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const writer = fileURLToPath(new URL('../support/acknowledging-writer.ts', import.meta.url))
    const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', writer, temporary.file, run])
    let output = ''
    let errors = ''
    let lines = 0
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const character of chunk) if (character === '\n') lines++
      if (lines >= linesBeforeKill) child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error(errors))
    })
  })

test(`after ${KILLS} writers were killed by SIGKILL every acknowledged save and logout is there and the database is whole`, async () => {
  const runs = Array.from({ length: KILLS }, (_, n) => n)
  const acknowledged: string[] = []
  const worker = async () => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift())
      acknowledged.push(...(await runAndKill(`run-${run}`, 1 + ((run * 37) % 200))))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  const database = temporary.connect()
  const isThere = database.prepare('SELECT 1 FROM sessions WHERE key = ? AND hash = ?').pluck()
  const ended = new Set(acknowledged.filter((line) => line.startsWith('destroy ')).map((line) => line.slice(8)))
  const saved = acknowledged.filter((line) => line.startsWith('set ')).map((line) => line.slice(4))
  const find = (sid: string) => isThere.get(placeOfSid(sid).key, placeOfSid(sid).id) === 1
  // One that is saved and would have been ended next may be either: its end was perhaps done but not acknowledged.
  const mayBeEnded = (sid: string) => Number(sid.split('-').at(-1)) % 3 === 0
  expect(saved.length).toBeGreaterThan(KILLS)
  expect(ended.size).toBeGreaterThan(KILLS / 3)
  expect(saved.filter((sid) => !mayBeEnded(sid) && !find(sid))).toEqual([])
  expect([...ended].filter(find)).toEqual([])
  expect(acknowledged.filter((line) => line.startsWith('error'))).toEqual([])
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
}, 60_000)
