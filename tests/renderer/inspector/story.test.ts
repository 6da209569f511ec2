import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { i18n, startI18n } from '../../../src/renderer/i18n/index.ts'
import { say } from '../../../src/renderer/i18n/say.ts'
import { verdictHeadline, verdictWhy } from '../../../src/renderer/i18n/verdict-words.ts'
import { toCurl } from '../../../src/renderer/panels/inspector/curl.ts'
import { maskBody, maskHeader, prettyBody } from '../../../src/renderer/panels/inspector/message/body-text.ts'
import { changedFields, sessionChangeOf } from '../../../src/renderer/panels/inspector/state/session-change.ts'
import { hasUsedStore, sessionStoreOf, storeUseOf } from '../../../src/renderer/panels/inspector/store-use.ts'
import {
  decisiveStep,
  paramsOf,
  stepDetail,
  stepNote,
  stepTitle,
  verdictClause,
} from '../../../src/renderer/panels/inspector/story/step-words.ts'
import { exchange, message, step } from './exchange.ts'

beforeAll(() => startI18n('en'))

/** The steps of one request by session, as each kind of store shows them. */
const STEPS = {
  sqlite: [
    step({ kind: 'session-lookup', evidence: { sql: 'SELECT data FROM sessions WHERE key = ?', rows: 1 } }),
    step({ kind: 'account-lookup', evidence: { sql: 'SELECT role FROM accounts WHERE name = ?' } }),
    step({ kind: 'session-write', evidence: { sql: 'UPDATE sessions SET data = ?' } }),
    step({ kind: 'session-touch', evidence: { sql: 'UPDATE sessions SET last_seen_at = ?', isDeferred: true } }),
  ],
  redis: [
    step({ kind: 'session-lookup', evidence: { sql: 'HGETALL authlab:session:<id>', rows: 1 } }),
    step({ kind: 'account-lookup', evidence: { sql: 'SELECT role FROM accounts WHERE name = ?' } }),
    step({ kind: 'session-write', evidence: { sql: 'EVALSHA <save> 1 authlab:session:<id> ...' } }),
    step({ kind: 'session-touch', evidence: { sql: 'EVALSHA <touch> 1 authlab:session:<id> ...', isDeferred: false } }),
  ],
  memory: [
    step({ kind: 'session-lookup', evidence: { rows: 1 } }),
    step({ kind: 'account-lookup', evidence: { sql: 'SELECT role FROM accounts WHERE name = ?' } }),
    step({ kind: 'session-write', evidence: {} }),
    step({ kind: 'session-touch', evidence: { isDeferred: false } }),
  ],
} as const

test('store reads and writes are counted whether the store shows SQL, commands of Redis or nothing', () => {
  expect(storeUseOf(STEPS.sqlite)).toEqual({ reads: 2, writes: 1, deferred: 1 })
  expect(storeUseOf(STEPS.redis)).toEqual({ reads: 2, writes: 2, deferred: 0 })
  expect(storeUseOf(STEPS.memory)).toEqual({ reads: 2, writes: 2, deferred: 0 })
  const token = [step({ kind: 'token-signature' }), step({ kind: 'session-regenerate' }), step({ kind: 'session-overwrite' })]
  expect(hasUsedStore(storeUseOf(token))).toBe(false)
})

describe.each([
  {
    language: 'en',
    found: ['rows: 1', 'hashes: 1', 'objects: 1'],
    changed: ['Row changed', 'Hash changed', "Object in this node's memory changed"],
  },
  { language: 'zh-CN', found: ['行数：1', '哈希数：1', '对象数：1'], changed: ['行已变更', '哈希已变更', '此节点内存中的对象已变更'] },
] as const)('in $language', ({ language, found, changed }) => {
  beforeAll(async () => void (await i18n.changeLanguage(language)))
  afterAll(async () => void (await i18n.changeLanguage('en')))

  test.each([
    ['sqlite', 0],
    ['redis', 1],
    ['memory', 2],
  ] as const)('story and state speak of a session in %s as what it is there', (kind, index) => {
    const [lookup] = STEPS[kind]
    expect(stepDetail(lookup, paramsOf(lookup, exchange()))).toContain(found[index])
    expect(sessionStoreOf(STEPS[kind])).toBe(kind)
    expect(say('inspector:state.changed', { context: kind })).toBe(changed[index])
    const notes = (['sqlite', 'redis', 'memory'] as const).map((each) => stepNote(STEPS[each][0]))
    expect(new Set(notes).size).toBe(3)
  })
})

test('the first step that failed is the decisive one, else the look into the store or at the signature', () => {
  const lookup = step({ kind: 'session-lookup' })
  const signature = step({ kind: 'token-signature' })
  expect(decisiveStep([step({ kind: 'balancer-pick' }), signature])).toBe(1)
  expect(decisiveStep([lookup, step({ kind: 'role', outcome: 'fail' })])).toBe(1)
  expect(decisiveStep([step({ kind: 'answer' })])).toBe(-1)
  expect(decisiveStep([step({ kind: 'session-destroy', outcome: 'info' }), step({ kind: 'session-write' })])).toBe(1)
})

