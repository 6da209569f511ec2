import { beforeAll, describe, expect, test } from 'vitest'
import { OPERATOR_ACTIONS } from '../../../src/contract/lab.ts'
import { STEP_KINDS } from '../../../src/contract/step.ts'
import { VERDICTS } from '../../../src/contract/verdict.ts'
import { actionWords } from '../../../src/renderer/i18n/action-words.ts'
import { i18n, startI18n } from '../../../src/renderer/i18n/index.ts'
import { hasWords, sayFirst } from '../../../src/renderer/i18n/say.ts'
import { shortVerdict, verdictHeadline, verdictWhy } from '../../../src/renderer/i18n/verdict-words.ts'
import { durationWords } from '../../../src/renderer/ui/duration-words.ts'
import { action, summary } from '../traffic/rows.ts'

const LANGUAGES = ['en', 'zh-CN'] as const

beforeAll(() => startI18n('en'))

describe.each(LANGUAGES)('%s', (language) => {
  beforeAll(async () => {
    await i18n.changeLanguage(language)
  })

  test.each(VERDICTS)('says what %s means, in short and at length', (verdict) => {
    for (const mechanism of ['session', 'jwt-bearer', 'jwt-cookie', 'none'] as const) {
      for (const node of ['node-2', null]) {
        const exchange = summary(1, { verdict, mechanism, node })
        for (const words of [shortVerdict(exchange), verdictHeadline(exchange, []), verdictWhy(exchange, [])]) {
          expect(words).not.toMatch(/\{\{|verdicts:|\.any/)
          expect(words.length).toBeGreaterThan(1)
        }
      }
    }
  })

  test.each(STEP_KINDS)('has a title for every outcome of %s, and a reason', (kind) => {
    for (const outcome of ['pass', 'fail', 'info']) {
      expect(sayFirst([`steps:${kind}.${outcome}.title`], { node: 'node-1', status: 200 })).toBeTruthy()
    }
    expect(hasWords(`steps:${kind}.note`)).toBe(true)
  })

  test.each(OPERATOR_ACTIONS)('says what %s did, with and without its parameters', (code) => {
    const bare = actionWords({ ...action('a', 1), action: code, params: {} })
    const full = actionWords({
      ...action('a', 1),
      action: code,
      params: {
        account: 'alice',
        id: 'ab'.repeat(32),
        name: 'Alice·Phone',
        node: 'node-3',
        mechanism: 'jwt-bearer',
        offsetMs: 900_000,
        role: 'user',
        ended: 2,
        until: 1_700_000_000_000,
      },
    })
    for (const words of [bare, full]) expect(words).not.toMatch(/\{\{|actions:|undefined/)
  })
})

test('an emergency is told apart from a rotation that leaves the older keys good', async () => {
  const words = (code: 'key-rotated' | 'cookie-secret-rotated', emergency: boolean): string =>
    actionWords({ ...action('a', 1), action: code, params: { kid: 'es256-1', alg: 'ES256', emergency } })
  await i18n.changeLanguage('en')
  expect(words('key-rotated', false)).toBe('New signing key es256-1 (ES256); older keys still verify')
  expect(words('key-rotated', true)).toBe('New signing key es256-1 (ES256); all older keys retired at once')
  expect(words('cookie-secret-rotated', false)).toContain('still good')
  expect(words('cookie-secret-rotated', true)).toContain('refused')
})

test('a leeway or a latency that is taken away is not one of 0', () => {
  const words = (code: 'leeway-changed' | 'store-latency-changed', params: Record<string, number>): string =>
    actionWords({ ...action('a', 1), action: code, params })
  expect(words('leeway-changed', { seconds: 30 })).toContain('forgive 30 s')
  expect(words('leeway-changed', { seconds: 0 })).toContain('to the second again')
  expect(words('store-latency-changed', { latencyMs: 0 })).toContain('No latency')
})

test('a request that nobody judged says what became of it, and not that no login was needed', async () => {
  await i18n.changeLanguage('en')
  const short = (status: number): string => shortVerdict(summary(1, { verdict: 'not-auth', mechanism: 'none', status }))
  expect([200, 304].map(short)).toEqual(['no login needed', 'no login needed'])
  expect([400, 404, 415, 500, 0].map(short)).toEqual([
    'refused unchecked',
    'no such resource',
    'refused unchecked',
    'server error',
    'client left',
  ])
})

test('a 503 of the balancer is told apart from a node that broke off', async () => {
  await i18n.changeLanguage('en')
  const refused = summary(1, { verdict: 'no-node-available', status: 503 })
  expect(verdictWhy({ ...refused, node: null }, [])).toContain('the balancer answered by itself')
  expect(verdictWhy({ ...refused, node: 'node-2' }, [])).toContain('node-2 took the request and went down')
})

test('a duration is in µs below a millisecond', () => {
  expect([0, 0.3, 3.2, 999.4, 999.6, 1420, 61_230, 250_400].map(durationWords)).toEqual([
    '0 µs',
    '0.3 µs',
    '3 µs',
    '999 µs',
    '1.00 ms',
    '1.42 ms',
    '61.2 ms',
    '250 ms',
  ])
})

test('login, use and logout of a session read differently in the list', async () => {
  await i18n.changeLanguage('en')
  expect(shortVerdict(summary(1, { method: 'POST', path: '/session' }))).toBe('session created')
  expect(shortVerdict(summary(1))).toBe('session found')
  expect(shortVerdict(summary(1, { method: 'DELETE', path: '/session' }))).toBe('session ended')
  expect(shortVerdict(summary(1, { method: 'POST', path: '/token', mechanism: 'jwt-cookie' }))).toBe('token issued')
})

test.each([
  ['/token/introspect', 401, 'bad-credentials', 'The OAuth client could not prove'],
  ['/token/revoke', 401, 'no-credential', 'The OAuth client did not authenticate'],
  ['/token', 401, 'bad-credentials', 'The OAuth client could not prove'],
  ['/token', 400, 'bad-credentials', 'wrong name or password'],
] as const)(
  'a client that is refused at %s with %d is not said to have a wrong name or password: %s',
  async (path, status, verdict, words) => {
    await i18n.changeLanguage('en')
    const refused = summary(1, { method: 'POST', path, status, verdict, mechanism: 'none' })
    expect(verdictHeadline(refused, []).toLowerCase()).toContain(words.toLowerCase())
  },
)
