import { beforeAll, expect, test } from 'vitest'
import { startI18n } from '../../../src/renderer/i18n/index.ts'
import { verdictWhy } from '../../../src/renderer/i18n/verdict-words.ts'
import { toCurl } from '../../../src/renderer/panels/inspector/curl.ts'
import { maskBody, maskHeader, prettyBody } from '../../../src/renderer/panels/inspector/message/body-text.ts'
import { changedFields, sessionChangeOf } from '../../../src/renderer/panels/inspector/state/session-change.ts'
import { hasUsedStore, storeUseOf } from '../../../src/renderer/panels/inspector/store-use.ts'
import { decisiveStep, paramsOf, stepDetail, stepTitle } from '../../../src/renderer/panels/inspector/story/step-words.ts'
import { exchange, message, step } from './exchange.ts'

beforeAll(() => startI18n('en'))

test('store reads and writes are counted from the SQL of the steps, and from nothing else', () => {
  const steps = [
    step({ kind: 'session-lookup', evidence: { sql: ' select * from sessions where key = ?' } }),
    step({ kind: 'session-touch', evidence: { sql: 'UPDATE sessions SET last_seen = ?' } }),
    step({ kind: 'session-touch', evidence: { sql: 'UPDATE sessions SET last_seen = ?', isDeferred: true } }),
    step({ kind: 'token-signature' }),
  ]
  expect(storeUseOf(steps)).toEqual({ reads: 1, writes: 1, deferred: 1 })
  expect(hasUsedStore(storeUseOf([]))).toBe(false)
})

test('the first step that failed is the decisive one, else the look into the store or at the signature', () => {
  const lookup = step({ kind: 'session-lookup' })
  const signature = step({ kind: 'token-signature' })
  expect(decisiveStep([step({ kind: 'balancer-pick' }), signature])).toBe(1)
  expect(decisiveStep([lookup, step({ kind: 'role', outcome: 'fail' })])).toBe(1)
  expect(decisiveStep([step({ kind: 'answer' })])).toBe(-1)
  expect(decisiveStep([step({ kind: 'session-destroy', outcome: 'info' }), step({ kind: 'session-write' })])).toBe(1)
})

test('a step speaks of its evidence, and says less rather than show a gap', () => {
  const expiry = step({ kind: 'token-signature', evidence: { alg: 'HS256', kid: 'k1' } })
  expect(stepDetail(expiry, paramsOf(expiry, exchange()))).toBe('HS256, key k1')
  const bare = step({ kind: 'token-signature', evidence: { kid: 'k1' } })
  expect(stepDetail(bare, paramsOf(bare, exchange()))).toBe('key k1')
  const empty = step({ kind: 'token-signature' })
  expect(stepDetail(empty, paramsOf(empty, exchange()))).toBeNull()
})

test('a title that needs what is not there falls back to the words of the server', () => {
  const pick = step({ kind: 'balancer-pick' })
  expect(stepTitle(pick, paramsOf(pick, exchange()))).toBe('Balancer chose node-1')
  expect(stepTitle(pick, paramsOf(pick, exchange({ node: null })))).toBe('In the words of the server')
})

test('the two time-outs of a session are told apart by the step that failed', () => {
  const expired = exchange({ verdict: 'session-expired', status: 401 })
  expect(verdictWhy(expired, [step({ kind: 'session-idle-timeout', outcome: 'fail' })])).toMatch(/idle time-out/)
  expect(verdictWhy(expired, [step({ kind: 'session-absolute-timeout', outcome: 'fail' })])).toMatch(/absolute limit/)
})

test('the row before is the one looked up, the row after the one written last', () => {
  const row = { id: 'h', lastSeenAt: 1 }
  const after = { id: 'h', lastSeenAt: 2 }
  const steps = [step({ kind: 'session-lookup', evidence: { row } }), step({ kind: 'session-touch', evidence: { before: row, after } })]
  expect(sessionChangeOf(steps)).toEqual({ before: row, after })
  expect(changedFields(row, after)).toEqual(new Set(['lastSeenAt']))
  expect(sessionChangeOf([step({ kind: 'session-write', evidence: { before: null, after } })])).toEqual({ before: null, after })
  expect(sessionChangeOf([step({ kind: 'account-lookup', evidence: { row } })])).toBeNull()
})

test('a curl command survives a shell: quotes are quoted, what curl sets itself is left out', () => {
  const request = message({
    headers: [
      ['Host', '127.0.0.1:4700'],
      ['Cookie', "sid=it's"],
      ['Content-Type', 'application/json'],
    ],
    body: '{"a":1}',
    bodyBytes: 7,
  })
  const command = toCurl(exchange({ method: 'POST', path: '/transfer', request }), 'http://127.0.0.1:4700')
  expect(command).toContain(`-H 'Cookie: sid=it'\\''s'`)
  expect(command).toContain(`--data-raw '{"a":1}'`)
  expect(command).toContain(`'http://127.0.0.1:4700/transfer'`)
  expect(command).not.toContain('Host:')
})

test('masking covers the values and keeps the names and attributes', () => {
  expect(maskHeader('Authorization', 'Bearer abc.def')).toBe('Bearer ••••••')
  expect(maskHeader('Set-Cookie', 'sid=abc; HttpOnly')).toBe('sid=••••••; HttpOnly')
  expect(maskHeader('Cookie', 'a=1; sid=abc')).toBe('a=••••••; sid=••••••')
  expect(maskHeader('Accept', '*/*')).toBe('*/*')
  expect(maskBody('{"access_token": "abc", "scope": "x"}')).toBe('{"access_token": "••••••", "scope": "x"}')
  expect(maskBody('username=a&password=b')).toBe('username=a&password=••••••')
})

test('only whole JSON is shown indented', () => {
  const json = message({ headers: [['Content-Type', 'application/problem+json']], body: '{"a":1}' })
  expect(prettyBody(json)).toBe('{\n  "a": 1\n}')
  expect(prettyBody({ ...json, isBodyCut: true })).toBeNull()
  expect(prettyBody({ ...json, body: '{' })).toBeNull()
  expect(prettyBody({ ...json, headers: [['Content-Type', 'text/html']] })).toBeNull()
})
