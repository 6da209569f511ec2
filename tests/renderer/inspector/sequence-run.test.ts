import { expect, test } from 'vitest'
import { loginRun, MOST_EXCHANGES, onwardRun } from '../../../src/renderer/panels/inspector/sequence/run.ts'
import { logOf, summary } from '../traffic/rows.ts'

const login = (seq: number, client = 'alice-laptop') => summary(seq, { client, method: 'POST', path: '/session' })
const seqs = ({ exchanges }: { exchanges: ReadonlyArray<{ seq: number }> }): number[] => exchanges.map(({ seq }) => seq)

test('a run since the login begins at the last login before the selected exchange and holds this client alone', () => {
  const { rows } = logOf(login(1), summary(2), login(3), summary(4, { client: 'bob-laptop' }), summary(5), summary(6), login(7))
  expect(seqs(loginRun(rows, summary(5)))).toEqual([3, 5, 6, 7])
  expect(seqs(loginRun(rows, login(3)))).toEqual([3, 5, 6, 7])
  expect(seqs(loginRun(rows, summary(2)))).toEqual([1, 2, 3, 5, 6, 7])
})

test('a refused login begins no run', () => {
  const refused = summary(2, { method: 'POST', path: '/session', status: 401, verdict: 'bad-credentials' })
  expect(seqs(loginRun(logOf(login(1), refused, summary(3)).rows, summary(3)))).toEqual([1, 2, 3])
})

test('exchanges in flight are in no run', () => {
  const open = summary(2, { status: null, verdict: null, durationMs: null })
  const { rows } = logOf(login(1), open, summary(3))
  expect(seqs(loginRun(rows, login(1)))).toEqual([1, 3])
  expect(seqs(onwardRun(rows, login(1)))).toEqual([1, 3])
})

test('the selected exchange begins a run onward, also when the filter hides it, and is in a long run since the login', () => {
  const many = Array.from({ length: 50 }, (_, index) => summary(index + 2))
  const { rows } = logOf(login(1), ...many)
  expect(seqs(onwardRun(rows.slice(10), login(1))).slice(0, 3)).toEqual([1, 11, 12])
  const late = loginRun(rows, summary(45))
  expect(late.isCut).toBe(true)
  expect(seqs(late)).toHaveLength(MOST_EXCHANGES)
  expect(seqs(late).at(-1)).toBe(45)
})

test('a run of exactly the most is whole; one more is cut and says so', () => {
  const many = Array.from({ length: MOST_EXCHANGES }, (_, index) => summary(index + 1))
  expect(onwardRun(logOf(...many).rows, summary(1))).toMatchObject({ isCut: false, exchanges: { length: MOST_EXCHANGES } })
  expect(onwardRun(logOf(...many, summary(31)).rows, summary(1))).toMatchObject({ isCut: true, exchanges: { length: MOST_EXCHANGES } })
})
