import type { Request } from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RedisSessionRecords } from '../../../src/server/storage/redis-session-records.ts'
import { RecordsDirectory, type SessionDirectory, SqliteDirectory } from '../../../src/server/storage/session-directory.ts'
import type { SessionRecords } from '../../../src/server/storage/session-records.ts'
import { placeOfSid } from '../../../src/server/storage/sid-key.ts'
import { retryBusy } from '../../../src/server/target/retry-busy.ts'
import { recordsOfConnectRedis } from '../../../src/server/target/sessions/connect-redis-records.ts'
import { FaultySessionStore, gatedDirectory, StoreGate, type WholeStore } from '../../../src/server/target/sessions/faulty-session-store.ts'
import { MemorySessionRecords } from '../../../src/server/target/sessions/memory-session-records.ts'
import type { SessionChange, StoreProblem } from '../../../src/server/target/sessions/session-watch.ts'
import { SqliteSessionStore } from '../../../src/server/target/sessions/sqlite-session-store.ts'
import { TimedSessionStore } from '../../../src/server/target/sessions/timed-session-store.ts'
import { type RedisUnderTest, startRedis } from '../../support/redis-server.ts'
import { sessionOf } from '../../support/session-data.ts'
import { ask, fetchSession } from '../../support/session-store-contract.ts'
import { ManualClock, temporaryTargetDatabase } from '../../support/target-database.ts'

let redis: RedisUnderTest
let connection: Awaited<ReturnType<RedisUnderTest['connect']>>
beforeAll(async () => {
  redis = await startRedis()
  connection = await redis.connect()
})
afterAll(() => redis.close())
beforeEach(() => connection.run((client) => client.flushAll()))

const idOf = (sid: string): string => placeOfSid(sid).id
const DAY = 86_400

interface Node {
  store: TimedSessionStore
  changes: SessionChange[]
  problems: StoreProblem[]
}

const makeNode = (records: SessionRecords, clock: ManualClock, nodeId = 'node-1'): Node => {
  const changes: SessionChange[] = []
  const problems: StoreProblem[] = []
  const store = new TimedSessionStore({
    ...{ records, clock, nodeId, idleSeconds: 60, absoluteSeconds: 600, purgeEverySeconds: 0 },
    onChange: (change) => changes.push(change),
    onProblem: (problem) => problems.push(problem),
  })
  return { store, changes, problems }
}

const save = (store: WholeStore, sid: string, fields: Record<string, unknown> = {}) =>
  ask((done) => store.set(sid, sessionOf(fields), done))
const held = async (store: WholeStore, sid: string) => (await fetchSession(store, sid)) ?? sessionOf()
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

const KINDS: [name: string, make: () => SessionRecords][] = [
  ['memory', () => new MemorySessionRecords()],
  ['redis', () => recordsOfConnectRedis(new RedisSessionRecords(connection))],
]

