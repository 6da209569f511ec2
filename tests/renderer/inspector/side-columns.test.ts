import { beforeAll, describe, expect, test } from 'vitest'
import { TOKEN_FINDING_CODES } from '../../../src/contract/token-inspection.ts'
import { COOKIE_FINDING_CODES } from '../../../src/protocol/session-cookie-findings.ts'
import { i18n, startI18n } from '../../../src/renderer/i18n/index.ts'
import { hasWords } from '../../../src/renderer/i18n/say.ts'
import { candidatesOf, carries, shownOf } from '../../../src/renderer/panels/inspector/credential/side/candidates.ts'
import { detailOf } from '../../../src/renderer/panels/inspector/credential/side/finding-words.ts'
import { ExchangeLog } from '../../../src/renderer/state/exchange-log.ts'
import { summary } from '../traffic/rows.ts'

const logOf = (...exchanges: ReturnType<typeof summary>[]) => {
  const log = new ExchangeLog()
  for (const exchange of exchanges) log.put(exchange)
  return log.rows
}
const session = summary(1, { mechanism: 'session' })
const token = summary(2, { mechanism: 'jwt-bearer' })
const newer = summary(3, { mechanism: 'jwt-cookie' })
const stranger = summary(4, { mechanism: 'none' })

test('the newest of each kind come first; requests without a credential are none of them', () => {
  const rows = logOf(session, token, newer, stranger)
  expect(candidatesOf(rows, 'jwt').map(({ seq }) => seq)).toEqual([3, 2])
  expect(candidatesOf(rows, 'session').map(({ seq }) => seq)).toEqual([1])
})

test.each([
  ['a login that was refused', { method: 'POST', path: '/token', status: 401 }],
  ['a refresh token that was given back', { method: 'POST', path: '/token/revoke', status: 200 }],
  ['a request that has no answer yet', { verdict: null, status: null }],
] as const)('%s has no token to show', (_, change) => {
  expect(carries(summary(5, { mechanism: 'jwt-bearer', ...change }), 'jwt')).toBe(false)
})

test('a column shows the selected request where it is of its kind, else the picked one, else the newest', () => {
  const candidates = [newer, token]
  expect(shownOf(candidates, 'jwt', { selected: token, picked: newer })).toBe(token)
  expect(shownOf(candidates, 'jwt', { selected: session, picked: token })).toBe(token)
  expect(shownOf(candidates, 'jwt', { selected: session, picked: null })).toBe(newer)
  expect(shownOf([], 'jwt', { selected: stranger, picked: null })).toBeNull()
})

test('more than fifty are not offered', () => {
  const rows = logOf(...Array.from({ length: 80 }, (_, index) => summary(index + 1, { mechanism: 'session' })))
  expect(candidatesOf(rows, 'session')).toHaveLength(50)
})

describe.each(['en', 'zh-CN'] as const)('%s', (language) => {
  beforeAll(async () => {
    await startI18n('en')
    await i18n.changeLanguage(language)
  })

  test.each([...TOKEN_FINDING_CODES, ...COOKIE_FINDING_CODES])(
    '%s has a title, a sentence and what it is called when it is passed',
    (code) => {
      expect(hasWords(`findings:${code}.title`) && hasWords(`findings:${code}.passed`)).toBe(true)
      const evidence = {
        part: 'payload',
        alg: 'EdDSA',
        names: ['role'],
        kid: 'x',
        crit: ['b64'],
        exp: 1_700_000_000,
        seconds: 7200,
        octets: 4097,
        limit: 4096,
      }
      expect(detailOf({ code, evidence })).toMatch(/^[^{]{6,}$/)
    },
  )
})

test('evidence from the wire is words, whatever it holds: no gap, no option of the translation', async () => {
  await i18n.changeLanguage('en')
  expect(detailOf({ code: 'kid-with-syntax', evidence: { kid: { nested: '{{lng}}' }, lng: 'zh-CN' } })).toContain('{"nested"')
  expect(detailOf({ code: 'outlives-logout', evidence: { exp: null } })).not.toContain('{{')
})
