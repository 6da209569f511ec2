import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refreshLists } from '../../../src/renderer/state/stale-lists.ts'

let queries: QueryClient
let reads: (() => void)[]

/** Shows a list: each reading stays open until its entry in `reads` is called. */
const show = (key: string) =>
  new QueryObserver(queries, {
    queryKey: [key],
    queryFn: () => new Promise<string>((resolve) => reads.push(() => resolve('rows'))),
    staleTime: Number.POSITIVE_INFINITY,
  }).subscribe(() => {})

const settle = () => vi.advanceTimersByTimeAsync(300)

beforeEach(() => {
  vi.useFakeTimers()
  queries = new QueryClient()
  queries.mount()
  reads = []
})
afterEach(() => {
  queries.clear()
  vi.useRealTimers()
})

test('a list that is shown is read again when it is told to have changed, others are left alone', async () => {
  show('tokens')
  show('families')
  for (const read of reads.splice(0)) read()
  await settle()
  refreshLists(queries, ['tokens'])
  await settle()
  expect(reads).toHaveLength(1)
  reads.pop()?.()
  await settle()
  expect(reads).toHaveLength(0)
})

test('however often a list changes while it is read, it is read once more after that, and then it is still', async () => {
  show('tokens')
  reads.shift()?.()
  await settle()
  refreshLists(queries, ['tokens'])
  await settle()
  for (let count = 0; count < 50; count++) refreshLists(queries, ['tokens'])
  await settle()
  expect(reads).toHaveLength(1)
  reads.shift()?.()
  await settle()
  expect(reads).toHaveLength(1)
  reads.shift()?.()
  await settle()
  await settle()
  expect(reads).toHaveLength(0)
})

test('a first reading that began before the change is not taken for one after it', async () => {
  show('tokens')
  refreshLists(queries, ['tokens'])
  await settle()
  reads.shift()?.()
  await settle()
  expect(reads).toHaveLength(1)
  reads.shift()?.()
  await settle()
})
