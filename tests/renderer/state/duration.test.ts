import { expect, test } from 'vitest'
import { secondsOf } from '../../../src/renderer/panels/credential-settings/duration.ts'

test.each([
  ['90', 90],
  ['90 s', 90],
  ['15min', 900],
  ['1.5 h', 5400],
  ['7 d', 604_800],
  ['2 小时', 7200],
  ['0', 0],
])('%j is %i seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds)
})

test.each(['', 'soon', '-5 s', '5 weeks', '1 h 30 min', '1e3'])('%j is no length of time', (text) => {
  expect(secondsOf(text)).toBeNull()
})
