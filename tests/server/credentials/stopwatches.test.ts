import { expect, test } from 'vitest'
import { MAX_REVOCATIONS } from '../../../src/contract/revocations.ts'
import { type CredentialUse, type RevocationStart, Stopwatches } from '../../../src/server/credentials/stopwatches.ts'

/** Lab time of the revocation; the real time is counted from 0. */
const AT = 1_000_000_000
const SID = 'a'.repeat(32)

const start = (given: Partial<RevocationStart> = {}): RevocationStart => ({
  at: AT,
  way: 'none',
  scope: 'token',
  account: 'alice',
  jti: 'jti-1',
  sid: SID,
  sessionId: null,
  by: 'operator',
  endsAt: AT + 900_000,
  rowsKept: 1,
  collateral: 0,
  inForceAt: 0,
  lastOrdinal: 5,
  sessionIds: [],
  ...given,
})

const use = (beganAt: number, given: Partial<CredentialUse> = {}): CredentialUse => ({
  exchangeId: `exchange-${beganAt}`,
  verdict: 'allowed',
  beganAt,
  labTime: AT + beganAt,
  token: { jti: 'jti-1', sub: 'alice', sid: SID, iat: AT / 1000 - 60, exp: AT / 1000 + 900 },
  ordinal: 5,
  sessionId: null,
  ...given,
})

const afterUses = (begun: Partial<RevocationStart>, ...uses: CredentialUse[]) => {
  const stopwatches = new Stopwatches(() => {})
  stopwatches.start(start(begun))
  for (const one of uses) stopwatches.use(one)
  return stopwatches.list()[0]
}

test('only requests that began after the revocation was in force are counted', () => {
  expect(afterUses({}, use(-1), use(0), use(0.5), use(7))).toMatchObject({
    accepted: 2,
    refused: 0,
    lastAcceptedMs: 7,
    lastAcceptedExchange: 'exchange-7',
  })
})

test('the first refusal and the last acceptance are those of the requests, in whatever order their nodes tell of them', () => {
  const refused = { verdict: 'token-revoked' } as const
  expect(afterUses({}, use(9), use(4), use(8, refused), use(6, refused))).toMatchObject({
    accepted: 2,
    refused: 2,
    lastAcceptedMs: 9,
    lastAcceptedExchange: 'exchange-9',
    firstRefusedMs: 6,
    firstRefusedExchange: 'exchange-6',
  })
})

test('a use that a node told of before another one told of the revocation counts', () => {
  const stopwatches = new Stopwatches(() => {})
  stopwatches.use(use(-3))
  stopwatches.use(use(3))
  expect(stopwatches.start(start())).toMatchObject({ accepted: 1, lastAcceptedMs: 3 })
})

test('a credential that has expired by itself is not counted any more', () => {
  const late = { labTime: AT + 900_000 }
  expect(afterUses({}, use(1), use(2, late), use(3, { ...late, verdict: 'token-revoked' }))).toMatchObject({ accepted: 1, refused: 0 })
})

test('a request that was refused for another reason says nothing of the revocation', () => {
  const verdicts = ['store-unavailable', 'token-expired', 'rate-limited', 'csrf-blocked', 'not-auth'] as const
  expect(afterUses({}, ...verdicts.map((verdict, index) => use(index + 1, { verdict })))).toMatchObject({ accepted: 0, refused: 0 })
})

test('a request whose token was good but did not allow it counts as accepted', () => {
  expect(afterUses({}, use(1, { verdict: 'insufficient-role' }), use(2, { verdict: 'insufficient-scope' }))).toMatchObject({ accepted: 2 })
})

test('everything of an account is every token that was issued to it before, and none that was issued after', () => {
  const other = { jti: 'jti-2', sub: 'alice', sid: 'b'.repeat(32), iat: AT / 1000 - 1, exp: AT / 1000 + 900 }
  const bobs = { ...other, sub: 'bob' }
  const begun = { scope: 'account', jti: null, sid: null } as const
  expect(afterUses(begun, use(1), use(2, { token: other }), use(3, { token: bobs }), use(4, { ordinal: 6 }))).toMatchObject({ accepted: 2 })
})

test('a token that the lab has no record of counts by its iat, when no rounding can make it older than it is', () => {
  const token = (iat: number) => ({ jti: 'jti-9', sub: 'alice', sid: null, iat, exp: AT / 1000 + 900 })
  const begun = { scope: 'account', jti: null, sid: null } as const
  const unknown = [use(1, { ordinal: null, token: token(AT / 1000 - 1) }), use(2, { ordinal: null, token: token(AT / 1000) })]
  expect(afterUses(begun, ...unknown)).toMatchObject({ accepted: 1, lastAcceptedMs: 1 })
})

test('a device is every token of its refresh family', () => {
  const sibling = { jti: 'jti-2', sub: 'alice', sid: SID, iat: AT / 1000, exp: AT / 1000 + 900 }
  const elsewhere = { ...sibling, sid: 'b'.repeat(32) }
  const begun = { scope: 'device', jti: null } as const
  expect(afterUses(begun, use(1, { token: sibling }), use(2, { token: elsewhere }))).toMatchObject({ accepted: 1, lastAcceptedMs: 1 })
})

test('a session is counted by its public id', () => {
  const begun = { scope: 'session', way: null, jti: null, sid: null, sessionId: 's1', sessionIds: ['s1'], endsAt: null } as const
  const session = (sessionId: string) => ({ token: null, ordinal: null, sessionId, verdict: 'unknown-session' }) as const
  expect(afterUses(begun, use(1, session('s1')), use(2, session('s2')), use(3))).toMatchObject({
    refused: 1,
    firstRefusedMs: 1,
    accepted: 0,
  })
})

test('the newest 200 are kept, and those that leave are told', () => {
  const stopwatches = new Stopwatches(() => {})
  for (let count = 0; count < MAX_REVOCATIONS + 3; count++) stopwatches.start(start())
  expect(MAX_REVOCATIONS).toBe(200)
  expect(stopwatches.list()).toHaveLength(MAX_REVOCATIONS)
  expect(stopwatches.list()[0]?.id).toBe('revocation-203')
  expect(stopwatches.takeChanges()).toMatchObject({ removed: [1, 2, 3] })
})

test('what was kept counts on', () => {
  const before = new Stopwatches(() => {})
  before.start(start())
  before.use(use(1))
  const after = new Stopwatches(() => {})
  after.restore(before.takeChanges().put.map(([, json]) => JSON.parse(json)))
  after.use(use(2))
  expect(after.list()).toMatchObject([{ id: 'revocation-1', accepted: 2, lastAcceptedMs: 2 }])
  expect(after.start(start()).id).toBe('revocation-2')
})
