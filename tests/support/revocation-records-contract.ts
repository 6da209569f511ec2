import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeniedToken, RevocationRecords } from '../../src/server/storage/revocation-records.ts'

/** A store under test, and the same store as another node sees it. */
export interface RecordsUnderTest {
  records: RevocationRecords
  /** Null where each node has its own. */
  other: RevocationRecords | null
  close(): Promise<void> | void
}

/** Lab time at which everything is added. */
const NOW = 1_800_000_000_000
/** A node may forgive five minutes after `exp`. */
const GRACE = 300_000
const ALL = { q: '', limit: 100 }

const denied = (kind: DeniedToken['kind'], value: string, given: Partial<DeniedToken> = {}): DeniedToken => ({
  kind,
  value,
  account: 'alice',
  addedAt: NOW,
  expiresAt: NOW + 900_000,
  ...given,
})

/** What every store of revocations must do. */
export function describeRevocationRecords(name: string, make: () => Promise<RecordsUnderTest> | RecordsUnderTest): void {
  describe(`the contract of what ended early: ${name}`, () => {
    let subject: RecordsUnderTest
    let records: RevocationRecords

    beforeEach(async () => {
      subject = await make()
      records = subject.records
      await records.clear()
    })
    afterEach(() => subject.close())

    test('an empty store ends nothing', async () => {
      expect(await records.findDenied('one', 'family')).toBeNull()
      expect(await records.findMark('alice')).toBeNull()
      expect(await records.counts()).toEqual({ denied: 0, marks: 0 })
    })

    test('a jti ends its token alone; a sid ends every token of its family', async () => {
      await records.deny([denied('jti', 'one'), denied('sid', 'family')], NOW)
      expect(await records.findDenied('one', null)).toEqual(denied('jti', 'one'))
      expect(await records.findDenied('two', 'family')).toEqual(denied('sid', 'family'))
      expect(await records.findDenied('two', 'another')).toBeNull()
      expect(await records.findDenied('two', null)).toBeNull()
    })

    test('a jti and a sid of the same spelling are two things', async () => {
      await records.deny([denied('jti', 'same')], NOW)
      expect(await records.findDenied('other', 'same')).toBeNull()
      expect(await records.findDenied('same', 'other')).not.toBeNull()
    })

    test.each(["one' OR 1=1 --", '*', 'a b', 'sid:x', '漢字', ''])('a jti is text and nothing else: %j', async (jti) => {
      await records.deny([denied('jti', jti)], NOW)
      expect(await records.findDenied(jti, null)).toEqual(denied('jti', jti))
      expect(await records.findDenied('one', 'x')).toBeNull()
    })

    test('revoked twice it is one entry, kept until the later end', async () => {
      await records.deny([denied('jti', 'one', { expiresAt: NOW + 5000 })], NOW)
      await records.deny([denied('jti', 'one', { expiresAt: NOW + 9000, addedAt: NOW + 1 })], NOW + 1)
      await records.deny([denied('jti', 'one', { expiresAt: NOW + 7000, addedAt: NOW + 2 })], NOW + 2)
      expect(await records.listDenied(ALL)).toEqual([denied('jti', 'one', { expiresAt: NOW + 9000 })])
    })

    test('an entry stays until the last exp that it can concern, and as long after it as a node may forgive', async () => {
      await records.deny([denied('jti', 'one', { expiresAt: NOW + 1000 })], NOW)
      await records.deny([denied('jti', 'two')], NOW + 1000 + GRACE - 1)
      expect(await records.findDenied('one', null)).not.toBeNull()
      await records.deny([denied('jti', 'three')], NOW + 1000 + GRACE)
      expect(await records.findDenied('one', null)).toBeNull()
      expect(await records.counts()).toEqual({ denied: 2, marks: 0 })
    })

    test('what is over is swept away faster than it is added, and a bounded number at a time', async () => {
      const old = Array.from({ length: 100 }, (_, index) => denied('jti', `old-${index}`, { expiresAt: NOW + 1 }))
      await records.deny(old, NOW)
      const later = NOW + 1 + GRACE
      await records.deny([denied('jti', 'new-0', { addedAt: later, expiresAt: later + 1000 })], later)
      expect((await records.counts()).denied).toBe(100 - 21 + 1)
      for (let index = 1; index < 6; index++)
        await records.deny([denied('jti', `new-${index}`, { addedAt: later, expiresAt: later + 1000 })], later)
      expect((await records.listDenied(ALL)).map(({ value }) => value.slice(0, 4))).toEqual(Array.from({ length: 6 }, () => 'new-'))
    })

    test('not-before is kept an account, and never moved back', async () => {
      expect(await records.setNotBefore('alice', NOW)).toEqual({ account: 'alice', notBefore: NOW, version: 0, changedAt: NOW })
      expect(await records.setNotBefore('alice', NOW - 5000)).toMatchObject({ notBefore: NOW })
      expect(await records.setNotBefore('alice', NOW + 5)).toMatchObject({ notBefore: NOW + 5, changedAt: NOW + 5 })
      expect(await records.findMark('alice')).toEqual({ account: 'alice', notBefore: NOW + 5, version: 0, changedAt: NOW + 5 })
      expect(await records.findMark('bob')).toBeNull()
    })

    test('a version counts up from nothing, beside a not-before', async () => {
      expect(await records.countUp('alice', NOW)).toEqual({ account: 'alice', notBefore: null, version: 1, changedAt: NOW })
      await records.setNotBefore('alice', NOW + 1)
      expect(await records.countUp('alice', NOW + 2)).toEqual({ account: 'alice', notBefore: NOW + 1, version: 2, changedAt: NOW + 2 })
    })

    test('of many at once none is lost', async () => {
      await Promise.all(Array.from({ length: 20 }, () => records.countUp('alice', NOW)))
      expect(await records.findMark('alice')).toMatchObject({ version: 20 })
    })

    test('lists are searched by value and by account, the newest entry first, no more than asked for', async () => {
      await records.deny([denied('jti', 'abc-1')], NOW)
      await records.deny([denied('sid', 'abc-2', { account: 'bob', addedAt: NOW + 1 })], NOW + 1)
      await records.setNotBefore('bob', NOW)
      await records.countUp('alice', NOW)
      const values = async (q: string, limit = 100) => (await records.listDenied({ q, limit })).map(({ value }) => value)
      expect(await values('')).toEqual(['abc-2', 'abc-1'])
      expect(await values('bc-1')).toEqual(['abc-1'])
      expect(await values('bob')).toEqual(['abc-2'])
      expect(await values('%')).toEqual([])
      expect(await values('', 1)).toEqual(['abc-2'])
      expect((await records.listMarks(ALL)).map(({ account }) => account)).toEqual(['alice', 'bob'])
      expect((await records.listMarks({ q: 'bo', limit: 5 })).map(({ account }) => account)).toEqual(['bob'])
      expect(await records.counts()).toEqual({ denied: 2, marks: 2 })
    })

    test('clear leaves nothing', async () => {
      await records.deny([denied('jti', 'one')], NOW)
      await records.setNotBefore('alice', NOW)
      await records.clear()
      expect([await records.findDenied('one', null), await records.findMark('alice')]).toEqual([null, null])
      expect(await records.counts()).toEqual({ denied: 0, marks: 0 })
    })

    test('what one node wrote, another reads, where the store is shared', async () => {
      const { other } = subject
      await records.deny([denied('jti', 'one')], NOW)
      await records.countUp('alice', NOW)
      const seen = [await other?.findDenied('one', null), await other?.findMark('alice')]
      expect(seen).toEqual(other ? [denied('jti', 'one'), expect.objectContaining({ version: 1 })] : [undefined, undefined])
      expect(other === null).toBe(records.store === 'memory')
    })
  })
}