describe.each(KINDS)('sessions in %s', (_name, makeRecords) => {
  let clock: ManualClock
  let records: SessionRecords
  let node: Node
  let store: TimedSessionStore
  beforeEach(() => {
    clock = new ManualClock()
    records = makeRecords()
    node = makeNode(records, clock)
    store = node.store
  })

  describe('limits on the lab clock (OWASP ASVS 5 V7.3)', () => {
    test('a session is live up to its idle limit and idle-expired at it; what was never there is unknown', async () => {
      await save(store, 'a')
      clock.advance(59.999)
      expect(await store.look('a')).toMatchObject({ state: 'live' })
      clock.advance(0.001)
      expect(await store.look('a')).toMatchObject({ state: 'idle-expired', row: { id: idOf('a') } })
      expect(await fetchSession(store, 'a')).toBeNull()
      expect(await store.look('never')).toEqual({ state: 'unknown', row: null })
    })

    test('use moves the idle limit on, never the absolute one; createdAt and the node stay', async () => {
      const other = makeNode(records, clock, 'node-2').store
      await save(store, 'a')
      const createdAt = clock.nowMs()
      for (let minute = 0; minute < 11; minute++) {
        clock.advance(54)
        const data = await held(other, 'a')
        await ask((done) => (minute % 2 ? other.touch('a', data, done) : other.set('a', data, done)))
        const row = { createdAt, absoluteExpiresAt: createdAt + 600_000, node: 'node-1', idleExpiresAt: clock.nowMs() + 60_000 }
        expect(await store.look('a')).toMatchObject({ state: 'live', row })
      }
      clock.advance(6)
      expect(await store.look('a')).toMatchObject({ state: 'absolute-expired' })
    })

    test('an expired session stays dead: neither touch nor save renews it', async () => {
      await save(store, 'a', { n: 1 })
      const data = await held(store, 'a')
      clock.advance(60)
      await ask((done) => store.touch('a', data, done))
      await ask((done) => store.set('a', data, done))
      await save(store, 'a', { n: 2 })
      expect(await store.look('a')).toMatchObject({ state: 'idle-expired' })
      expect(node.problems).toEqual([1, 2].map(() => ({ code: 'save-refused', id: idOf('a') })))
    })

    test('an older touch does not undo a later one; after the clock went back a touch counts from the new time', async () => {
      await save(store, 'a')
      clock.advance(2)
      await ask((done) => store.touch('a', sessionOf(), done))
      clock.advance(-1)
      await ask((done) => store.touch('a', sessionOf(), done))
      expect(await store.look('a')).toMatchObject({ row: { lastSeenAt: clock.nowMs() + 1000 } })
      clock.advance(-3600)
      await ask((done) => store.touch('a', sessionOf(), done))
      expect(await store.look('a')).toMatchObject({ row: { lastSeenAt: clock.nowMs(), idleExpiresAt: clock.nowMs() + 60_000 } })
    })

    test('a purge makes expired sessions unknown and keeps the others', async () => {
      await save(store, 'old', { account: 'alice' })
      clock.advance(30)
      await save(store, 'new', { account: 'alice' })
      clock.advance(30)
      expect(await store.purge()).toBe(1)
      expect([await store.look('old'), (await store.look('new')).state]).toEqual([{ state: 'unknown', row: null }, 'live'])
      expect(await store.purge()).toBe(0)
    })

    test('a purge of more sessions than one batch takes them all', async () => {
      await Promise.all(Array.from({ length: 1100 }, (_none, n) => save(store, `s${n}`, { account: `account ${n % 7}` })))
      clock.advance(DAY)
      expect(await store.purge()).toBe(1100)
    })
  })

  describe('a session that has ended stays ended', () => {
    test('also when another request held it while it ended', async () => {
      const other = makeNode(records, clock, 'node-2')
      await save(store, 'a')
      const data = await held(store, 'a')
      await ask((done) => other.store.destroy('a', done))
      node.changes.length = 0
      await ask((done) => store.touch('a', data, done))
      await ask((done) => store.set('a', data, done))
      await save(store, 'a')
      expect(await store.look('a')).toEqual({ state: 'unknown', row: null })
      expect([node.changes, other.changes]).toEqual([[], [{ ended: idOf('a') }]])
      expect(node.problems).toEqual([1, 2].map(() => ({ code: 'save-refused', id: idOf('a') })))
    })

    test('also for the object that express-session makes of the data, and without a tombstone', async () => {
      await save(store, 'a')
      const request = { sessionID: 'a', sessionStore: store } as unknown as Request
      const inflated = store.createSession(request, await held(store, 'a'))
      await ask((done) => store.clear(done))
      await ask((done) => inflated.save(done))
      expect((await store.look('a')).state).toBe('unknown')
    })

    test('also when its id was changed by a login meanwhile: what the older request saves is refused and told', async () => {
      await save(store, 'before', { cart: [1] })
      const slow = await held(store, 'before')
      const request = { sessionID: 'before', sessionStore: store } as unknown as Request
      const login = store.createSession(request, await held(store, 'before'))
      Object.assign(store, {
        generate: (given: Request) => Object.assign(given, { sessionID: 'after', session: sessionOf({ account: 'alice' }) }),
      })
      await ask((done) => store.regenerate(Object.assign(request, { session: login }), done))
      await save(store, 'after', { account: 'alice' })
      await ask((done) => store.set('before', Object.assign(slow, { cart: [1, 2] }), done))
      expect(await Promise.all([fetchSession(store, 'before'), fetchSession(store, 'after')])).toMatchObject([null, { account: 'alice' }])
      expect(node.problems).toEqual([{ code: 'save-refused', id: idOf('before') }])
    })

    test('while an object saved under another id is a new session there', async () => {
      await save(store, 'a', { n: 1 })
      const data = await held(store, 'a')
      await ask((done) => store.set('b', data, done))
      await ask((done) => store.destroy('b', done))
      expect((await store.look('a')).state).toBe('live')
    })
  })

  describe('a lost update', () => {
    test('is told by the save that overwrites: both loaded version 1, and the second save overwrites version 2', async () => {
      const other = makeNode(records, clock, 'node-2')
      await save(store, 'cart', { items: [] })
      const [mine, yours] = [await held(store, 'cart'), await held(other.store, 'cart')]
      await Promise.all([
        ask((done) => store.set('cart', Object.assign(mine, { items: ['apple'] }), done)),
        ask((done) => other.store.set('cart', Object.assign(yours, { items: ['pear'] }), done)),
      ])
      const told = [...node.changes, ...other.changes].flatMap(({ overwrote }) => overwrote ?? [])
      expect(told).toEqual([{ loadedVersion: 1, storedVersion: 2 }])
      expect((await held(store, 'cart')) as object).toMatchObject({ items: [expect.stringMatching(/^(apple|pear)$/)] })
    })

    test('is not told of saves one after the other, nor of touches in between', async () => {
      const other = makeNode(records, clock, 'node-2')
      await save(store, 'cart')
      for (const { store: of } of [node, other, node]) {
        const data = await held(of, 'cart')
        await ask((done) => of.touch('cart', data, done))
        await ask((done) => of.set('cart', data, done))
        await ask((done) => of.set('cart', data, done))
      }
      expect([...node.changes, ...other.changes].filter((change) => 'overwrote' in change)).toEqual([])
    })
  })

  test('every write, touch and end is told with the row as it now is', async () => {
    await save(store, 'a', { account: 'alice', device: '' })
    const createdAt = clock.nowMs()
    clock.advance(10)
    await ask((done) => store.touch('a', sessionOf(), done))
    await ask((done) => store.destroy('a', done))
    await ask((done) => store.destroy('a', done))
    const row = { id: idOf('a'), account: 'alice', device: '', node: 'node-1', createdAt, absoluteExpiresAt: createdAt + 600_000 }
    expect(node.changes).toEqual([
      { written: { ...row, lastSeenAt: createdAt, idleExpiresAt: createdAt + 60_000 } },
      { written: { ...row, lastSeenAt: createdAt + 10_000, idleExpiresAt: createdAt + 70_000 } },
      { ended: idOf('a') },
    ])
  })

  test('a session with a cycle is an error of the save, not a throw', async () => {
    const cyclic = sessionOf()
    Object.assign(cyclic, { self: cyclic })
    expect(await failure(ask((done) => store.set('a', cyclic, done)))).toMatchObject({ code: 'session-not-serializable' })
  })

  test('the list of an account follows the account of the session', async () => {
    const directory = new RecordsDirectory(records, clock)
    const accounts = async () => Promise.all(['alice', 'bob'].map(async (account) => (await directory.list({ account })).length))
    await save(store, 'a')
    const data = await held(store, 'a')
    const seen = [await accounts()]
    for (const account of ['alice', 'bob', undefined]) {
      await ask((done) => store.set('a', Object.assign(data, { account }), done))
      seen.push(await accounts())
    }
    expect(seen).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ])
    expect(await directory.endForAccount('alice')).toEqual([])
    expect((await store.look('a')).state).toBe('live')
  })
})

