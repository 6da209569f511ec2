import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MemoryRefreshRecords } from '../../src/server/storage/memory-refresh-records.ts'
import { connectDatabase, openDatabase } from '../../src/server/storage/open.ts'
import { RedisRefreshRecords } from '../../src/server/storage/redis-refresh-records.ts'
import { RefreshRows } from '../../src/server/storage/refresh-rows.ts'
import { type RefreshStore, toFamily } from '../../src/server/storage/refresh-store.ts'
import { retryBusy } from '../../src/server/target/retry-busy.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
const FAMILY = {
  account: 'alice',
  clientId: 'portal',
  scope: 'profile orders:read',
  device: 'Laptop',
  idleExpiresAt: NOW + HOUR,
  absoluteExpiresAt: NOW + 10 * HOUR,
}

/** Two views of one store, as two nodes have; in memory there is but one. */
type Nodes = readonly [RefreshStore, RefreshStore]

const folder = mkdtempSync(join(tmpdir(), 'authlab-refresh-'))
let redis: RedisUnderTest
const closing: (() => void)[] = []

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => {
  for (const close of closing) close()
  await redis.close()
  rmSync(folder, { recursive: true, force: true })
})

const STORES: Record<string, () => Promise<Nodes>> = {
  memory: async () => {
    const store = new MemoryRefreshRecords()
    return [store, store]
  },
  sqlite: async () => {
    const file = join(folder, `${closing.length}.db`)
    const { database } = openDatabase(file, 'target')
    const other = connectDatabase(file)
    closing.push(() => [database, other].forEach((connection) => void connection.close()))
    return [new RefreshRows(database, retryBusy), new RefreshRows(other, retryBusy)]
  },
  redis: async () => {
    const [first, second] = [await redis.connect(), await redis.connect()]
    await first.run((client) => client.flushDb())
    return [new RedisRefreshRecords(first), new RedisRefreshRecords(second)]
  },
}

