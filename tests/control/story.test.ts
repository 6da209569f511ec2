import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
const call: TestLab['call'] = (...args) => testLab.call(...args)
beforeAll(async () => {
  testLab = await startTestLab()
})
afterAll(() => testLab.close())

/** Lets a client do something and returns the exchange it caused. */
async function act(path: string, body?: object) {
  const answer = await call('POST', path, body ?? {})
  expect(answer.status).toBe(200)
  return (await call('GET', `/exchanges/${answer.json.exchanges[0]}`)).json
}

const me = (client: string, credential = 'current') => act(`/clients/${client}/requests`, { path: '/me', credential })
const outcome = (exchange: { status: number; verdict: string }) => [exchange.status, exchange.verdict]
const kinds = (exchange: { steps: { kind: string }[] }) => exchange.steps.map(({ kind }) => kind)
const sessionOf = async (id: string): Promise<string> =>
  (await call('GET', '/clients')).json.find((client: { id: string }) => client.id === id).sessionId

test('a session is dead the moment its row is: revoked, expired, logged out', async () => {
  expect(outcome(await act('/clients/alice-laptop/login'))).toEqual([200, 'allowed'])
  const seen = await me('alice-laptop')
  expect(outcome(seen)).toEqual([200, 'allowed'])
  expect(kinds(seen)).toEqual(expect.arrayContaining(['balancer-pick', 'cookie-signature', 'session-lookup']))

  await call('DELETE', `/sessions/${await sessionOf('alice-laptop')}`)
  expect(outcome(await me('alice-laptop'))).toEqual([401, 'unknown-session'])

  await act('/clients/alice-laptop/login')
  await call('POST', `/sessions/${await sessionOf('alice-laptop')}/expire`)
  expect(outcome(await me('alice-laptop'))).toEqual([401, 'session-expired'])

  await act('/clients/alice-laptop/login')
  await act('/clients/alice-laptop/logout')
  expect(outcome(await me('alice-laptop'))).toEqual([401, 'no-credential'])
})

test('a token outlives logout and role change, and dies by the clock alone', async () => {
  expect(outcome(await act('/clients/bob-laptop/login'))).toEqual([200, 'allowed'])
  const seen = await me('bob-laptop')
  expect(kinds(seen)).toEqual(expect.arrayContaining(['token-signature', 'token-expiry']))
  expect(kinds(seen)).not.toContain('session-lookup')

  const logout = await call('POST', '/clients/bob-laptop/logout')
  expect(logout.json).toEqual({ exchanges: [] })
  expect(outcome(await me('bob-laptop'))).toEqual([401, 'no-credential'])
  expect(outcome(await me('bob-laptop', 'discarded'))).toEqual([200, 'allowed'])

  await call('PUT', '/clock', { offsetMs: 14 * 60_000 })
  expect(outcome(await me('bob-laptop', 'discarded'))).toEqual([200, 'allowed'])
  await call('PUT', '/clock', { offsetMs: 16 * 60_000 })
  expect(outcome(await me('bob-laptop', 'discarded'))).toEqual([401, 'token-expired'])
  await call('PUT', '/clock', { offsetMs: 0 })
})

test('every node knows a shared session, also when the one that made it is dead', async () => {
  const login = await act('/clients/alice-laptop/login')
  await call('POST', `/nodes/${login.node}/kill`)
  const next = await me('alice-laptop')
  expect(next.node).not.toBe(login.node)
  expect(next.verdict).toBe('allowed')
  await call('POST', `/nodes/${login.node}/start`)
})

test('a role that is taken away is gone from the session at once, from the token when it expires', async () => {
  await act('/clients/alice-laptop/login')
  await act('/clients/alice-phone/login')
  const users = (client: string) => act(`/clients/${client}/requests`, { path: '/admin/users' })
  expect([await users('alice-laptop'), await users('alice-phone')].map(outcome)).toEqual([
    [200, 'allowed'],
    [200, 'allowed'],
  ])
  await call('PATCH', '/accounts/alice', { role: 'user' })
  expect(outcome(await users('alice-laptop'))).toEqual([403, 'insufficient-role'])
  expect(outcome(await users('alice-phone'))).toEqual([200, 'allowed'])
  await call('PATCH', '/accounts/alice', { role: 'admin' })
})
