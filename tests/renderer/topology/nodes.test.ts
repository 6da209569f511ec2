import { beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../src/contract/clients.ts'
import type { OperatorAction } from '../../../src/contract/lab.ts'
import type { Node } from '../../../src/contract/nodes.ts'
import type { Step } from '../../../src/contract/step.ts'
import type { Verdict } from '../../../src/contract/verdict.ts'
import { actionWords } from '../../../src/renderer/i18n/action-words.ts'
import { i18n, startI18n } from '../../../src/renderer/i18n/index.ts'
import { clusterCause, storeAt } from '../../../src/renderer/i18n/verdict-causes.ts'
import { whyNot } from '../../../src/renderer/panels/topology/node-actions.ts'
import { marksOf, pinsOf, spanWords, stateWords } from '../../../src/renderer/panels/topology/node-words.ts'

const NODE: Node = {
  id: 'node-2',
  port: 4102,
  url: null,
  state: 'up',
  downReason: null,
  clockSkewMs: 0,
  latencyMs: 0,
  requests: 0,
  p50Ms: null,
  p95Ms: null,
  inFlight: 0,
  connections: 0,
  memoryBytes: null,
  cpu: null,
  sessions: null,
  storeReads: 0,
  storeWrites: 0,
  revocationReads: 0,
  tokensVerified: 0,
  downSince: null,
  keysAgeSeconds: 0,
  signingKeyId: 'k1',
  verifyingKeyIds: ['k1'],
  jwksFrozen: false,
  hasOwnCookieSecret: false,
}

const CLOCK = { offsetMs: 0, isPaused: false, labTime: 0, realTime: 0 }

const action = (name: OperatorAction['action'], params: OperatorAction['params'], afterExchange = 0): OperatorAction => ({
  id: 'a',
  afterExchange,
  at: 0,
  labTime: 0,
  action: name,
  params,
})

beforeAll(() => startI18n('en'))

test('what sets a node apart is named, and an ordinary node has no marks', () => {
  expect(marksOf(NODE)).toEqual([])
  expect(marksOf({ ...NODE, clockSkewMs: -900_000, latencyMs: 1500, jwksFrozen: true, hasOwnCookieSecret: true })).toEqual([
    'clock −15 min',
    '+1.5 s',
    'keys frozen',
    'own secret',
  ])
  expect(spanWords(24 * 3_600_000)).toBe('24 h')
})

test('a node that is down says why and since when', () => {
  expect(stateWords(NODE, CLOCK)).toBe('up')
  expect(stateWords({ ...NODE, state: 'down', downReason: 'crashed', downSince: 0 }, CLOCK)).toMatch(/^crashed \d\d:\d\d:\d\d$/)
  expect(stateWords({ ...NODE, state: 'down', downReason: 'killed' }, CLOCK)).toBe('killed')
})

test('an action that cannot be done has a reason', () => {
  expect(whyNot('kill', NODE, 3)).toBeNull()
  expect(whyNot('start', NODE, 3)).toBe('isUp')
  expect(whyNot('remove', NODE, 1)).toBe('isLast')
  const down: Node = { ...NODE, state: 'down' }
  expect(whyNot('start', down, 3)).toBeNull()
  expect(whyNot('restart', down, 3)).toBe('isDown')
  const elsewhere: Node = { ...NODE, url: 'http://127.0.0.1:4801' }
  expect(whyNot('kill', elsewhere, 3)).toBe('elsewhere')
  expect(whyNot('drain', elsewhere, 3)).toBeNull()
  expect(whyNot('start', { ...elsewhere, state: 'down' }, 3)).toBe('elsewhere')
  expect(whyNot('start', { ...elsewhere, state: 'draining' }, 3)).toBeNull()
})

test('clients are pinned by the affinity cookie in their jars, and only while the balancer is sticky', () => {
  const client = (name: string, node: string): Client => {
    const cookie = { name: 'affinity', value: node, domain: '127.0.0.1', path: '/', expiresAt: null, isHttpOnly: true, isSecure: false }
    return { name, cookies: [{ ...cookie, sameSite: 'Lax', createdAt: 0 }] } as unknown as Client
  }
  const clients = [client('Alice', 'node-2'), client('Bob', 'node-2'), { name: 'Mallory', cookies: [] } as unknown as Client]
  expect([...pinsOf(clients, 'sticky')]).toEqual([['node-2', ['Alice', 'Bob']]])
  expect(pinsOf(clients, 'round-robin').size).toBe(0)
})

test('the store at the time of an exchange is known from the changes after it', () => {
  const changes = [
    action('store-changed', { store: 'memory', from: 'sqlite' }, 4),
    action('store-changed', { store: 'redis', from: 'memory' }, 9),
  ]
  expect([3, 4, 5, 9, 10].map((seq) => storeAt(seq, changes, 'redis'))).toEqual(['sqlite', 'sqlite', 'memory', 'memory', 'redis'])
})

const LAB_TIME = 1_800_000_000_000
const EXP = LAB_TIME / 1000

const judged = (verdict: Verdict, now: number, { leewaySeconds = 0, exp = EXP } = {}) => {
  const step = { kind: 'token-expiry', evidence: { claim: 'exp', value: exp, now, leewaySeconds } } as unknown as Step
  return clusterCause({ verdict, node: 'node-2', seq: 1, labTime: LAB_TIME, durationMs: 5 }, [step])
}

test("a token judged by a clock that is not the lab's is told from one that had its time", () => {
  expect(judged('token-expired', EXP)).toBeNull()
  expect(judged('token-expired', EXP + 900, { exp: EXP + 600 })).toBe('fastClock')
  expect(judged('token-not-yet-valid', EXP - 900)).toBe('slowClock')
  expect(judged('allowed', EXP, { exp: EXP + 600 })).toBeNull()
  expect(judged('allowed', EXP - 900)).toBe('slowClock')
  expect(judged('allowed', EXP, { leewaySeconds: 30, exp: EXP - 10 })).toBe('leeway')
})

test('a session that only a fast clock ended is told from one that had its time', () => {
  const cause = (now: number) => {
    const step = { kind: 'session-idle-timeout', outcome: 'fail', evidence: { value: LAB_TIME, limit: LAB_TIME, now } } as unknown as Step
    return clusterCause({ verdict: 'session-expired', node: 'node-2', labTime: LAB_TIME, durationMs: 5 }, [step])
  }
  expect(cause(LAB_TIME + 10)).toBeNull()
  expect(cause(LAB_TIME + 2_400_000)).toBe('fastClock')
})

test('a login whose session could not be stored is told from a session that could not be looked up', () => {
  const cause = (steps: readonly Step[]) => clusterCause({ verdict: 'store-unavailable', node: 'node-2', labTime: LAB_TIME }, steps)
  expect(cause([{ kind: 'password-verify', outcome: 'pass', evidence: {} } as unknown as Step])).toBe('login')
  expect(cause([{ kind: 'cookie-signature', outcome: 'pass', evidence: {} } as unknown as Step])).toBeNull()
})

test('time that the node itself takes is no skew of its clock', () => {
  const late = { kind: 'token-expiry', evidence: { claim: 'exp', value: EXP + 4, now: EXP + 5, leewaySeconds: 0 } } as unknown as Step
  expect(clusterCause({ verdict: 'token-expired', node: 'node-2', labTime: LAB_TIME, durationMs: 5000 }, [late])).toBeNull()
})

test.each(['en', 'zh-CN'])('every change of a node or a store is a whole sentence in %s', async (language) => {
  await i18n.changeLanguage(language)
  const changes: OperatorAction['params'][] = [
    { clockSkewMs: 30_000 },
    { clockSkewMs: -30_000 },
    { clockSkewMs: 0 },
    { latencyMs: 200 },
    { latencyMs: 0 },
    { jwksFrozen: true },
    { jwksFrozen: false },
    { ownCookieSecret: true },
    { ownCookieSecret: false },
  ]
  const words = changes.map((change) => actionWords(action('node-changed', { node: 'node-2', ...change })))
  expect(new Set(words).size).toBe(changes.length)
  for (const sentence of words) expect(sentence).toMatch(/^node-2 .+[：:].+/)
  for (const left of [3, null]) {
    const sentence = actionWords(action('store-changed', { store: 'memory', from: 'sqlite', left }))
    expect(sentence).toContain('SQLite')
    expect(sentence).not.toMatch(/\{\{|memory\b(?! of)/)
  }
  await i18n.changeLanguage('en')
})
