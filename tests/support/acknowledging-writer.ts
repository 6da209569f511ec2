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

for (let n = 0; ; n++) {
  const sid = `${run}-${n}`
  store.set(sid, sessionOf({ account: `account ${n % 7}`, padding: 'x'.repeat(n % 3000) }), (error) => say(error ? 'error' : `set ${sid}`))
  if (n % 3 === 0) store.destroy(sid, (error) => say(error ? 'error' : `destroy ${sid}`))
}
