import { expect, test } from 'vitest'
import { neighbour, Timeline } from '../../../src/renderer/panels/traffic/timeline.ts'
import { action, logOf, summary } from './rows.ts'

const words = (timeline: Timeline): string[] =>
  Array.from({ length: timeline.length }, (_, line) => {
    const found = timeline.at(line)
    return found?.action?.id ?? `#${found?.row?.exchange.seq}`
  })

const { rows } = logOf(summary(3), summary(4), summary(7))

test('actions stand after the exchange they name, in the order they happened', () => {
  const timeline = new Timeline(rows, [action('b', 4), action('a', 0), action('c', 4), action('z', 99)])
  expect(words(timeline)).toEqual(['a', '#3', '#4', 'b', 'c', '#7', 'z'])
})

test('an action whose exchange the filter hides keeps its place', () => {
  expect(words(new Timeline(logOf(summary(7)).rows, [action('b', 4)]))).toEqual(['b', '#7'])
  expect(words(new Timeline([], [action('b', 4)]))).toEqual(['b'])
})

test('the line of an exchange is the one it is found at', () => {
  const timeline = new Timeline(rows, [action('a', 0), action('b', 4), action('c', 5)])
  for (const { exchange } of rows) expect(timeline.at(timeline.lineOf(exchange.seq))?.row?.exchange.seq).toBe(exchange.seq)
})

test('next and previous step over rows that are not shown', () => {
  expect(neighbour(rows, 4, 1)?.exchange.seq).toBe(7)
  expect(neighbour(rows, 5, -1)?.exchange.seq).toBe(4)
  expect(neighbour(rows, 3, -1)).toBeNull()
  expect(neighbour(rows, null, 1)?.exchange.seq).toBe(7)
})