describe.each([
  ...KINDS.map(([name, makeRecords]) => {
    const make = (clock: ManualClock) => {
      const records = makeRecords()
      const store: WholeStore = makeNode(records, clock).store
      const directory: SessionDirectory = new RecordsDirectory(records, clock)
      return { store, directory, close: () => undefined }
    }
    return [name, make] as const
  }),
  [
    'sqlite',
    (clock: ManualClock) => {
      const { database, close } = temporaryTargetDatabase()
      const store: WholeStore = new SqliteSessionStore({ database, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1' })
      const directory: SessionDirectory = new SqliteDirectory(database, clock, retryBusy)
      return { store, directory, close }
    },
  ] as const,
])('the directory of sessions in %s', (_name, make) => {
  let clock: ManualClock
  let made: ReturnType<typeof make>
  let directory: SessionDirectory
  beforeEach(async () => {
    clock = new ManualClock()
    made = make(clock)
    directory = made.directory
    for (const [sid, account] of [
      ['expired', 'alice'],
      ['first', 'alice'],
      ['bobs', 'bob'],
      ['second', 'alice'],
    ] as const) {
      await save(made.store, sid, { account })
      clock.advance(15)
    }
  })
  afterEach(() => made.close())
  const ids = async (filter?: Parameters<SessionDirectory['list']>[0]) => (await directory.list(filter)).map(({ id }) => id)

  test('lists what is live, newest first, by account and up to a limit', async () => {
    expect(await ids()).toEqual(['second', 'bobs', 'first'].map(idOf))
    expect(await ids({ account: 'alice' })).toEqual(['second', 'first'].map(idOf))
    expect(await ids({ limit: 2 })).toEqual(['second', 'bobs'].map(idOf))
    expect(await ids({ account: 'nobody' })).toEqual([])
    expect(await directory.count()).toBe(3)
  })

  test('what it answers can be cloned into another thread, and holds neither data nor raw id', async () => {
    const [row] = structuredClone(await directory.list({ limit: 1 }))
    expect(row).toEqual(await directory.find(idOf('second')))
    expect(JSON.stringify(row)).not.toContain('cookie')
  })

  test('finds and ends by public id only', async () => {
    expect([await directory.find('second'), await directory.end('second'), await directory.find(idOf('expired'))]).toEqual([
      null,
      false,
      null,
    ])
    expect([await directory.end(idOf('second')), await directory.end(idOf('second'))]).toEqual([true, false])
    expect(await fetchSession(made.store, 'second')).toBeNull()
    await save(made.store, 'second')
    expect(await directory.find(idOf('second'))).toBeNull()
  })

  test('ends all sessions of one account, expired ones too, and a save that was on its way brings none back', async () => {
    const data = await held(made.store, 'first')
    expect(new Set(await directory.endForAccount('alice'))).toEqual(new Set(['expired', 'first', 'second'].map(idOf)))
    await ask((done) => made.store.set('first', data, done))
    expect(await ids()).toEqual([idOf('bobs')])
    expect(await directory.endForAccount('alice')).toEqual([])
  })

  test('lets one expire for good', async () => {
    const data = await held(made.store, 'first')
    expect(await directory.expireNow(idOf('first'))).toMatchObject({ id: idOf('first'), idleExpiresAt: clock.nowMs() })
    await ask((done) => made.store.touch('first', data, done))
    await ask((done) => made.store.set('first', data, done))
    expect([await fetchSession(made.store, 'first'), await directory.expireNow(idOf('first'))]).toEqual([null, null])
    expect(await directory.count()).toBe(2)
  })

  test('clears', async () => {
    await directory.clear()
    expect([await ids(), await directory.count(), await ids({ account: 'alice' })]).toEqual([[], 0, []])
  })
})

describe('what Redis holds', () => {
  const clock = new ManualClock()
  const everything = () =>
    connection.run(async (client) => {
      const keys = await client.keys('*')
      const values = await Promise.all(
        keys.map(async (key) => ((await client.type(key)) === 'hash' ? client.hGetAll(key) : client.dump(key))),
      )
      return JSON.stringify([keys, values])
    })

  test('no raw session id, in no key and no value', async () => {
    const { store } = makeNode(recordsOfConnectRedis(new RedisSessionRecords(connection)), clock)
    await save(store, 'raw-session-id', { account: 'alice' })
    await ask((done) => store.touch('raw-session-id', sessionOf(), done))
    await save(store, 'raw-ended-id')
    await ask((done) => store.destroy('raw-ended-id', done))
    const held = await everything()
    expect(held).toContain(idOf('raw-session-id'))
    expect(held).not.toContain('raw-')
  })

  test('nothing but tombstones of ended sessions, and those for minutes', async () => {
    const directory = new RecordsDirectory(new RedisSessionRecords(connection), clock)
    const { store } = makeNode(new RedisSessionRecords(connection), clock)
    for (const sid of ['a', 'b', 'c']) await save(store, sid, { account: 'alice' })
    await ask((done) => store.destroy('a', done))
    await directory.endForAccount('alice')
    const keys = await connection.run((client) => client.keys('*'))
    expect(keys.sort()).toEqual(['a', 'b', 'c'].map((sid) => `authlab:ended:${idOf(sid)}`).sort())
    const [left] = await connection.run((client) => Promise.all(keys.map((key) => client.pTTL(key))))
    expect(left).toBeGreaterThan(60_000)
    expect(left).toBeLessThanOrEqual(300_000)
  })

  test('a session that Redis itself dropped leaves the lists when they are read', async () => {
    const records = new RedisSessionRecords(connection)
    const { store } = makeNode(records, clock)
    for (const sid of ['a', 'b']) await save(store, sid, { account: 'alice' })
    await connection.run((client) => client.del(`authlab:session:${idOf('a')}`))
    expect(await records.list(clock.nowMs(), { account: 'alice' })).toMatchObject([{ hash: idOf('b') }])
    expect(await records.count(clock.nowMs())).toBe(1)
    expect(await connection.run((client) => client.zCard('authlab:account:alice'))).toBe(1)
  })

  test('real time only clears away what everyone left: a session is kept for days', async () => {
    const { store } = makeNode(new RedisSessionRecords(connection), clock)
    await save(store, 'a')
    expect(await connection.run((client) => client.ttl(`authlab:session:${idOf('a')}`))).toBeGreaterThan(6 * DAY)
  })

  test.each([
    ['data that is no JSON', ['HSET', 'data', '{']],
    ['data that is no session', ['HSET', 'data', '[]']],
    ['a time that is no number', ['HSET', 'created_at', 'yesterday']],
    ['another type of value', ['SET', 'text']],
  ])('%s is absent and reported', async (_what, [command = '', ...rest]) => {
    const { store, problems } = makeNode(recordsOfConnectRedis(new RedisSessionRecords(connection)), clock)
    await save(store, 'a')
    await connection.run((client) => client.sendCommand([command, `authlab:session:${idOf('a')}`, ...rest]))
    expect(await fetchSession(store, 'a')).toBeNull()
    expect(problems).toEqual([{ code: 'corrupt-row', id: idOf('a') }])
    await ask((done) => store.destroy('a', done))
    expect(await fetchSession(store, 'a')).toBeNull()
  })
})

test('nodes with memory of their own do not know each other’s sessions', async () => {
  const clock = new ManualClock()
  const [one, two] = [makeNode(new MemorySessionRecords(), clock, 'node-1'), makeNode(new MemorySessionRecords(), clock, 'node-2')]
  await save(one.store, 'a')
  expect([await one.store.look('a'), await two.store.look('a')]).toMatchObject([{ state: 'live' }, { state: 'unknown' }])
})

describe('faults on purpose', () => {
  const makeFaulty = () => {
    const faults = { latencyMs: 0, isOut: false }
    const counts = { storeReads: 0, storeWrites: 0, revocationReads: 0 }
    const gate = new StoreGate(faults, counts)
    const records = new MemorySessionRecords()
    const clock = new ManualClock()
    const store = new FaultySessionStore(makeNode(records, clock).store, gate)
    return { faults, counts, store, records, directory: gatedDirectory(new RecordsDirectory(records, clock), gate) }
  }

  test('an outage fails every use with store-unavailable, changes nothing, and is over when it is over', async () => {
    const { faults, store, directory } = makeFaulty()
    await save(store, 'a', { n: 1 })
    faults.isOut = true
    const uses = [
      fetchSession(store, 'a'),
      save(store, 'a', { n: 2 }),
      ask((done) => store.touch('a', sessionOf(), done)),
      ask((done) => store.destroy('a', done)),
      ask((done) => store.all(done as never)),
      ask<number>((done) => store.length(done)),
      ask((done) => store.clear(done)),
      directory.list(),
      directory.find(idOf('a')),
      directory.end(idOf('a')),
      directory.endForAccount('alice'),
    ]
    for (const use of uses) expect(await failure(use)).toMatchObject({ code: 'store-unavailable' })
    faults.isOut = false
    expect(await fetchSession(store, 'a')).toMatchObject({ n: 1 })
  })

  test('latency is waited before the store is used, and an outage that begins meanwhile counts', async () => {
    const { faults, store, records } = makeFaulty()
    await save(store, 'a')
    faults.latencyMs = 5
    const waiting = fetchSession(store, 'a')
    records.end(idOf('a'))
    expect(await waiting).toBeNull()
    const late = failure(fetchSession(store, 'a'))
    faults.isOut = true
    expect(await late).toMatchObject({ code: 'store-unavailable' })
  })

  test('every use is counted once, as a read or a write', async () => {
    const { counts, store, directory } = makeFaulty()
    await save(store, 'a')
    await fetchSession(store, 'a')
    await ask((done) => store.touch('a', sessionOf(), done))
    await directory.list()
    await directory.end(idOf('a'))
    expect(counts).toEqual({ storeReads: 2, storeWrites: 3, revocationReads: 0 })
  })
})
