import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ListName } from '../../src/contract/events.ts'
import { StaleLists } from '../../src/server/stale-lists.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first change is announced at once, what follows within 200 ms together, and nothing is lost', () => {
  const announced: ListName[][] = []
  const lists = new StaleLists((names) => announced.push(names))
  lists.add(['tokens'])
  expect(announced).toEqual([['tokens']])
  lists.add(['tokens'])
  lists.add(['families', 'tokens'])
  vi.advanceTimersByTime(199)
  expect(announced).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(announced).toEqual([['tokens'], ['tokens', 'families']])
  vi.advanceTimersByTime(1000)
  expect(announced).toHaveLength(2)
  lists.add(['keys'])
  expect(announced.at(-1)).toEqual(['keys'])
})
