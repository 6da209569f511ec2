import type { SessionData, Store } from 'express-session'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sessionOf } from './session-data.ts'

/** A store under test with the means to let time pass in it. */
export interface StoreUnderTest {
  store: Store
  /** Saves a session and lets its time pass. */
  saveExpired(sid: string): Promise<void>
  /** Spoils what is stored under an id. */
  corrupt(sid: string): void
  close(): void
}

/** Where stores differ and both ways are on purpose (or a known flaw); the contract tests each as it is and says why. */
export interface StoreTraits {
  /** MemoryStore keeps no memory of ended sessions, so that a late save brings one back: the flaw that ours refuses. */
  revivesAfterDestroy: boolean
  /** MemoryStore defers every answer by a tick; ours answers at once, which saves express-session a second socket write a response. */
  answersSynchronously: boolean
  /** MemoryStore lists by raw id; ours has no raw ids to list by. */
  listsByRawId: boolean
  /** MemoryStore rewrites the session's cookie at a touch; ours moves its own limits and leaves the data alone. */
  touchRewritesCookie: boolean
  /** MemoryStore throws from `get` what JSON.parse throws; ours answers "absent" and reports the row. */
  throwsOnCorruptData: boolean
}

type Listed = SessionData[] | { [sid: string]: SessionData } | null
type Call<T> = (done: (error?: unknown, result?: T) => void) => void

/** The answer of a store as a promise. */
export const ask = <T = void>(call: Call<T>): Promise<T | null | undefined> =>
  new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))))

/** The session under an id, or null. */
export const fetchSession = async (store: Store, sid: string): Promise<SessionData | null> =>
  (await ask<SessionData | null>((done) => store.get(sid, done))) ?? null

