import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Checkpoints } from '../../src/server/storage/checkpoints.ts'
import { SqliteSessionStore } from '../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from '../support/session-data.ts'
import { ask } from '../support/session-store-contract.ts'
import { newFolder, send, startTestLab } from '../support/start-lab.ts'
import { ManualClock, type TemporaryDatabase, temporaryTargetDatabase } from '../support/target-database.ts'

const MEBIBYTE = 1024 * 1024
const ROUNDS = 12
const SAVES = 300
/** What a save of {@link saveMany} puts into the log at least. */
const SAVE_BYTES = 16_384

let temporary: TemporaryDatabase
let checkpoints: Checkpoints
let problems: string[]
const watch = (databaseFiles: string[]): Checkpoints => new Checkpoints({ databaseFiles, onProblem: (message) => problems.push(message) })

beforeEach(() => {
  temporary = temporaryTargetDatabase()
  problems = []
  checkpoints = watch([temporary.file])
})
afterEach(async () => {
  await checkpoints.close()
  temporary.close()
})

const logBytes = (): number => statSync(`${temporary.file}-wal`).size
const makeStore = (): SqliteSessionStore => {
  const { database } = temporary
  return new SqliteSessionStore({
    ...{ database, clock: new ManualClock(), idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 },
  })
}
const saveMany = async (store: SqliteSessionStore, round: number, bytes = SAVE_BYTES): Promise<void> => {
  const padding = 'x'.repeat(bytes)
  for (let n = 0; n < SAVES; n++) await ask((done) => store.set(`${round}-${n}`, sessionOf({ padding }), done))
}

test('with the thread the log stays small, although the connections that write never copy it', async () => {
  temporary.database.pragma('wal_autocheckpoint = 0')
  const store = makeStore()
  for (let round = 0; round < ROUNDS; round++) {
    await saveMany(store, round)
    await checkpoints.copyNow()
  }
  expect(ROUNDS * SAVES * SAVE_BYTES).toBeGreaterThan(50 * MEBIBYTE)
  expect(logBytes()).toBeLessThan(20 * MEBIBYTE)
  store.close()
})

test('after the thread is closed the file alone holds everything, and after the last connection the log is gone', async () => {
  const store = makeStore()
  await checkpoints.copyNow()
  await saveMany(store, 1)
  await checkpoints.close()
  const copy = join(temporary.folder, 'copy.db')
  copyFileSync(temporary.file, copy)
  const copied = new Database(copy)
  expect(copied.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(SAVES)
  copied.close()
  store.close()
  temporary.database.close()
  expect(existsSync(`${temporary.file}-wal`)).toBe(false)
  expect(problems).toEqual([])
})

test('when the thread has died it is said once, sessions are served on and the log still has a bound', async () => {
  const folder = newFolder()
  const dying = watch([join(folder, 'no such folder', 'target.db')])
  await dying.copyNow()
  await dying.copyNow()
  expect(problems).toEqual([expect.stringContaining('everything works on')])
  const store = makeStore()
  for (let round = 0; round < ROUNDS; round++) await saveMany(store, round, 4 * SAVE_BYTES)
  expect(ROUNDS * SAVES * 4 * SAVE_BYTES).toBeGreaterThan(200 * MEBIBYTE)
  expect(logBytes()).toBeLessThan(150 * MEBIBYTE)
  expect(await ask<number>((done) => store.length(done))).toBe(ROUNDS * SAVES)
  await dying.close()
  store.close()
  rmSync(folder, { recursive: true })
})

test('a lab that was closed leaves databases without logs', async () => {
  const folder = newFolder()
  const { lab, close } = await startTestLab([], folder)
  const login = await send(`${lab.balancerUrl}/session`, {
    method: 'POST',
    body: { username: 'bob', password: 'bob-pass' },
    headers: { 'Content-Type': 'application/json' },
  })
  expect(login.status).toBe(200)
  await close()
  expect(['target.db', 'lab.db'].map((name) => [existsSync(join(folder, name)), existsSync(join(folder, `${name}-wal`))])).toEqual([
    [true, false],
    [true, false],
  ])
  const target = new Database(join(folder, 'target.db'), { readonly: true })
  expect(target.prepare('SELECT account FROM sessions').pluck().all()).toEqual(['bob'])
  target.close()
  rmSync(folder, { recursive: true })
})