test('a verdict names the clause of the step that decided, or the one that its own words are about', () => {
  const expiry = step({ kind: 'token-expiry', outcome: 'fail', clause: 'RFC 7519 §4.1.4' })
  const steps = [step({ kind: 'token-signature', clause: 'RFC 7515 §5.2' }), expiry]
  expect(verdictClause(exchange({ verdict: 'token-expired', steps }))).toBe('RFC 7519 §4.1.4')
  expect(verdictClause(exchange({ verdict: 'allowed', steps: steps.slice(0, 1) }))).toBe('RFC 7515 §5.2')
  const password = step({ kind: 'password-verify', outcome: 'fail', clause: 'OWASP ASVS 5 V11.4.2' })
  expect(verdictClause(exchange({ verdict: 'bad-credentials', steps: [password] }))).toBe('OWASP ASVS 5 V6.3.8')
  expect(verdictClause(exchange({ verdict: 'no-node-available', steps }))).toBeNull()
})

test('a client that did not prove itself is told apart from a user with a wrong password, and so is its clause', () => {
  const client = step({ kind: 'client-authentication', outcome: 'fail', clause: 'RFC 6749 §2.3.1' })
  const login = { verdict: 'bad-credentials', method: 'POST', path: '/token', mechanism: 'none', status: 400 } as const
  const headline = (failed: ReturnType<typeof step>) => verdictHeadline(exchange(login), [failed])
  expect(headline(step({ kind: 'password-verify', outcome: 'fail' }))).toBe('Denied: wrong name or password')
  // Two Authorization fields.
  expect(headline(step({ kind: 'authorization-parse', outcome: 'fail' }))).toBe('Denied: the OAuth client could not prove who it is')
  expect(verdictClause(exchange({ ...login, steps: [client] }))).toBe('RFC 6749 §2.3.1')
})

test('a step speaks of its evidence, and says less rather than show a gap', () => {
  const expiry = step({ kind: 'token-signature', evidence: { alg: 'HS256', kid: 'k1' } })
  expect(stepDetail(expiry, paramsOf(expiry, exchange()))).toBe('HS256, key k1')
  const bare = step({ kind: 'token-signature', evidence: { kid: 'k1' } })
  expect(stepDetail(bare, paramsOf(bare, exchange()))).toBe('key k1')
  const empty = step({ kind: 'token-signature' })
  expect(stepDetail(empty, paramsOf(empty, exchange()))).toBeNull()
})

test('a limit of a day or more has its date, and the reason of an ended family is said in words', () => {
  const now = Date.UTC(2026, 10, 28, 12)
  const expiry = (limit: number) => step({ kind: 'refresh-expiry', evidence: { value: now, limit, now } })
  const detail = (of: ReturnType<typeof step>) => stepDetail(of, paramsOf(of, exchange()))
  expect(detail(expiry(now + 86_400_000))).toContain('Nov 29, 2026')
  expect(detail(expiry(now + 3_600_000))).not.toContain('Nov')
  const reused = step({ kind: 'refresh-reuse', outcome: 'fail', evidence: { revokedReason: 'reused' } })
  expect(detail(reused)).toBe('a used token was presented again')
})

test('a title that needs what is not there falls back to the words of the server', () => {
  const pick = step({ kind: 'balancer-pick' })
  expect(stepTitle(pick, paramsOf(pick, exchange()))).toBe('Balancer chose node-1')
  expect(stepTitle(pick, paramsOf(pick, exchange({ node: null })))).toBe('In the words of the server')
})

test('a lost update is the headline and the step that is opened, although the request was allowed', () => {
  const steps = [step({ kind: 'session-lookup' }), step({ kind: 'session-write' }), step({ kind: 'session-overwrite', outcome: 'info' })]
  expect(verdictHeadline(exchange(), steps)).toBe('Allowed, and an update of another request is lost')
  expect(verdictHeadline(exchange(), steps.slice(0, 2))).toBe('Allowed: node-1 found the session')
  expect(decisiveStep(steps)).toBe(2)
})

test('what a sticky balancer made of the affinity cookie is told', () => {
  const detail = (affinity: string | null): string | null => {
    const pick = step({ kind: 'balancer-pick', evidence: { strategy: 'sticky', node: 'node-1', affinity } })
    return stepDetail(pick, paramsOf(pick, exchange()))
  }
  expect(detail('node-1')).toContain('the affinity cookie names it')
  expect(detail(null)).toContain('no affinity cookie yet')
  expect(detail('node-2')).toContain('node-2, which the affinity cookie names, takes no requests')
  const pick = step({ kind: 'balancer-pick', evidence: { strategy: 'random', node: 'node-1' } })
  expect(stepDetail(pick, paramsOf(pick, exchange()))).toBe('strategy random')
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

test('without the store a session cannot be judged, a token only where something is looked up besides it, and a login leaves nothing behind', () => {
  const refused = (mechanism: 'session' | 'jwt-bearer', path = '/me') =>
    exchange({ verdict: 'store-unavailable', mechanism, status: 503, path, method: path === '/me' ? 'GET' : 'POST' })
  expect(verdictWhy(refused('session'), [])).toContain('cannot tell whether the session is good')
  expect(verdictWhy(refused('jwt-bearer'), [])).toContain('for example whether it was revoked')
  expect(verdictWhy(refused('jwt-bearer', '/token'), [])).toContain('cannot tell whether the credential is good')
  const password = step({ kind: 'password-verify', outcome: 'pass' })
  expect(verdictWhy(refused('jwt-bearer', '/token'), [password])).toContain('a family of refresh tokens')
})

test('with a re-check a missing role is told of the account, not of the claim, which may say more', () => {
  const refused = exchange({ verdict: 'insufficient-role', mechanism: 'jwt-bearer', status: 403 })
  const role = step({ kind: 'role', outcome: 'fail' })
  expect(verdictWhy(refused, [role])).toContain('its role claim is not what the route needs')
  expect(verdictWhy(refused, [step({ kind: 'account-recheck', outcome: 'info' }), role])).toContain('whatever the token says')
})
