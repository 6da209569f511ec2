import session, { type SessionData } from 'express-session'
import { placeOfSid } from '../../../src/server/storage/sid-key.ts'
import { SqliteSessionStore } from '../../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from '../../support/session-data.ts'
import { ask, describeSessionStore } from '../../support/session-store-contract.ts'
import { ManualClock, temporaryTargetDatabase } from '../../support/target-database.ts'

const SQLITE = {
  revivesAfterDestroy: false,
  answersSynchronously: true,
  listsByRawId: false,
  touchRewritesCookie: false,
  throwsOnCorruptData: false,
}

const MEMORY = {
  revivesAfterDestroy: true,
  answersSynchronously: false,
  listsByRawId: true,
  touchRewritesCookie: true,
  throwsOnCorruptData: true,
}

describeSessionStore('SqliteSessionStore', SQLITE, () => {
  const { database, close } = temporaryTargetDatabase()
  const clock = new ManualClock()
  const store = new SqliteSessionStore({ database, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 })
  return {
    store,
    async saveExpired(sid) {
      await ask((done) => store.set(sid, sessionOf(), done))
      clock.advance(60)
    },
    corrupt: (sid) => database.prepare('UPDATE sessions SET data = ? WHERE key = ?').run('{', placeOfSid(sid).key),
    close() {
      store.close()
      close()
    },
  }
})

describeSessionStore('MemoryStore of express-session', MEMORY, () => {
  const store = new session.MemoryStore()
  return {
    store,
    // It knows no limit of its own: a session lives as long as its cookie, on the real clock.
    saveExpired: async (sid) => {
      const cookie = { ...sessionOf().cookie, expires: new Date(Date.now() - 1000) }
      await ask((done) => store.set(sid, { cookie } as SessionData, done))
    },
    corrupt: (sid) => Object.assign(Reflect.get(store, 'sessions'), { [sid]: '{' }),
    close: () => undefined,
  }
})
