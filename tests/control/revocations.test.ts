import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LabState } from '../../src/contract/lab.ts'
import { Revocation } from '../../src/contract/revocations.ts'
import type { IssuedToken } from '../../src/contract/tokens.ts'
import { readEvents } from '../support/read-events.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
const call: TestLab['call'] = (...args) => testLab.call(...args)
beforeAll(async () => {
  testLab = await startTestLab(['--nodes', '3'])
})
afterAll(() => testLab.close())
beforeEach(async () => {
  await call('POST', '/lab/reset')
})

const tokens = async (query = '') => (await call('GET', `/tokens${query}`)).json as IssuedToken[]
const newest = async () => (await tokens())[0] as IssuedToken
const revocations = async () => (await call('GET', '/revocations')).json as Revocation[]
const lastAction = async () => (await call('GET', '/lab')).json.actions.at(-1)
const login = (client: string) => call('POST', `/clients/${client}/login`)
/** Asks for `/me` and answers the exchange's id. */
const me = async (client: string, credential = 'current'): Promise<string> =>
  (await call('POST', `/clients/${client}/requests`, { path: '/me', credential })).json.exchanges[0]
const verdictOf = async (exchange: string) => (await call('GET', `/exchanges/${exchange}`)).json.verdict

describe('while nothing ends a token but its exp', () => {
  test('a revoked token is accepted until the lab clock reaches its exp, and each of these requests is counted', async () => {
    await login('bob-laptop')
    await me('bob-laptop')
    const { jti, sid, expiresAt } = await newest()
    const answer = await call('POST', `/tokens/${jti}/revoke`)
    expect(answer.status).toBe(200)
    expect(Revocation.parse(answer.json)).toEqual(answer.json)
    expect(answer.json).toMatchObject({ way: 'none', scope: 'token', account: 'bob', jti, sid, by: 'operator', accepted: 0, refused: 0 })
    expect(answer.json.endsAt).toBe(expiresAt)
    await me('bob-laptop')
    await me('bob-laptop')
    const last = await me('bob-laptop')
    const [counted] = await revocations()
    expect(counted).toMatchObject({ id: answer.json.id, accepted: 3, refused: 0, lastAcceptedExchange: last, firstRefusedMs: null })
    expect(counted?.lastAcceptedMs).toBeGreaterThan(0)
    expect(await newest()).toMatchObject({ state: 'active', revokedBy: 'operator', revocation: answer.json.id })
    await call('PUT', '/clock', { offsetMs: 900_000 })
    expect(await verdictOf(await me('bob-laptop'))).toBe('token-expired')
    expect((await revocations())[0]).toEqual(counted)
    expect((await newest()).state).toBe('expired')
  })

  test('the traffic says until when a revoked token stays good', async () => {
    await login('bob-laptop')
    const { jti, expiresAt } = await newest()
    await call('POST', `/tokens/${jti}/revoke`)
    expect(await lastAction()).toMatchObject({ action: 'token-revoked', params: { id: jti, account: 'bob', until: expiresAt } })
  })

  test('a client that logs out starts a stopwatch, and its discarded access token is accepted by whoever kept it', async () => {
    await login('bob-laptop')
    const { sid, expiresAt } = await newest()
    await call('POST', '/clients/bob-laptop/logout')
    expect(await verdictOf(await me('bob-laptop', 'discarded'))).toBe('allowed')
    const [counted] = await revocations()
    expect(counted).toMatchObject({ scope: 'device', by: 'client', account: 'bob', sid, endsAt: expiresAt, accepted: 1, refused: 0 })
    expect(await newest()).toMatchObject({ revokedBy: 'client', revocation: counted?.id })
  })

  test('a device is ended: its family takes no refresh token any more, its access token lives on', async () => {
    await login('bob-laptop')
    const [family] = (await call('GET', '/refresh-families')).json
    const answer = await call('POST', `/refresh-families/${family.id}/revoke`)
    expect(answer.json).toMatchObject({ scope: 'device', account: 'bob', sid: family.id.slice(0, 32), jti: null })
    expect((await call('GET', '/refresh-families')).json).toMatchObject([{ state: 'revoked', revokedReason: 'operator' }])
    const refused = (await call('POST', '/clients/bob-laptop/refresh')).json.exchanges[0]
    expect(await verdictOf(refused)).toBe('token-revoked')
    await me('bob-laptop')
    expect((await revocations())[0]).toMatchObject({ accepted: 1, refused: 0 })
    expect((await call('POST', `/refresh-families/${family.id}/revoke`)).status).toBe(409)
    expect((await call('POST', `/refresh-families/${'0'.repeat(64)}/revoke`)).status).toBe(404)
  })
})

