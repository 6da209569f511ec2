import { expect, test } from 'vitest'
import type { RefreshFamily } from '../../../src/contract/refresh-families.ts'
import { generationsOf, standingOf } from '../../../src/renderer/panels/inspector/state/family-members.ts'
import { edgesOf, lanesOf } from '../../../src/renderer/ui/lineage-lanes.ts'

type Member = RefreshFamily['members'][number]

const member = (id: string, parent: string | null, more: Partial<Member> = {}): Member => ({
  id,
  parent,
  issuedAt: 0,
  idleExpiresAt: 100,
  usedAt: null,
  reusedAt: null,
  ...more,
})
const family = (more: Partial<RefreshFamily> = {}): RefreshFamily => ({
  id: 'a',
  account: 'bob',
  clientId: null,
  scope: '',
  device: null,
  createdAt: 0,
  absoluteExpiresAt: 1000,
  state: 'active',
  revokedAt: null,
  revokedReason: null,
  members: [],
  ...more,
})

test('a token is live until its limit, which itself counts as expired', () => {
  expect(standingOf(member('a', null), family(), 99)).toBe('live')
  expect(standingOf(member('a', null), family(), 100)).toBe('expired')
  expect(standingOf(member('a', null), family({ absoluteExpiresAt: 50 }), 50)).toBe('expired')
})

test('a token that came back is told from one that was used once, and one that was never used ends with its family', () => {
  expect(standingOf(member('a', null, { usedAt: 1 }), family(), 2)).toBe('used')
  expect(standingOf(member('a', null, { usedAt: 1, reusedAt: 2 }), family({ revokedAt: 2 }), 3)).toBe('reused')
  expect(standingOf(member('b', 'a'), family({ revokedAt: 2 }), 3)).toBe('ended')
})

test('two successors of one token, as a grace window allows, are of one generation and stand in two lanes', () => {
  const members = [member('a', null), member('b', 'a'), member('c', 'a'), member('d', 'b')]
  expect([...generationsOf(members).values()]).toEqual([1, 2, 2, 3])
  const items = members.map(({ id, parent }) => ({ id, parent, look: 'past' as const }))
  expect(lanesOf(items)).toEqual([0, 0, 1, 0])
})

test('what happened to a token stands beside its successors, and a parent that is not shown has no line', () => {
  const items = [
    { id: 'b', parent: 'a', look: 'past' as const },
    { id: 'c', parent: 'b', look: 'live' as const },
    { id: 'reuse', parent: 'b', look: 'event' as const },
  ]
  const lanes = lanesOf(items)
  expect(lanes).toEqual([0, 0, 1])
  expect(edgesOf(items, lanes).map(({ from, to, isEvent }) => [from.row, to.row, isEvent])).toEqual([
    [0, 1, false],
    [0, 2, true],
  ])
})
