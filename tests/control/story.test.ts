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

test('a refresh token gives new tokens once; sent again it ends its family', async () => {
  const tokens = async (): Promise<Record<string, string>> => {
    const { vault } = (await call('GET', '/clients')).json.find(({ id }: { id: string }) => id === 'bob-laptop')
    return Object.fromEntries(vault.map(({ kind, token }: { kind: string; token: string }) => [kind, token]))
  }
  await act('/clients/bob-laptop/login')
  const before = await tokens()
  const refreshed = await act('/clients/bob-laptop/refresh')
  expect(outcome(refreshed)).toEqual([200, 'allowed'])
  expect(kinds(refreshed)).toEqual(expect.arrayContaining(['refresh-lookup', 'refresh-reuse', 'refresh-rotate', 'token-issue']))
  const after = await tokens()
  expect([after['access'] === before['access'], after['refresh'] === before['refresh']]).toEqual([false, false])
  expect(outcome(await me('bob-laptop'))).toEqual([200, 'allowed'])
  const family = async () => (await call('GET', '/refresh-families?account=bob&limit=1')).json[0]
  expect(await family()).toMatchObject({ account: 'bob', state: 'active', members: [{ parent: null }, { usedAt: null }] })
  expect(outcome(await act(`/exchanges/${refreshed.id}/replay`))).toEqual([400, 'refresh-reused'])
  const { state, revokedReason, revokedAt, id, members } = await family()
  expect([state, revokedReason, members.length, members[0].id]).toEqual(['revoked', 'reused', 2, id])
  expect([members[0].reusedAt, members[1].parent]).toEqual([revokedAt, id])
  expect(JSON.stringify(members)).not.toContain(after['refresh'])
  expect(outcome(await act('/clients/bob-laptop/refresh'))).toEqual([400, 'token-revoked'])
})

test('a client with the tokens in cookies refreshes by cookie; one with a session, or without a token, cannot', async () => {
  await call('PATCH', '/clients/bob-laptop', { mechanism: 'jwt-cookie' })
  await act('/clients/bob-laptop/login')
  for (let n = 0; n < 2; n++) expect(outcome(await act('/clients/bob-laptop/refresh'))).toEqual([200, 'allowed'])
  await call('POST', '/clients/bob-laptop/logout')
  expect((await call('POST', '/clients/bob-laptop/refresh')).status).toBe(409)
  await call('PATCH', '/clients/bob-laptop', { mechanism: 'jwt-bearer' })
  expect((await call('POST', '/clients/alice-laptop/refresh')).json.message).toContain('rolls on each request')
})

test('an account that is disabled, or logged out everywhere, loses its refresh tokens for good', async () => {
  for (const end of [
    async () => {
      await call('PATCH', '/accounts/bob', { disabled: true })
      await call('PATCH', '/accounts/bob', { disabled: false })
    },
    () => call('DELETE', '/accounts/bob/sessions'),
  ]) {
    await act('/clients/bob-laptop/login')
    await end()
    expect(outcome(await act('/clients/bob-laptop/refresh'))).toEqual([400, 'token-revoked'])
  }
})

test('a token outlives logout and role change, and dies by the clock alone', async () => {
  expect(outcome(await act('/clients/bob-laptop/login'))).toEqual([200, 'allowed'])
  const seen = await me('bob-laptop')
  expect(kinds(seen)).toEqual(expect.arrayContaining(['token-signature', 'token-expiry']))
  expect(kinds(seen)).not.toContain('session-lookup')

  const logout = await call('POST', '/clients/bob-laptop/logout')
  const revoked = (await call('GET', `/exchanges/${logout.json.exchanges[0]}`)).json
  expect([revoked.path, ...outcome(revoked)]).toEqual(['/token/revoke', 200, 'allowed'])
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