describe('sessions', () => {
  test('that the operator ends are refused from the first request on', async () => {
    await login('alice-laptop')
    const [session] = (await call('GET', '/sessions')).json
    await call('DELETE', `/sessions/${session.id}`)
    const first = await me('alice-laptop')
    expect(await verdictOf(first)).toBe('unknown-session')
    const [counted] = await revocations()
    expect(counted).toMatchObject({ scope: 'session', way: null, account: 'alice', sessionId: session.id, by: 'operator', rowsKept: 0 })
    expect(counted).toMatchObject({ accepted: 0, refused: 1, firstRefusedExchange: first, endsAt: session.absoluteExpiresAt })
  })

  test('whose idle time-out the operator lets pass are not revoked', async () => {
    await login('alice-laptop')
    const [session] = (await call('GET', '/sessions')).json
    await call('POST', `/sessions/${session.id}/expire`)
    await me('alice-laptop')
    expect(await revocations()).toEqual([])
  })

  test('that a client ends by logging out have a stopwatch, too', async () => {
    await login('alice-laptop')
    const login1 = (await call('GET', '/clients')).json[0]
    const raw = login1.cookies.find(({ name }: { name: string }) => name === 'sid').value
    await call('POST', '/clients/alice-laptop/logout')
    const kept = await fetch(`${testLab.lab.balancerUrl}/me`, { headers: { Cookie: `sid=${raw}` } })
    expect(kept.status).toBe(401)
    await call('GET', `/exchanges/${kept.headers.get('x-authlab-exchange')}`)
    expect(await revocations()).toMatchObject([
      { scope: 'session', by: 'client', account: 'alice', sessionId: login1.sessionId, rowsKept: null, accepted: 0, refused: 1 },
    ])
  })
})

describe('everything of an account', () => {
  test('ends sessions and families, and compares both kinds of credential side by side', async () => {
    await login('alice-laptop')
    await login('alice-phone')
    const answer = (await call('DELETE', '/accounts/alice/sessions')).json
    expect(answer).toMatchObject({ ended: 1, families: 1 })
    expect(answer.revocations).toMatchObject([
      { scope: 'account', way: 'none' },
      { scope: 'session', sessionId: null, way: null },
    ])
    await me('alice-laptop')
    await me('alice-phone')
    const [byToken, bySession] = await revocations()
    expect(bySession).toMatchObject({ scope: 'session', accepted: 0, refused: 1 })
    expect(byToken).toMatchObject({ scope: 'account', account: 'alice', jti: null, sid: null, accepted: 1, refused: 0 })
    const { expiresAt } = await newest()
    expect(await lastAction()).toMatchObject({ action: 'account-logged-out', params: { ended: 1, families: 1, until: expiresAt } })
  })

  test('does not concern a token that is issued after, even in the same instant of the lab clock', async () => {
    await call('POST', '/clock/pause')
    await login('bob-laptop')
    await call('DELETE', '/accounts/bob/sessions')
    await login('bob-laptop')
    expect((await tokens()).map(({ issuedAt }) => issuedAt)).toEqual([expect.any(Number), (await newest()).issuedAt])
    await me('bob-laptop')
    expect((await revocations())[0]).toMatchObject({ scope: 'account', accepted: 0, refused: 0 })
    expect((await tokens()).map(({ revokedBy }) => revokedBy)).toEqual([null, 'operator'])
  })
})

