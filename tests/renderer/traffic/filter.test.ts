import { expect, test } from 'vitest'
import { RowFilter } from '../../../src/renderer/panels/traffic/filter.ts'
import { NO_FILTER, type TrafficFilter } from '../../../src/renderer/state/ui-state.ts'
import { logOf, summary } from './rows.ts'

const log = logOf(
  summary(1),
  summary(2, { mechanism: 'jwt-bearer', clientName: 'Bob·Laptop', path: '/orders', node: 'node-2' }),
  summary(3, { mechanism: 'jwt-cookie', verdict: 'bad-signature', status: 401 }),
  summary(4, { mechanism: 'none', verdict: 'no-node-available', status: 503, node: null }),
  summary(5, { verdict: null, status: null }),
)
const filtered = (change: Partial<TrafficFilter>, rowFilter = new RowFilter(), from = log): number[] =>
  rowFilter.apply(from, { ...NO_FILTER, ...change }).map(({ exchange }) => exchange.seq)

test('the open filter hands out the log itself, without a copy', () => {
  expect(new RowFilter().apply(log, NO_FILTER)).toBe(log.rows)
})

test('JWT means both of its transports', () => {
  expect(filtered({ mechanism: 'jwt' })).toEqual([2, 3])
  expect(filtered({ mechanism: 'session' })).toEqual([1, 5])
})

test('denied leaves out what no server denied: no node available, and requests in flight', () => {
  expect(filtered({ verdict: 'denied' })).toEqual([3])
  expect(filtered({ verdict: 'allowed' })).toEqual([1, 2])
})

test('every word is sought by itself and without regard to case', () => {
  expect(filtered({ text: 'BOB' })).toEqual([2])
  expect(filtered({ text: 'bad signature' })).toEqual([3])
  expect(filtered({ text: 'get /orders' })).toEqual([2])
  expect(filtered({ text: '401 signature' })).toEqual([3])
  expect(filtered({ text: '401 bob' })).toEqual([])
  expect(filtered({ node: 'node-2' })).toEqual([2])
})

test('typing on gives what the whole text gives, also when rows came in between', () => {
  const rowFilter = new RowFilter()
  const live = logOf(summary(1, { path: '/orders' }), summary(2))
  expect(filtered({ text: 'or' }, rowFilter, live)).toEqual([1])
  live.put(summary(3, { path: '/orders' }))
  live.put(summary(4))
  expect(filtered({ text: 'orders' }, rowFilter, live)).toEqual([1, 3])
  expect(filtered({ text: 'o' }, rowFilter, live)).toEqual(filtered({ text: 'o' }, new RowFilter(), live))
})

test('an answer that arrives for a row in the middle is seen by the kept filter', () => {
  const rowFilter = new RowFilter()
  const live = logOf(summary(1, { verdict: null, status: null }), summary(2))
  expect(filtered({ verdict: 'denied' }, rowFilter, live)).toEqual([])
  live.put(summary(1, { verdict: 'unknown-session', status: 401 }))
  expect(filtered({ verdict: 'denied' }, rowFilter, live)).toEqual([1])
})
