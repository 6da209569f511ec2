import { AsyncLocalStorage } from 'node:async_hooks'
import type { Request } from 'express'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionRow } from '../../../src/contract/sessions.ts'
import { LabError } from '../../../src/server/errors.ts'
import { placeOfSid } from '../../../src/server/storage/sid-key.ts'
import { purge } from '../../../src/server/target/sessions/purge.ts'
import { SESSION_SQL } from '../../../src/server/target/sessions/session-table.ts'
import type { SessionLook, StoreProblem } from '../../../src/server/target/sessions/session-watch.ts'
import { SqliteSessionStore, type SqliteSessionStoreOptions } from '../../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from '../../support/session-data.ts'
import { ask, fetchSession } from '../../support/session-store-contract.ts'
import { ManualClock, type TemporaryDatabase, temporaryTargetDatabase } from '../../support/target-database.ts'

let temporary: TemporaryDatabase
let clock: ManualClock
let store: SqliteSessionStore
let written: SessionRow[]
let ended: string[]
let looks: SessionLook[]
let problems: StoreProblem[]
const opened: SqliteSessionStore[] = []

const makeStore = (options: Partial<SqliteSessionStoreOptions> = {}): SqliteSessionStore => {
  const made = new SqliteSessionStore({
    ...{ database: temporary.database, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 },
    onChange(change) {
      if (change.written) written.push(change.written)
      if (change.ended) ended.push(change.ended)
    },
    onLook: (look) => looks.push(look),
    onProblem: (problem) => problems.push(problem),
    ...options,
  })
  opened.push(made)
  return made
}

beforeEach(() => {
  temporary = temporaryTargetDatabase()
  clock = new ManualClock()
  written = []
  ended = []
  looks = []
  problems = []
  store = makeStore()
})
afterEach(() => {
  for (const made of opened.splice(0)) made.close()
  temporary.close()
})

const idOf = (sid: string): string => placeOfSid(sid).id
const save = (sid: string, fields: Record<string, unknown> = {}, into = store) => ask((done) => into.set(sid, sessionOf(fields), done))
const held = async (sid: string, from = store) => (await fetchSession(from, sid)) ?? sessionOf()
const touch = async (sid: string, through = store) => {
  const data = await held(sid, through)
  await ask((done) => through.touch(sid, data, done))
}
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

describe('limits on the lab clock (OWASP ASVS 5 V7.3)', () => {
  test('a session is live up to its idle limit and idle-expired at it', async () => {
    await save('a')
    clock.advance(59.999)
    expect(store.look('a').state).toBe('live')
    clock.advance(0.001)
    expect(store.look('a')).toMatchObject({ state: 'idle-expired', row: { id: idOf('a') } })
    expect(await fetchSession(store, 'a')).toBeNull()
    expect(looks.at(-1)?.state).toBe('idle-expired')
  })

  test('use moves the idle limit on, never the absolute one; createdAt stays', async () => {
    await save('a')
    const createdAt = clock.nowMs()
    for (let minute = 0; minute < 11; minute++) {
      clock.advance(54)
      await (minute % 2 ? touch('a') : save('a', { minute }))
      expect(store.look('a')).toMatchObject({ state: 'live', row: { createdAt, absoluteExpiresAt: createdAt + 600_000 } })
    }
    clock.advance(6)
    expect(store.look('a').state).toBe('absolute-expired')
  })

  test('an id that was never there is unknown, and a purged one becomes so', async () => {
    await save('a')
    clock.advance(60)
    expect([store.look('never'), store.look('a').state]).toEqual([{ state: 'unknown', row: null }, 'idle-expired'])
    await store.purge()
    expect(store.look('a')).toEqual({ state: 'unknown', row: null })
  })

  test('an expired session stays dead: neither touch nor save renews it', async () => {
    await save('a', { n: 1 })
    const data = await held('a')
    clock.advance(60)
    await ask((done) => store.touch('a', data, done))
    await ask((done) => store.set('a', data, done))
    await save('a', { n: 2 })
    store.flush()
    expect(store.look('a').state).toBe('idle-expired')
    expect(problems).toEqual([
      { code: 'save-refused', id: idOf('a') },
      { code: 'save-refused', id: idOf('a') },
    ])
  })
})