test('a request that was on its way when the token was revoked is not counted', async () => {
  await login('bob-laptop')
  const { jti } = await newest()
  for (const node of ['node-1', 'node-2', 'node-3']) await call('PATCH', `/nodes/${node}`, { latencyMs: 300 })
  const onItsWay = me('bob-laptop')
  const inFlight = async () =>
    (await call('GET', '/nodes')).json.reduce((sum: number, node: { inFlight: number }) => sum + node.inFlight, 0)
  while ((await inFlight()) === 0);
  await call('POST', `/tokens/${jti}/revoke`)
  expect(await inFlight()).toBe(1)
  expect(await verdictOf(await onItsWay)).toBe('allowed')
  expect((await revocations())[0]).toMatchObject({ accepted: 0, refused: 0 })
  await me('bob-laptop')
  expect((await revocations())[0]).toMatchObject({ accepted: 1 })
})

test('a token that nobody saw, or that has expired, is not revoked', async () => {
  expect((await call('POST', '/tokens/nobody/revoke')).status).toBe(404)
  await login('bob-laptop')
  await call('PUT', '/clock', { offsetMs: 900_000 })
  const answer = await call('POST', `/tokens/${(await newest()).jti}/revoke`)
  expect(answer.status).toBe(409)
  expect(answer.json.message).toContain('expired')
})

test('revocations are part of the state and go with a reset', async () => {
  await login('bob-laptop')
  await call('POST', `/tokens/${(await newest()).jti}/revoke`)
  const { json } = await call('GET', '/lab')
  expect(LabState.parse(json).revocations).toEqual(await revocations())
  expect(json.revocations).toHaveLength(1)
  expect((await call('POST', '/lab/reset')).json.revocations).toEqual([])
  expect(await revocations()).toEqual([])
})

test('events are gap-free and bring every stopwatch to where the list has it; which lists have changed is told', async () => {
  await login('bob-laptop')
  const { seq } = (await call('GET', '/lab')).json
  await call('POST', `/tokens/${(await newest()).jti}/revoke`)
  const last = await Promise.all(Array.from({ length: 20 }, () => me('bob-laptop')))
  expect(last).toHaveLength(20)
  let hasCountedAll = false
  const told = new Set<string>()
  const events = await readEvents(testLab, seq, (event) => {
    hasCountedAll ||= event.type === 'revocation' && event.revocation.accepted === 20
    if (event.type === 'stale') for (const list of event.lists) told.add(list)
    return hasCountedAll && told.has('denylist')
  })
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => seq + 1 + index))
  const news = events.flatMap((event) => (event.type === 'revocation' ? [event.revocation] : []))
  expect(news.at(-1)).toEqual((await revocations())[0])
  expect([...told].sort()).toEqual(['audit', 'denylist', 'families', 'tokens'])
})

test('lists that the clock or the way of revocation reads into are told to be stale when these change', async () => {
  const { seq } = (await call('GET', '/lab')).json
  await call('PUT', '/clock', { offsetMs: 60_000 })
  const events = await readEvents(testLab, seq, (event) => event.type === 'stale')
  expect(events.at(-1)).toMatchObject({ lists: expect.arrayContaining(['tokens', 'families', 'denylist']) })
})

test('stopwatches count on after a restart', async () => {
  const folder = newFolder()
  const first = await startTestLab([], folder)
  await first.call('POST', '/clients/bob-laptop/login')
  const login1 = (await first.call('GET', '/exchanges?limit=1')).json[0]
  const { access_token } = JSON.parse(login1.response.body)
  const [token] = (await first.call('GET', '/tokens')).json
  await first.call('POST', `/tokens/${token.jti}/revoke`)
  await first.call('POST', '/clients/bob-laptop/requests', { path: '/me' })
  const before = (await first.call('GET', '/revocations')).json
  expect(before).toMatchObject([{ accepted: 1 }])
  await first.close()
  const second = await startTestLab([], folder)
  expect((await second.call('GET', '/revocations')).json).toEqual(before)
  const answer = await fetch(`${second.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${access_token}` } })
  expect(answer.status).toBe(200)
  await second.call('GET', `/exchanges/${answer.headers.get('x-authlab-exchange')}`)
  const after = (await second.call('GET', '/revocations')).json
  expect(after).toMatchObject([{ id: before[0].id, accepted: 2, lastAcceptedExchange: answer.headers.get('x-authlab-exchange') }])
  expect(after[0].lastAcceptedMs).toBeGreaterThan(before[0].lastAcceptedMs)
  await second.close()
  rmSync(folder, { recursive: true, force: true })
})
