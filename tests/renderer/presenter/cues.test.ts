import { expect, test } from 'vitest'
import type { CueList } from '../../../src/contract/cues.ts'
import { moved, without } from '../../../src/renderer/screens/notes/cue-order.ts'

const list: CueList = { cues: ['a', 'b', 'c'].map((lesson) => ({ lesson, minutes: 5 })), current: 1, startedAt: 0 }
const orderOf = ({ cues }: CueList): string => cues.map(({ lesson }) => lesson).join('')

test('a cue that is moved keeps the one that is on', () => {
  const earlier = moved(list, 2, 0)
  expect([orderOf(earlier), earlier.current]).toEqual(['cab', 2])
  const itself = moved(list, 1, 0)
  expect([orderOf(itself), itself.current]).toEqual(['bac', 0])
})

test('a cue that is removed takes the mark along only when it was on', () => {
  expect([orderOf(without(list, 0)), without(list, 0).current]).toEqual(['bc', 0])
  expect([orderOf(without(list, 1)), without(list, 1).current]).toEqual(['ac', null])
  expect([orderOf(without(list, 2)), without(list, 2).current]).toEqual(['ab', 1])
})
