import { afterAll, beforeAll } from 'vitest'
import { RedisSessionRecords } from '../../../src/server/storage/redis-session-records.ts'
import type { SessionRecords } from '../../../src/server/storage/session-records.ts'
import { placeOfSid } from '../../../src/server/storage/sid-key.ts'
import { recordsOfConnectRedis } from '../../../src/server/target/sessions/connect-redis-records.ts'
import { FaultySessionStore, StoreGate, type WholeStore } from '../../../src/server/target/sessions/faulty-session-store.ts'
import { MemorySessionRecords } from '../../../src/server/target/sessions/memory-session-records.ts'
import { TimedSessionStore } from '../../../src/server/target/sessions/timed-session-store.ts'
import { type RedisUnderTest, startRedis } from '../../support/redis-server.ts'
import { sessionOf } from '../../support/session-data.ts'
import { ask, describeSessionStore, type StoreUnderTest } from '../../support/session-store-contract.ts'
import { ManualClock } from '../../support/target-database.ts'

const AS_OURS = {
  revivesAfterDestroy: false,
  answersSynchronously: true,
  listsByRawId: false,
  touchRewritesCookie: false,
  throwsOnCorruptData: false,
}

const makeStore = (
  records: SessionRecords,
  corrupt: (id: string) => void,
  wrap = (store: WholeStore): WholeStore => store,
): StoreUnderTest => {
  const clock = new ManualClock()
  const store = new TimedSessionStore({ records, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 })
  return {
    store: wrap(store),
    async saveExpired(sid) {
      await ask((done) => store.set(sid, sessionOf(), done))
      clock.advance(60)
    },
    corrupt: (sid) => corrupt(placeOfSid(sid).id),
    close: () => store.close(),
  }
}

const makeMemoryStore = (wrap?: (store: WholeStore) => WholeStore) => {
  const records = new MemorySessionRecords()
  return makeStore(records, (id) => Object.assign(records.find(id) ?? {}, { data: '{' }), wrap)
}

describeSessionStore('sessions in memory', AS_OURS, () => makeMemoryStore())

describeSessionStore('sessions in memory behind a gate without faults', AS_OURS, () =>
  makeMemoryStore(
    (store) =>
      new FaultySessionStore(store, new StoreGate({ latencyMs: 0, isOut: false }, { storeReads: 0, storeWrites: 0, revocationReads: 0 })),
  ),
)

describeSessionStore('sessions in memory behind a gate with latency', { ...AS_OURS, answersSynchronously: false }, () =>
  makeMemoryStore(
    (store) =>
      new FaultySessionStore(store, new StoreGate({ latencyMs: 1, isOut: false }, { storeReads: 0, storeWrites: 0, revocationReads: 0 })),
  ),
)

let redis: RedisUnderTest
let connection: Awaited<ReturnType<RedisUnderTest['connect']>>
beforeAll(async () => {
  redis = await startRedis()
  connection = await redis.connect()
})
afterAll(() => redis.close())

describeSessionStore('sessions in Redis through connect-redis', { ...AS_OURS, answersSynchronously: false }, () => {
  // One connection runs its commands in order: nothing needs to be waited for.
  const send = (...command: string[]) => void connection.run((client) => client.sendCommand(command)).catch(() => undefined)
  send('FLUSHALL')
  const records = recordsOfConnectRedis(new RedisSessionRecords(connection))
  return makeStore(records, (id) => send('HSET', `authlab:session:${id}`, 'data', '{'))
})