describe('touches wait in memory', () => {
  const seenInTable = () => temporary.database.prepare('SELECT last_seen_at FROM sessions').pluck().get()

  test('readers of the same process see them at once, other nodes after a flush', async () => {
    const other = makeStore({ database: temporary.connect(), nodeId: 'node-2' })
    await save('a')
    const savedAt = clock.nowMs()
    clock.advance(50)
    await touch('a')
    expect([store.look('a').row?.lastSeenAt, seenInTable()]).toEqual([clock.nowMs(), savedAt])
    expect(store.flush()).toBe(true)
    expect(other.look('a').row?.lastSeenAt).toBe(clock.nowMs())
    clock.advance(59)
    expect([store.look('a').state, other.look('a').state]).toEqual(['live', 'live'])
  })

  test('a save, a count and a list agree with touches that are not yet written', async () => {
    await save('a')
    clock.advance(50)
    await touch('a')
    clock.advance(50)
    expect(await ask<number>((done) => store.length(done))).toBe(1)
    clock.advance(5)
    await touch('a')
    clock.advance(55)
    await save('a', { n: 2 })
    expect(await fetchSession(store, 'a')).toMatchObject({ n: 2 })
  })

  test('a store that nobody watches answers by them as well', async () => {
    const unwatched = new SqliteSessionStore({
      ...{ database: temporary.database, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 },
    })
    opened.push(unwatched)
    await save('a', { n: 1 }, unwatched)
    clock.advance(50)
    await touch('a', unwatched)
    clock.advance(50)
    expect(await fetchSession(unwatched, 'a')).toMatchObject({ n: 1 })
    clock.advance(10)
    expect(await fetchSession(unwatched, 'a')).toBeNull()
  })

  test('an older touch of one node does not undo a later one of another', async () => {
    const other = makeStore({ database: temporary.connect(), nodeId: 'node-2' })
    await save('a')
    clock.advance(1)
    await touch('a')
    clock.advance(0.5)
    await touch('a', other)
    other.flush()
    store.flush()
    expect(seenInTable()).toBe(clock.nowMs())
  })

  test('after the clock went back a touch counts from the new time', async () => {
    clock.advance(3600)
    await save('a')
    clock.advance(-3600)
    await touch('a')
    store.flush()
    expect(store.look('a').row).toMatchObject({ lastSeenAt: clock.nowMs(), idleExpiresAt: clock.nowMs() + 60_000 })
  })

  test('closing the store writes them', async () => {
    await save('a')
    clock.advance(1)
    await touch('a')
    store.close()
    expect(seenInTable()).toBe(clock.nowMs())
  })
})

describe('a session that has ended stays ended', () => {
  test('also when another node ended it while a request held it', async () => {
    const other = makeStore({ database: temporary.connect(), nodeId: 'node-2' })
    await save('a')
    const data = await held('a')
    await ask((done) => other.destroy('a', done))
    written = []
    await ask((done) => store.touch('a', data, done))
    await ask((done) => store.set('a', data, done))
    await save('a')
    store.flush()
    expect([store.look('a').state, other.look('a').state]).toEqual(['unknown', 'unknown'])
    expect([written, ended]).toEqual([[], [idOf('a')]])
  })

  test('also for the session object that express-session makes of the data', async () => {
    await save('a', { account: 'alice' })
    const request = { sessionID: 'a', sessionStore: store } as unknown as Request
    const inflated = store.createSession(request, await held('a'))
    // Without the tombstone too: what came out of the table is only ever updated.
    await ask((done) => store.clear(done))
    await ask((done) => inflated.save(done))
    expect(store.look('a').state).toBe('unknown')
  })

  test('also for an object that was new when it was first saved', async () => {
    const data = sessionOf()
    await ask((done) => store.set('a', data, done))
    await ask((done) => store.clear(done))
    await ask((done) => store.set('a', data, done))
    expect(store.look('a').state).toBe('unknown')
  })

  test('while an object saved under another id is a new session there', async () => {
    await save('a', { n: 1 })
    const data = await held('a')
    await ask((done) => store.set('b', data, done))
    expect(await fetchSession(store, 'b')).toMatchObject({ n: 1 })
    await ask((done) => store.destroy('b', done))
    expect(store.look('a').state).toBe('live')
  })

  test('tombstones outlive requests in flight and are then purged', async () => {
    const tombstones = () => temporary.database.prepare('SELECT count(*) FROM ended_sessions').pluck().get()
    await save('a')
    await ask((done) => store.destroy('a', done))
    await store.purge()
    expect(tombstones()).toBe(1)
    temporary.database.prepare('UPDATE ended_sessions SET ended_at = ended_at - 3600000').run()
    await store.purge()
    expect(tombstones()).toBe(0)
  })
})

