import { expect, test } from 'vitest'
import type { LabEvent } from '../../../src/contract/events.ts'
import { MAX_REVOCATIONS, type Revocation } from '../../../src/contract/revocations.ts'
import { EMPTY_LAB, isSessionGone, type LabModel, reduce } from '../../../src/renderer/state/reduce.ts'

const row = (id: string) => ({
  id,
  account: 'alice',
  createdAt: 1,
  lastSeenAt: 1,
  idleExpiresAt: 2,
  absoluteExpiresAt: 3,
  node: 'node-1',
  device: null,
})

const at = (seq: number): LabModel => ({ ...EMPTY_LAB, seq })

test('an event that is already contained changes nothing', () => {
  const lab = at(5)
  expect(reduce(lab, { seq: 5, type: 'session', session: row('a') })).toBe(lab)
})

test('the next event is applied and counted', () => {
  const lab = reduce(at(5), { seq: 6, type: 'session', session: row('a') })
  expect(lab).toMatchObject({ seq: 6, isStale: false })
  expect(lab.sessions.get('a')?.account).toBe('alice')
})

test('a gap makes the model stale, and nothing is applied after it', () => {
  const gap = reduce(at(5), { seq: 7, type: 'session', session: row('a') })
  expect(gap).toMatchObject({ seq: 5, isStale: true })
  expect(gap.sessions.size).toBe(0)
  expect(reduce(gap, { seq: 6, type: 'session', session: row('a') })).toBe(gap)
})

test('a resync makes the model stale at its own number', () => {
  expect(reduce(at(5), { seq: 6, type: 'resync' })).toMatchObject({ seq: 6, isStale: true })
})

test('a removed session leaves, and the map before is untouched', () => {
  const before = reduce(at(0), { seq: 1, type: 'session', session: row('a') })
  const after = reduce(before, { seq: 2, type: 'session-removed', id: 'a' })
  expect([before.sessions.size, after.sessions.size]).toEqual([1, 0])
})

test('the count of recorded requests stops at the capacity', () => {
  const full: LabModel = { ...at(0), recording: { isOn: true, capacity: 2, count: 2 } }
  const exchange = { seq: 1, type: 'exchange', exchange: {} } as LabEvent
  expect(reduce(full, exchange).recording.count).toBe(2)
})

test('a missing session counts as gone only when all rows were read or its removal was told', () => {
  const some: LabModel = { ...at(0), hasAllSessions: false }
  expect([isSessionGone(at(0), 'a'), isSessionGone(some, 'a')]).toEqual([true, false])
  const removed = reduce(some, { seq: 1, type: 'session-removed', id: 'a' })
  expect([isSessionGone(removed, 'a'), isSessionGone(removed, 'b')]).toEqual([true, false])
})

const revocation = (id: string, accepted = 0) => ({ id, accepted }) as Revocation

test('a revocation is put first, and news of it takes its place; of more than 200 the oldest leaves', () => {
  const two = reduce(reduce(at(0), { seq: 1, type: 'revocation', revocation: revocation('r1') }), {
    seq: 2,
    type: 'revocation',
    revocation: revocation('r2'),
  })
  const counted = reduce(two, { seq: 3, type: 'revocation', revocation: revocation('r1', 7) })
  expect(counted.revocations).toEqual([revocation('r2'), revocation('r1', 7)])
  const full: LabModel = { ...at(0), revocations: Array.from({ length: MAX_REVOCATIONS }, (_, index) => revocation(`old-${index}`)) }
  const { revocations } = reduce(full, { seq: 1, type: 'revocation', revocation: revocation('new') })
  expect([revocations.length, revocations[0]?.id, revocations.at(-1)?.id]).toEqual([MAX_REVOCATIONS, 'new', `old-${MAX_REVOCATIONS - 2}`])
})

test('that a list is stale changes nothing of the state', () => {
  const { seq, ...before } = at(0)
  expect(reduce(at(0), { seq: 1, type: 'stale', lists: ['tokens'] })).toEqual({ ...before, seq: 1 })
})
