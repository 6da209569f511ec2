import { expect, test } from 'vitest'
import { Lesson } from '../../../src/contract/lessons/lesson.ts'
import { LESSONS } from '../../../src/lessons/all-lessons.ts'
import english from '../../../src/renderer/i18n/en/lessons.json' with { type: 'json' }
import { whereByHand } from '../../../src/renderer/screens/lessons/where-by-hand.ts'

const ACTIONS = LESSONS.flatMap((lesson) => Lesson.parse(lesson).steps.flatMap((step) => step.do))

test('for every action of every lesson there are words for where it is done by hand, or the lesson alone does it', () => {
  for (const action of ACTIONS) expect(Object.keys(english.where)).toContain(whereByHand(action) ?? 'lesson')
})

test('a call that no card has a button for is not looked for on a card', () => {
  const calls = ACTIONS.filter((action) => action.do === 'call')
  expect(calls.filter(({ request }) => request === 'GET /me').map(whereByHand)).toContain('card')
  for (const call of calls.filter(({ request }) => request === 'GET /.well-known/jwks.json')) expect(whereByHand(call)).toBeNull()
})
