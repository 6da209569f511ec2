import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AccountRows, type NewAccount } from '../../src/server/storage/account-rows.ts'
import { SessionRows } from '../../src/server/storage/session-rows.ts'
import { placeOfId, placeOfSid } from '../../src/server/storage/sid-key.ts'
import { ThrottleRows } from '../../src/server/storage/throttle-rows.ts'
import { SqliteSessionStore } from '../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from '../support/session-data.ts'
import { ask, fetchSession } from '../support/session-store-contract.ts'
import { ManualClock, type TemporaryDatabase, temporaryTargetDatabase } from '../support/target-database.ts'

let temporary: TemporaryDatabase
let clock: ManualClock
beforeEach(() => {
  temporary = temporaryTargetDatabase()
  clock = new ManualClock()
})
afterEach(() => temporary.close())

const idOf = (sid: string): string => placeOfSid(sid).id

describe('sessions as the operator sees them', () => {
  let rows: SessionRows
  let store: SqliteSessionStore
  const login = (sid: string, account: string) => ask((done) => store.set(sid, sessionOf({ account, device: 'curl/8' }), done))

  beforeEach(() => {
    // The control plane has a connection of its own, as in the lab.
    rows = new SessionRows(temporary.connect(), clock)
    const { database } = temporary
    store = new SqliteSessionStore({ database, clock, idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-2', purgeEverySeconds: 0 })
  })
  afterEach(() => store.close())

  test('a row has the hash of the id, its times, node and device; never the raw id', async () => {
    await login('raw-secret-id', 'alice')
    const now = clock.nowMs()
    const times = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + 60_000, absoluteExpiresAt: now + 600_000 }
    expect(rows.list()).toEqual([{ id: idOf('raw-secret-id'), account: 'alice', ...times, node: 'node-2', device: 'curl/8' }])
    expect(JSON.stringify(temporary.database.prepare('SELECT * FROM sessions').all())).not.toContain('raw-secret-id')
  })

  test('the list is newest first, by account, and limited', async () => {
    for (const [sid, account] of [
      ['a', 'alice'],
      ['b', 'bob'],
      ['c', 'alice'],
    ] as const) {
      await login(sid, account)
      clock.advance(1)
    }
    expect(rows.list().map((row) => row.id)).toEqual(['c', 'b', 'a'].map(idOf))
    expect(rows.list({ account: 'alice', limit: 1 }).map((row) => row.id)).toEqual([idOf('c')])
    expect(rows.count()).toBe(3)
  })

  test('an expired session is not found, listed or counted', async () => {
    await login('a', 'alice')
    clock.advance(60)
    expect([rows.find(idOf('a')), rows.list(), rows.count()]).toEqual([null, [], 0])
  })

  test('a session that was ended is gone for every node, and a late save does not bring it back', async () => {
    await login('a', 'alice')
    const held = await fetchSession(store, 'a')
    expect([rows.end(idOf('a')), rows.end(idOf('a'))]).toEqual([true, false])
    await ask((done) => store.set('a', held ?? sessionOf(), done))
    await ask((done) => store.set('a', sessionOf({ account: 'alice' }), done))
    expect(store.look('a').state).toBe('unknown')
  })

  test('logging an account out everywhere ends its sessions and only those', async () => {
    for (const sid of ['a', 'b']) await login(sid, 'alice')
    await login('c', 'bob')
    expect(rows.endForAccount('alice').sort()).toEqual([idOf('a'), idOf('b')].sort())
    expect(rows.list().map((row) => row.account)).toEqual(['bob'])
    expect(rows.endForAccount('nobody')).toEqual([])
  })

  test('expire now is for good: neither a touch on its way nor a save moves the limit on', async () => {
    await login('a', 'alice')
    const held = (await fetchSession(store, 'a')) ?? sessionOf()
    await ask((done) => store.touch('a', held, done))
    clock.advance(1)
    expect(rows.expireNow(idOf('a'))).toMatchObject({ id: idOf('a'), idleExpiresAt: clock.nowMs() })
    store.flush()
    await ask((done) => store.touch('a', held, done))
    await ask((done) => store.set('a', held, done))
    expect(store.look('a').state).toBe('idle-expired')
    expect(rows.expireNow(idOf('a'))).toBeNull()
  })

  test('what is no id finds nothing', () => {
    for (const id of ['', 'a', `${'0'.repeat(63)}G`, "' OR 1=1 --"])
      expect([rows.find(id), rows.end(id), rows.expireNow(id)]).toEqual([null, false, null])
  })
})

test('a public id and the raw id lead to the same place, and the key is never negative', () => {
  for (let round = 0; round < 200; round++) {
    const place = placeOfSid(`sid ${round}`)
    expect(placeOfId(idOf(`sid ${round}`))).toEqual(place)
    expect(place.key >= 0n).toBe(true)
  }
})

describe('accounts', () => {
  const start: NewAccount[] = [
    { name: 'alice', role: 'admin', scopes: ['orders:read', 'orders:write'], isDisabled: false, passwordHash: '$argon2id$a' },
    { name: 'bob', role: 'user', scopes: [], isDisabled: false, passwordHash: '$argon2id$b' },
  ]
  const account = (name: string) => start.filter((one) => one.name === name).map(({ passwordHash: _, ...shown }) => shown)[0]

  test('seeding happens once and a password hash is only answered when asked for', () => {
    const rows = new AccountRows(temporary.database)
    expect([rows.seed(start), rows.seed(start)]).toEqual([true, false])
    expect(rows.list()).toEqual([account('alice'), account('bob')])
    expect(rows.find('bob')).toEqual(account('bob'))
    expect(rows.findWithPassword('bob')?.passwordHash).toBe('$argon2id$b')
    expect([rows.find('nobody'), rows.findWithPassword('nobody')]).toEqual([null, null])
  })

  test('a change touches what it names, is seen by other connections at once, and reset undoes it', () => {
    const rows = new AccountRows(temporary.database)
    const others = new AccountRows(temporary.connect())
    rows.seed(start)
    rows.change('bob', { role: 'admin' })
    rows.change('bob', { disabled: true })
    rows.change('bob', { scopes: ['orders:read'] })
    expect(others.find('bob')).toEqual({ name: 'bob', role: 'admin', scopes: ['orders:read'], isDisabled: true })
    rows.change('bob', { scopes: [], disabled: false })
    expect(others.find('bob')).toMatchObject({ scopes: [], isDisabled: false })
    expect([rows.change('nobody', { role: 'user' }), rows.setPasswordHash('nobody', 'x', 1)]).toEqual([null, false])
    rows.reset(start)
    expect(others.list()).toEqual([account('alice'), account('bob')])
  })
})

describe('the login throttle', () => {
  test('counts within one window on the lab clock and starts again after it', () => {
    const rows = new ThrottleRows(temporary.database, clock, 60)
    const resetAt = clock.nowMs() + 60_000
    expect([rows.hit('alice'), rows.hit('alice')]).toEqual([
      { count: 1, resetAt },
      { count: 2, resetAt },
    ])
    clock.advance(60)
    expect(rows.peek('alice')).toBeNull()
    expect(rows.hit('alice').count).toBe(1)
  })

  test('a reset forgets one key, and a purge what is over', () => {
    const rows = new ThrottleRows(temporary.database, clock, 60)
    for (const key of ['alice', 'bob']) rows.hit(key)
    rows.reset('alice')
    expect([rows.peek('alice'), rows.peek('bob')?.count]).toEqual([null, 1])
    clock.advance(61)
    rows.purge()
    expect(temporary.database.prepare('SELECT count(*) FROM login_throttle').pluck().get()).toBe(0)
  })

  test('a window begun before the clock went back does not lock anyone out until the old time', () => {
    const rows = new ThrottleRows(temporary.database, clock, 60)
    clock.advance(86_400)
    rows.hit('alice')
    clock.advance(-86_400)
    expect(rows.peek('alice')).toBeNull()
    expect(rows.hit('alice').count).toBe(1)
  })
})
