import { writeSync } from 'node:fs'
import { connectDatabase } from '../../src/server/storage/open.ts'
import { SqliteSessionStore } from '../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from './session-data.ts'

// Saves and ends sessions as fast as it can and prints each one that was acknowledged, until it is killed.
const [file = '', run = ''] = process.argv.slice(2)
const clock = { nowMs: () => Date.now() }
const store = new SqliteSessionStore({ database: connectDatabase(file), clock, idleSeconds: 3600, absoluteSeconds: 7200, nodeId: run })
const say = (line: string): void => {
  // Synchronous: what was acknowledged must be out before the next write begins.
  writeSync(1, `${line}\n`)
}

const acknowledge = (what: string, call: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve) =>
    call((error) => {
      say(error ? `error ${String(error)}` : what)
      resolve()
    }),
  )

// One after the other: a write that meets the lock is tried again from a timer, which a loop that never waits would starve.
for (let n = 0; ; n++) {
  const sid = `${run}-${n}`
  const session = sessionOf({ account: `account ${n % 7}`, padding: 'x'.repeat(n % 3000) })
  await acknowledge(`set ${sid}`, (done) => store.set(sid, session, done))
  if (n % 3 === 0) await acknowledge(`destroy ${sid}`, (done) => store.destroy(sid, done))
}