describe('what is told', () => {
  test('every write, touch and end is told with the row as it now is', async () => {
    await save('a', { account: 'alice', device: 'curl/8' })
    const createdAt = clock.nowMs()
    clock.advance(10)
    await touch('a')
    await ask((done) => store.destroy('a', done))
    await ask((done) => store.destroy('a', done))
    const row = { id: idOf('a'), account: 'alice', device: 'curl/8', node: 'node-1', createdAt, absoluteExpiresAt: createdAt + 600_000 }
    expect(written).toEqual([
      { ...row, lastSeenAt: createdAt, idleExpiresAt: createdAt + 60_000 },
      { ...row, lastSeenAt: createdAt + 10_000, idleExpiresAt: createdAt + 70_000 },
    ])
    expect(ended).toEqual([idOf('a')])
  })

  test('the account follows the session, and the list of sessions by account follows it', async () => {
    await save('a')
    const data = await held('a')
    await ask((done) => store.set('a', Object.assign(data, { account: 'alice' }), done))
    expect([written.at(-1)?.account, store.look('a').row?.account]).toEqual(['alice', 'alice'])
    const listed = () => temporary.database.prepare('SELECT account FROM account_sessions').pluck().all()
    expect(listed()).toEqual(['alice'])
    await ask((done) => store.set('a', Object.assign(data, { account: 'bob' }), done))
    expect(listed()).toEqual(['bob'])
    await ask((done) => store.destroy('a', done))
    expect(listed()).toEqual([])
  })
})

describe('rows and sessions that cannot be read or written', () => {
  test.each(['{', '', 'null', '[]', '"text"', '{"account":"alice"}', '{"cookie":null}'])(
    'a row holding %j is absent and reported',
    async (text) => {
      await save('a')
      temporary.database.prepare('UPDATE sessions SET data = ?').run(text)
      expect(await fetchSession(store, 'a')).toBeNull()
      expect(await ask((done) => store.all(done as never))).toEqual([])
      expect(problems).toEqual([
        { code: 'corrupt-row', id: idOf('a') },
        { code: 'corrupt-row', id: idOf('a') },
      ])
    },
  )

  test('two ids that share the 63-bit key are not confused: the full hash decides', async () => {
    await save('a', { account: 'alice' })
    temporary.database.prepare("UPDATE sessions SET hash = printf('%064d', 0)").run()
    await save('a', { account: 'mallory' })
    await ask((done) => store.destroy('a', done))
    expect(store.look('a').state).toBe('unknown')
    expect(temporary.database.prepare('SELECT account FROM sessions').pluck().all()).toEqual(['alice'])
  })

  test('a session with a cycle is an error of the save, not a throw', async () => {
    const cyclic = sessionOf()
    Object.assign(cyclic, { self: cyclic })
    expect(await failure(ask((done) => store.set('a', cyclic, done)))).toMatchObject({ code: 'session-not-serializable' })
  })

  test('a closed database answers store-unavailable and never throws out of the call', async () => {
    await save('a')
    const data = await held('a')
    temporary.database.close()
    const answers = await Promise.all([
      failure(fetchSession(store, 'a')),
      failure(ask((done) => store.set('a', data, done))),
      failure(ask((done) => store.destroy('a', done))),
      failure(ask((done) => store.length(done))),
    ])
    for (const answer of answers) expect(answer).toMatchObject({ code: 'store-unavailable' })
    expect(() => store.look('a')).toThrow(LabError)
    expect(store.flush()).toBe(true)
  })

  test('what a callback throws is not taken for a failure of the store', async () => {
    let calls = 0
    const boom = () => {
      calls++
      throw new Error('of the caller')
    }
    expect(() => store.get('a', boom)).toThrow('of the caller')
    expect(calls).toBe(1)
  })
})

