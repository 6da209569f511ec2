import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LessonInput } from '../../src/contract/lessons/lesson.ts'
import { call, login, w } from '../../src/lessons/write.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'
import { smallLesson, writeOwnLessons } from './small-lesson.ts'

type Step = LessonInput['steps'][number]
const label = w('It does', '它会')
const step = (id: string, more: Pick<Step, 'do' | 'check'>): Step => ({ id, title: label, goal: label, narrative: [label], ...more })

const theft = smallLesson({
  id: 'theft',
  lab: {
    nodes: 1,
    settings: { revocation: 'denylist' },
    clients: [
      { id: 'bob', name: 'Bob', account: 'bob', mechanism: 'jwt-bearer' },
      { id: 'mallory', name: 'Mallory', account: 'mallory', mechanism: 'jwt-bearer', isAttacker: true },
    ],
  },
  steps: [
    step('steal', {
      do: [
        login('bob', label),
        { do: 'present', client: 'mallory', token: 'refresh-token', exchange: { nth: 1 }, label },
        { do: 'present', client: 'mallory', token: 'access-token', exchange: { nth: 2 }, request: 'GET /orders', label },
        { do: 'refresh', client: 'bob', label },
        { do: 'present', client: 'mallory', token: 'access-token', exchange: { nth: 2 }, label },
      ],
      check: [
        { check: 'verdicts', are: ['allowed', 'allowed', 'allowed', 'refresh-reused', 'token-revoked'], label },
        { check: 'holds', client: 'mallory', what: 'access-token', isHeld: false, label },
        { check: 'refresh-families', account: 'bob', state: 'revoked', reason: 'reused', atLeast: 1, atMost: 1, label },
        { check: 'revocation', what: 'refused', atLeast: 1, atMost: 1, label },
        { check: 'revocation', what: 'collateral', atMost: 0, label },
      ],
    }),
    step('false-claims', {
      do: [
        { do: 'change-account', account: 'bob', password: 'another-pass', label },
        login('bob', label),
        { do: 'present', client: 'mallory', token: 'refresh-token', exchange: { step: 'steal', nth: 1 }, label },
        { do: 'rotate-key', label },
      ],
      check: [
        { check: 'verdicts', are: ['bad-credentials', 'token-revoked'], label },
        { check: 'refresh-families', account: 'bob', state: 'active', atLeast: 1, label },
        { check: 'refresh-families', account: 'alice', atLeast: 1, label },
        { check: 'revocation', what: 'rows-kept', atLeast: 2, label },
        { check: 'keys', state: 'verifying', atLeast: 1, atMost: 1, label },
        { check: 'keys', state: 'retired', atLeast: 1, label },
      ],
    }),
    step('nothing-to-steal', {
      do: [
        call('mallory', 'GET /healthz', label),
        { do: 'present', client: 'mallory', token: 'refresh-token', exchange: { nth: 1 }, label },
      ],
      check: [{ check: 'verdict', nth: 2, is: 'allowed', label }],
    }),
  ],
})

let lab: TestLab
beforeAll(async () => {
  const folder = newFolder()
  writeOwnLessons(folder, { 'theft.json': theft })
  lab = await startTestLab([], folder)
})
afterAll(() => lab.close())

test('a stolen token is sent by who stole it; families, stopwatch and keys are asserted as they are, and false claims do not hold', async () => {
  const { json } = await lab.call('POST', '/lessons/theft/run')
  const [steal, claims, nothing] = json.steps
  expect(steal.checks.map(({ isHeld }: { isHeld: boolean }) => isHeld)).toEqual([true, true, true, true, true])
  expect(claims.checks).toEqual([
    { isHeld: true, found: 'bad-credentials, token-revoked' },
    { isHeld: false, found: '0' },
    { isHeld: false, found: '0' },
    { isHeld: false, found: '1' },
    { isHeld: true, found: '1' },
    { isHeld: false, found: '0' },
  ])
  expect(nothing).toMatchObject({
    isPassed: false,
    actions: [{ state: 'done' }, { state: 'failed', problem: 'The answer that the token was to be taken from has none.' }],
  })
})
