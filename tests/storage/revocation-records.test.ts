import { afterAll, beforeAll, expect, test } from 'vitest'
import { MemoryRevocationRecords } from '../../src/server/storage/memory-revocation-records.ts'
import { RedisRevocationRecords } from '../../src/server/storage/redis-revocation-records.ts'
import { RevocationRows } from '../../src/server/storage/revocation-rows.ts'
import { retryBusy } from '../../src/server/target/retry-busy.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { describeRevocationRecords } from '../support/revocation-records-contract.ts'
import { temporaryTargetDatabase } from '../support/target-database.ts'

let redis: RedisUnderTest
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.close())

describeRevocationRecords('in memory', () => ({ records: new MemoryRevocationRecords(), other: null, close: () => undefined }))

describeRevocationRecords('in SQLite', () => {
  const temporary = temporaryTargetDatabase()
  return {
    records: new RevocationRows(temporary.database, retryBusy),
    other: new RevocationRows(temporary.connect(), retryBusy),
    close: () => temporary.close(),
  }
})

describeRevocationRecords('in Redis', async () => ({
  records: new RedisRevocationRecords(await redis.connect()),
  other: new RedisRevocationRecords(await redis.connect()),
  close: () => undefined,
}))

test('in SQLite a look-up reads by the primary key alone, and the sweep by the index on the end', () => {
  const temporary = temporaryTargetDatabase()
  const { findDenied } = new RevocationRows(temporary.database, retryBusy).statements
  const planOf = (sql: string, ...values: unknown[]) =>
    (temporary.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(({ detail }) => detail).join('; ')
  expect(planOf(findDenied, 'jti:a', 'sid:b')).toBe('SEARCH denied_tokens USING PRIMARY KEY (key=?)')
  expect(planOf('SELECT key FROM denied_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', 1, 20)).toContain('denied_tokens_by_end')
  temporary.close()
})

test('in SQLite a write waits for the lock of another connection without holding up the thread', async () => {
  const temporary = temporaryTargetDatabase()
  const records = new RevocationRows(temporary.database, retryBusy)
  temporary.database.pragma('busy_timeout = 0')
  const blocker = temporary.connect()
  blocker.exec('BEGIN IMMEDIATE')
  const written = records.countUp('alice', 1)
  expect(records.findMark('alice')).toBeNull()
  blocker.exec('COMMIT')
  expect(await written).toMatchObject({ version: 1 })
  temporary.close()
})

test('in Redis an entry that somebody spoiled still ends its token', async () => {
  const connection = await redis.connect()
  const records = new RedisRevocationRecords(connection)
  await connection.run((client) => client.set('authlab:denied:jti:spoiled', 'no JSON'))
  expect(await records.findDenied('spoiled', null)).toMatchObject({ kind: 'jti', value: 'spoiled' })
})

test('in Redis that is gone every use fails with store-unavailable', async () => {
  const own = await startRedis()
  const records = new RedisRevocationRecords(await own.connect())
  await own.kill()
  const uses = [
    records.findDenied('one', null),
    records.findMark('alice'),
    records.countUp('alice', 1),
    records.deny([{ kind: 'jti', value: 'one', account: 'alice', addedAt: 1, expiresAt: 2 }], 1),
    records.listDenied({ q: '', limit: 1 }),
    records.counts(),
  ]
  for (const use of uses) await expect(use).rejects.toMatchObject({ code: 'store-unavailable' })
  await own.close()
})