describe.each(Object.keys(STORES))('refresh tokens in the store %s', (kind) => {
  let nodes: Nodes
  let store: RefreshStore
  const rotate = (token: string, next: string, more: { now?: number; graceMs?: number; on?: RefreshStore } = {}) => {
    const { now = NOW, graceMs = 0, on = store } = more
    return on.rotate({ token, next, now, graceMs, idleExpiresAt: now + HOUR })
  }
  const families = (account: string | null = null, limit = 100, now = NOW) => store.list({ account, limit }, now)

  beforeEach(async () => {
    nodes = (await STORES[kind]?.()) as Nodes
    store = nodes[0]
  })

  test('a token that was never issued is unknown, and so is one by the hash of a real one', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    expect(await store.find('other')).toBeNull()
    expect(await store.find(id)).toBeNull()
    expect(await rotate('other', 'next')).toEqual({ state: 'unknown', record: null })
  })

  test('a family keeps what its login was bound to (RFC 6749 §6), with and without client and device', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    const bound = { account: 'alice', clientId: 'portal', scope: 'profile orders:read', absoluteExpiresAt: NOW + 10 * HOUR }
    const times = { issuedAt: NOW, idleExpiresAt: NOW + HOUR, usedAt: null }
    expect(await store.find('one')).toEqual({ id, parent: null, ...times, family: id, ...bound, revokedReason: null })
    const bare = await store.begin('two', { ...FAMILY, clientId: null, device: null, scope: '' }, NOW)
    expect(await store.find('two')).toMatchObject({ clientId: null, scope: '' })
    expect((await families()).find((family) => family.id === bare)).toMatchObject({ clientId: null, device: null, scope: '' })
  })

  test('a token is given for another one once; the members stand generation by generation', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    expect(await rotate('one', 'two', { now: NOW + 1 })).toMatchObject({ state: 'rotated', isGrace: false, record: { id, usedAt: null } })
    await rotate('two', 'three', { now: NOW + 2 })
    const [family] = await families()
    expect(family).toMatchObject({ id, state: 'active', device: 'Laptop', createdAt: NOW, revokedAt: null })
    expect(family?.members.map(({ usedAt }) => usedAt)).toEqual([NOW + 1, NOW + 2, null])
    expect(family?.members.map(({ parent }) => parent)).toEqual([null, id, family?.members[1]?.id])
  })

  test('an old one revokes its whole family, whoever presents it (RFC 9700 §4.14.2): the newest is worth nothing any more', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    await rotate('one', 'two')
    expect(await rotate('one', 'thief', { now: NOW + 5 })).toMatchObject({ state: 'reused', record: { id, usedAt: NOW } })
    expect(await rotate('two', 'three', { now: NOW + 6 })).toMatchObject({ state: 'revoked', record: { revokedReason: 'reused' } })
    expect(await store.find('thief')).toBeNull()
    const [family] = await families()
    expect(family).toMatchObject({ state: 'revoked', revokedAt: NOW + 5, revokedReason: 'reused' })
    expect(family?.members.map(({ reusedAt }) => reusedAt)).toEqual([NOW + 5, null])
  })

  test('of many uses of one token at once, on two nodes, exactly one is the first; without grace the others end the family', async () => {
    await store.begin('one', FAMILY, NOW)
    const uses = await Promise.all(
      Array.from({ length: 20 }, (_, at) => rotate('one', `next-${at}`, { on: nodes[at % 2] as RefreshStore })),
    )
    const states = uses.map(({ state }) => state).sort()
    expect(states).toEqual(['reused', ...Array.from({ length: 18 }, () => 'revoked'), 'rotated'].sort())
    expect((await families())[0]?.members).toHaveLength(2)
  })

  test('within the grace both tabs get a token of their own, and the moment of the first use stays; at its end it is over', async () => {
    await store.begin('one', FAMILY, NOW)
    const [first, second] = await Promise.all([
      rotate('one', 'tab-1', { graceMs: 1000 }),
      rotate('one', 'tab-2', { graceMs: 1000, on: nodes[1] }),
    ])
    expect([first, second].map((use) => use.state === 'rotated' && use.isGrace).sort()).toEqual([false, true])
    expect(await rotate('one', 'tab-3', { now: NOW + 999, graceMs: 1000 })).toMatchObject({ state: 'rotated', isGrace: true })
    expect((await store.find('one'))?.usedAt).toBe(NOW)
    // The clock of the other node may be behind.
    expect(await rotate('one', 'tab-4', { now: NOW - 999, graceMs: 1000 })).toMatchObject({ state: 'rotated', isGrace: true })
    expect(await rotate('one', 'late', { now: NOW + 1000, graceMs: 1000 })).toMatchObject({ state: 'reused' })
  })

  test('it ends at its idle limit and, rotated or not, at the absolute one', async () => {
    await store.begin('one', FAMILY, NOW)
    expect(await rotate('one', 'x', { now: NOW + HOUR })).toMatchObject({ state: 'idle-expired' })
    expect(await rotate('one', 'two', { now: NOW + HOUR - 1 })).toMatchObject({ state: 'rotated' })
    expect((await families(null, 100, NOW + 2 * HOUR))[0]?.state).toBe('expired')
    const end = NOW + 10 * HOUR
    expect(await store.rotate({ token: 'two', next: 'x', now: end, graceMs: 0, idleExpiresAt: end + 1 })).toMatchObject({
      state: 'absolute-expired',
    })
    // Reuse is told even of a token that has been idle for too long.
    expect(await rotate('one', 'x', { now: NOW + 3 * HOUR })).toMatchObject({ state: 'reused' })
  })

  test('a family is ended once, by its id; nothing else has that id', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    expect(await store.end(id, 'logout', NOW + 1)).toBe(true)
    expect(await store.end(id, 'logout', NOW + 2)).toBe(false)
    expect(await store.end('0'.repeat(64), 'logout', NOW)).toBe(false)
    expect(await store.end('one', 'logout', NOW)).toBe(false)
    expect((await families())[0]).toMatchObject({ revokedAt: NOW + 1, revokedReason: 'logout', state: 'revoked' })
    expect(await rotate('one', 'two')).toMatchObject({ state: 'revoked' })
  })

  test("all of one account's families end together, those of others and those that are over stay as they are", async () => {
    const mine = [await store.begin('a', FAMILY, NOW), await store.begin('b', FAMILY, NOW)]
    const over = await store.begin('c', { ...FAMILY, absoluteExpiresAt: NOW + 1 }, NOW)
    await store.begin('d', { ...FAMILY, account: 'bob' }, NOW)
    expect((await store.endForAccount('alice', 'password-changed', NOW + 1)).sort()).toEqual(mine.sort())
    expect(await store.endForAccount('alice', 'password-changed', NOW + 2)).toEqual([])
    const reasons = new Map((await families(null, 100, NOW + 3)).map(({ id, revokedReason }) => [id, revokedReason]))
    expect(mine.map((id) => reasons.get(id))).toEqual(['password-changed', 'password-changed'])
    expect(reasons.get(over)).toBeNull()
    expect(await rotate('d', 'e')).toMatchObject({ state: 'rotated' })
  })

  test('families are listed newest first, by account, and no more than asked for', async () => {
    const ids: string[] = []
    for (let at = 0; at < 5; at++) ids.push(await store.begin(`a${at}`, { ...FAMILY, account: at % 2 ? 'bob' : 'alice' }, NOW + at))
    expect((await families()).map(({ id }) => id)).toEqual(ids.toReversed())
    expect((await families('bob')).map(({ id }) => id)).toEqual([ids[3], ids[1]])
    expect((await families(null, 2)).map(({ id }) => id)).toEqual([ids[4], ids[3]])
    expect(await families('nobody')).toEqual([])
  })

  test('one family is found by its id, whatever is newer', async () => {
    const id = await store.begin('one', FAMILY, NOW)
    await store.begin('other', FAMILY, NOW + 1)
    expect(await store.list({ account: null, id, limit: 1 }, NOW)).toMatchObject([{ id, members: [{ id }] }])
    expect(await store.list({ account: 'nobody', id, limit: 1 }, NOW)).toEqual([])
    expect(await store.list({ account: null, id: '0'.repeat(64), limit: 1 }, NOW)).toEqual([])
    const sid = id.slice(0, 32)
    expect(await store.list({ account: 'alice', sid, limit: 1 }, NOW)).toMatchObject([{ id }])
    expect(await store.list({ account: 'bob', sid, limit: 1 }, NOW)).toEqual([])
    expect(await store.list({ account: 'alice', sid: sid.slice(1), limit: 1 }, NOW)).toEqual([])
  })

  test('a family that ended a week ago is swept away by a later login, with its tokens', async () => {
    await store.begin('old', FAMILY, NOW)
    await rotate('old', 'older')
    const later = FAMILY.absoluteExpiresAt + 7 * 24 * HOUR
    await store.begin('early', { ...FAMILY, absoluteExpiresAt: later + HOUR }, later - 1)
    expect(await store.find('old')).not.toBeNull()
    await store.begin('new', { ...FAMILY, absoluteExpiresAt: later + HOUR }, later)
    expect([await store.find('old'), await store.find('older')]).toEqual([null, null])
    expect((await families()).length).toBe(2)
  })

  test('clear leaves nothing', async () => {
    await store.begin('one', FAMILY, NOW)
    await store.clear()
    expect([await store.find('one'), await families(), await families('alice')]).toEqual([null, [], []])
  })

  test('what one node begins another one rotates', async () => {
    await nodes[0].begin('one', FAMILY, NOW)
    expect(await rotate('one', 'two', { on: nodes[1] })).toMatchObject({ state: 'rotated' })
    expect(await rotate('two', 'three', { on: nodes[0] })).toMatchObject({ state: 'rotated' })
  })
})