describe('a database that another process has locked', () => {
  test('reads go on, writes wait without blocking the process and succeed in order once it is free', async () => {
    await save('a', { n: 1 })
    const other = temporary.connect()
    other.exec('BEGIN IMMEDIATE')
    const context = new AsyncLocalStorage<string>()
    const order: string[] = []
    const settle = (label: string, run: (done: (error?: unknown) => void) => void) =>
      context.run(label, () => ask(run).then(() => order.push(`${label} in ${context.getStore()}`)))
    const waiting = [
      settle('set', (done) => store.set('a', sessionOf({ n: 2 }), done)),
      settle('destroy', (done) => store.destroy('a', done)),
      settle('other set', (done) => store.set('b', sessionOf(), done)),
    ]
    expect(await fetchSession(store, 'a')).toMatchObject({ n: 1 })
    for (let tick = 0; tick < 5; tick++) await new Promise((resolve) => setImmediate(resolve))
    // With any other time-out each of them would hold the thread inside SQLite.
    expect(temporary.database.pragma('busy_timeout', { simple: true })).toBe(0)
    expect(order).toEqual([])
    other.exec('ROLLBACK')
    await Promise.all(waiting)
    expect(order).toEqual(['set in set', 'destroy in destroy', 'other set in other set'])
    expect([store.look('a').state, store.look('b').state]).toEqual(['unknown', 'live'])
    expect(temporary.database.pragma('busy_timeout', { simple: true })).toBe(50)
  })

  test('a lock that stays ends in store-unavailable, and the store works again after it', async () => {
    const other = temporary.connect()
    other.exec('BEGIN IMMEDIATE')
    const answers = await Promise.all([1, 2, 3].map((n) => failure(save(`a${n}`))))
    for (const answer of answers) expect(answer).toMatchObject({ code: 'store-unavailable' })
    other.exec('ROLLBACK')
    await save('a')
    expect(store.look('a').state).toBe('live')
  })

  test('touches are kept until they can be written', async () => {
    await save('a')
    clock.advance(1)
    await touch('a')
    const other = temporary.connect()
    other.exec('BEGIN IMMEDIATE')
    expect(store.flush()).toBe(false)
    other.exec('ROLLBACK')
    expect(store.flush()).toBe(true)
    expect(makeStore({ database: temporary.connect() }).look('a').row?.lastSeenAt).toBe(clock.nowMs())
  })
})

describe('purging', () => {
  test('walks in small batches that each leave the event loop its turn, and keeps what lives', async () => {
    for (let n = 0; n < 1000; n++) await save(`old ${n}`)
    clock.advance(30)
    for (let n = 0; n < 100; n++) await save(`new ${n}`)
    clock.advance(30)
    const { deleted, batches } = await purge(temporary.database, { before: clock.nowMs(), tombstonesBefore: 0, batchRows: 100 })
    expect(deleted).toBe(1000)
    expect(batches).toBeGreaterThanOrEqual(12)
    expect(await ask<number>((done) => store.length(done))).toBe(100)
    expect((await store.purge()).deleted).toBe(0)
  })

  test('a purged session leaves the list of its account', async () => {
    for (let n = 0; n < 450; n++) await save(`old ${n}`, { account: `account ${n % 7}` })
    clock.advance(60)
    await save('new', { account: 'account 3' })
    await store.purge()
    expect(temporary.database.prepare('SELECT account FROM account_sessions').pluck().all()).toEqual(['account 3'])
  })

  test('no row is purged that a touch in memory keeps alive', async () => {
    await save('a')
    clock.advance(59)
    await touch('a')
    clock.advance(59)
    expect((await store.purge()).deleted).toBe(0)
  })

  test('a lock pauses it, and it goes on where it stood', async () => {
    await save('a')
    clock.advance(60)
    const other = temporary.connect()
    other.exec('BEGIN IMMEDIATE')
    const purging = store.purge()
    other.exec('ROLLBACK')
    expect((await purging).deleted).toBe(1)
  })
})

test('every statement finds its row by the integer key, except those that are about all sessions', () => {
  for (const [purpose, sql] of Object.entries(SESSION_SQL)) {
    if (['clear', 'count', 'all'].includes(purpose)) continue
    const parameters = Array.from(sql.matchAll(/\?/g), () => null)
    const plan = temporary.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters)
    expect(JSON.stringify(plan), purpose).not.toContain('SCAN sessions')
  }
})
