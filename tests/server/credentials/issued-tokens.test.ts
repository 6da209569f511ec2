import { expect, test } from 'vitest'
import { MAX_TOKENS } from '../../../src/contract/tokens.ts'
import { IssuedTokens, type TokenRecord } from '../../../src/server/credentials/issued-tokens.ts'

const NOW = 1_000_000

const issued = (number: number, expiresAt = NOW + 60_000) => ({
  jti: `jti-${number}`,
  account: number % 2 === 0 ? 'alice' : 'bob',
  clientId: null,
  sid: 'a'.repeat(32),
  device: 'Firefox on Linux',
  kid: 'key-1',
  alg: 'ES256',
  issuedAt: NOW,
  expiresAt,
  bytes: 500,
  version: null,
})

const newTokens = () => new IssuedTokens({ nowMs: () => NOW })
const jtis = (tokens: IssuedTokens) => tokens.list({}).map(({ jti }) => jti)

test('10,000 tokens are kept, the newest first', () => {
  const tokens = newTokens()
  for (let number = 1; number <= MAX_TOKENS; number++) tokens.add(issued(number))
  expect(MAX_TOKENS).toBe(10_000)
  expect(jtis(tokens)).toHaveLength(MAX_TOKENS)
  expect(jtis(tokens).slice(0, 2)).toEqual(['jti-10000', 'jti-9999'])
})

test('when there are too many, those that have expired leave before older ones that are good', () => {
  const tokens = newTokens()
  for (let number = 1; number <= MAX_TOKENS; number++) tokens.add(issued(number, number > 5000 && number <= 5200 ? NOW - 1 : NOW + 1))
  tokens.add(issued(MAX_TOKENS + 1))
  const left = tokens.list({})
  expect(left.length).toBeLessThanOrEqual(MAX_TOKENS)
  expect(left.at(-1)?.jti).toBe('jti-1')
  expect(left.filter(({ expiresAt }) => expiresAt < NOW)).toHaveLength(200 - (MAX_TOKENS + 1 - left.length))
})

test('when there are too many and none has expired, the oldest leave', () => {
  const tokens = newTokens()
  for (let number = 1; number <= MAX_TOKENS + 1; number++) tokens.add(issued(number))
  const left = jtis(tokens)
  expect(left[0]).toBe('jti-10001')
  expect(left.at(-1)).toBe(`jti-${MAX_TOKENS + 1 - left.length + 1}`)
  expect(left.length).toBeGreaterThan(MAX_TOKENS - 200)
  expect(tokens.find('jti-1')).toBeNull()
})

test('a use is counted with its time and node, apart from a refusal; a node that is not known leaves the last one', () => {
  const tokens = newTokens()
  tokens.add(issued(1))
  expect(tokens.use('jti-1', { at: NOW + 5, node: 'node-2', outcome: 'accepted' })).toBe(true)
  expect(tokens.use('jti-1', { at: NOW + 7, node: null, outcome: 'accepted' })).toBe(true)
  expect(tokens.use('jti-1', { at: NOW + 9, node: null, outcome: 'refused' })).toBe(true)
  expect(tokens.use('jti-1', { at: NOW + 9, node: null, outcome: null })).toBe(true)
  expect(tokens.use('jti-2', { at: NOW + 9, node: 'node-1', outcome: 'accepted' })).toBe(false)
  expect(tokens.find('jti-1')).toMatchObject({ uses: 2, refusals: 1, lastUsedAt: NOW + 9, lastNode: 'node-2' })
})

test('what an earlier version kept has no refusals', () => {
  const tokens = newTokens()
  tokens.add(issued(1))
  const { refusals: _, ...older } = tokens.find('jti-1') ?? expect.fail('it was added')
  const restored = newTokens()
  restored.restore([older as TokenRecord])
  restored.use('jti-1', { at: NOW, node: null, outcome: 'refused' })
  expect(restored.find('jti-1')).toMatchObject({ uses: 0, refusals: 1 })
})

test('text is found in jti, account, device and key, whatever the case', () => {
  const tokens = newTokens()
  for (let number = 1; number <= 3; number++) tokens.add(issued(number))
  expect(tokens.list({ q: 'JTI-2' })).toHaveLength(1)
  expect(tokens.list({ q: 'Alice' })).toHaveLength(1)
  expect(tokens.list({ q: 'firefox' })).toHaveLength(3)
  expect(tokens.list({ q: 'KEY-1', account: 'bob' })).toHaveLength(2)
  expect(tokens.list({ q: 'nowhere' })).toEqual([])
})

test('what is written and read again is the same, and numbers go on after it', () => {
  const tokens = newTokens()
  for (let number = 1; number <= 3; number++) tokens.add(issued(number))
  tokens.use('jti-1', { at: NOW, node: 'node-1', outcome: 'accepted' })
  const first = tokens.takeChanges(2)
  const second = tokens.takeChanges(2)
  expect([first.put.length, second.put.length, tokens.takeChanges(2).put.length]).toEqual([2, 1, 0])
  const again = newTokens()
  again.restore([...first.put, ...second.put].map(([, json]) => JSON.parse(json) as TokenRecord))
  expect(again.list({})).toEqual(tokens.list({}))
  again.add(issued(4))
  expect(again.find('jti-4')?.ordinal).toBe(4)
})

test('tokens that leave are told, so that their rows go too', () => {
  const tokens = newTokens()
  for (let number = 1; number <= MAX_TOKENS; number++) tokens.add(issued(number))
  tokens.takeChanges(Number.POSITIVE_INFINITY)
  tokens.add(issued(MAX_TOKENS + 1))
  const { put, removed } = tokens.takeChanges(Number.POSITIVE_INFINITY)
  expect(put.map(([ordinal]) => ordinal)).toEqual([MAX_TOKENS + 1])
  expect(removed).toHaveLength(MAX_TOKENS + 1 - tokens.list({}).length)
  expect(removed[0]).toBe(1)
})