test('Redis holds no refresh token, only SHA-256 of it', async () => {
  const connection = await redis.connect()
  await connection.run((client) => client.flushDb())
  const store = new RedisRefreshRecords(connection)
  await store.begin('a-raw-token', FAMILY, NOW)
  await store.rotate({ token: 'a-raw-token', next: 'its-successor', now: NOW, graceMs: 0, idleExpiresAt: NOW + HOUR })
  const dump = await connection.run(async (client) => {
    const keys = await client.keys('*')
    const dumps = await Promise.all(keys.map((key) => client.sendCommand(['DUMP', key])))
    return `${keys.join()} ${dumps.join()}`
  })
  expect(dump).toContain('authlab:refresh:token:')
  expect(dump).not.toMatch(/a-raw-token|its-successor/)
})

test('a Redis that does not answer refuses every use of a refresh token as store-unavailable', async () => {
  const own = await startRedis()
  const store = new RedisRefreshRecords(await own.connect())
  await store.begin('one', FAMILY, NOW)
  await own.kill()
  await expect(store.find('one')).rejects.toMatchObject({ code: 'store-unavailable' })
  await expect(store.rotate({ token: 'one', next: 'two', now: NOW, graceMs: 0, idleExpiresAt: NOW })).rejects.toMatchObject({
    code: 'store-unavailable',
  })
  await own.close()
})

test('a family is listed, too, when one token was given for very many within its grace', async () => {
  const members = Array.from({ length: 200_001 }, (_, at) => ({
    id: String(at),
    parent: at === 0 ? null : '0',
    issuedAt: NOW,
    idleExpiresAt: NOW + HOUR,
    usedAt: null,
    reusedAt: null,
  }))
  const family = { ...FAMILY, id: '0', createdAt: NOW, revokedAt: null, revokedReason: null }
  expect(toFamily(family, members, NOW).members).toHaveLength(200_001)
})