/** What every session store must do, whoever wrote it. */
export function describeSessionStore(name: string, traits: StoreTraits, make: () => StoreUnderTest): void {
  describe(`the session store contract: ${name}`, () => {
    let subject: StoreUnderTest
    let store: Required<Store>
    const set = (sid: string, data: SessionData) => ask((done) => store.set(sid, data, done))
    const touch = (sid: string, data: SessionData) => ask((done) => store.touch(sid, data, done))
    const destroy = (sid: string) => ask((done) => store.destroy(sid, done))
    const count = () => ask<number>((done) => store.length(done))
    const get = (sid: string) => fetchSession(store, sid)

    beforeEach(() => {
      subject = make()
      store = subject.store as Required<Store>
    })
    afterEach(() => subject.close())

    test('an unknown id has no session', async () => expect(await get('nobody')).toBeNull())

    test('what was set is what get answers, in a copy of its own', async () => {
      await set('a', sessionOf({ account: 'alice', cart: [1, { nested: '漢字' }] }))
      const first = await get('a')
      expect(first).toMatchObject({ account: 'alice', cart: [1, { nested: '漢字' }] })
      Object.assign(first ?? {}, { account: 'changed' })
      expect(await get('a')).toMatchObject({ account: 'alice' })
    })

    test('a second set overwrites the first', async () => {
      await set('a', sessionOf({ n: 1, old: true }))
      await set('a', sessionOf({ n: 2 }))
      expect(await get('a')).toMatchObject({ n: 2 })
      expect(await get('a')).not.toHaveProperty('old')
    })

    test('sessions are told apart by every character of their id', async () => {
      await set('a', sessionOf({ n: 1 }))
      await set('A', sessionOf({ n: 2 }))
      await set('a ', sessionOf({ n: 3 }))
      await set("a' OR 1=1 --", sessionOf({ n: 4 }))
      expect(await Promise.all(['a', 'A', 'a ', "a' OR 1=1 --"].map(get))).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
    })

    test('destroy ends one session, and an unknown one without an error', async () => {
      await set('a', sessionOf())
      await set('b', sessionOf())
      await destroy('a')
      await destroy('never-seen')
      expect(await get('a')).toBeNull()
      expect(await get('b')).not.toBeNull()
    })

    test('an expired session is never answered, listed or counted', async () => {
      await subject.saveExpired('old')
      await set('new', sessionOf({ account: 'bob' }))
      expect(await get('old')).toBeNull()
      expect(Object.values((await ask<Listed>((done) => store.all(done))) ?? {})).toMatchObject([{ account: 'bob' }])
      expect(await count()).toBe(1)
    })

    test('touch never overwrites data that another request saved meanwhile', async () => {
      await set('a', sessionOf({ n: 1 }))
      const stale = await get('a')
      await set('a', sessionOf({ n: 2 }))
      await touch('a', stale ?? sessionOf())
      expect(await get('a')).toMatchObject({ n: 2 })
    })

    test('a late touch does not revive a destroyed session, nor make one of nothing', async () => {
      await set('a', sessionOf())
      const held = await get('a')
      await destroy('a')
      await touch('a', held ?? sessionOf())
      await touch('never-seen', sessionOf())
      expect([await get('a'), await get('never-seen'), await count()]).toEqual([null, null, 0])
    })

    test(`a late save ${traits.revivesAfterDestroy ? 'revives' : 'does not revive'} a destroyed session`, async () => {
      await set('a', sessionOf({ n: 1 }))
      const held = await get('a')
      await destroy('a')
      await set('a', held ?? sessionOf())
      await set('a', sessionOf({ n: 3 }))
      expect((await get('a')) !== null).toBe(traits.revivesAfterDestroy)
    })

    test('all and length agree; clear leaves nothing', async () => {
      await Promise.all(['a', 'b', 'c'].map((sid) => set(sid, sessionOf({ sid }))))
      const listed = (await ask<Listed>((done) => store.all(done))) ?? {}
      expect(Array.isArray(listed)).toBe(!traits.listsByRawId)
      expect(Object.values(listed)).toHaveLength(3)
      expect(await count()).toBe(3)
      await ask((done) => store.clear(done))
      expect([await get('a'), await count()]).toEqual([null, 0])
    })

    test(`a touch ${traits.touchRewritesCookie ? 'rewrites' : 'leaves'} the cookie in the data`, async () => {
      await set('a', sessionOf())
      const held = await get('a')
      const later = new Date(Date.now() + 86_400_000)
      await touch('a', { ...held, cookie: { ...held?.cookie, expires: later } } as SessionData)
      expect((await get('a'))?.cookie.expires ?? null).toEqual(traits.touchRewritesCookie ? later.toISOString() : null)
    })

    test(`answers come ${traits.answersSynchronously ? 'before the call returns' : 'in a later tick'}`, async () => {
      const answered: string[] = []
      const calls: [string, Call<unknown>][] = [
        ['set', (done) => store.set('a', sessionOf(), done)],
        ['get', (done) => store.get('a', done)],
        ['touch', (done) => store.touch('a', sessionOf(), done)],
        ['destroy', (done) => store.destroy('a', done)],
      ]
      const finished = calls.map(([label, call]) =>
        ask<unknown>((done) =>
          call((error, result) => {
            answered.push(label)
            done(error, result)
          }),
        ),
      )
      expect(answered).toEqual(traits.answersSynchronously ? ['set', 'get', 'touch', 'destroy'] : [])
      await Promise.all(finished)
    })

    test(`a session that cannot be read ${traits.throwsOnCorruptData ? 'throws out of get' : 'is absent'}`, async () => {
      await set('a', sessionOf())
      await set('b', sessionOf())
      subject.corrupt('a')
      if (traits.throwsOnCorruptData) expect(() => store.get('a', () => undefined)).toThrow(SyntaxError)
      else expect(await get('a')).toBeNull()
      expect(await get('b')).not.toBeNull()
    })

    test('callbacks of set, touch, destroy and clear may be left out', () => {
      store.set('a', sessionOf())
      store.touch('a', sessionOf())
      store.destroy('a')
      store.clear()
    })
  })
}
