import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'

const WAYS = ['denylist', 'not-before', 'version'] as const

let lab: TestLab
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(`${lab.lab.balancerUrl}${path}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
const me = (token: string) => send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
const logIn = async (username: string, password = `${username}-pass`) => {
  const { json } = await post('/token', { grant_type: 'password', username, password })
  return { token: String(json.access_token), refresh: String(json.refresh_token) }
}
/** Asks both nodes, one after the other. */
const statuses = async (token: string): Promise<number[]> => [(await me(token)).status, (await me(token)).status]
const settings = async (change: Record<string, unknown>): Promise<void> => {
  expect(await lab.call('PATCH', '/cluster', change)).toMatchObject({ status: 200 })
}
const actions = async () => (await lab.call('GET', '/lab')).json.actions as { action: string; params: Record<string, unknown> }[]

describe.each(['sqlite', 'redis'])('with the store %s, shared by two nodes', (store) => {
  beforeAll(async () => {
    lab = await startTestLab(['--store', store])
  })
  afterAll(() => lab.close())

  describe.each(WAYS)('by %s', (revocation) => {
    test('what a client revokes at one node is refused by both, and a new login is good at once', async () => {
      await settings({ revocation })
      const [alice, bob] = [await logIn('alice'), await logIn('bob')]
      expect(await statuses(alice.token)).toEqual([200, 200])
      expect((await post('/token/revoke', { token: alice.refresh })).status).toBe(200)
      expect([await statuses(alice.token), await statuses(bob.token)]).toEqual([
        [401, 401],
        [200, 200],
      ])
      expect(await statuses((await logIn('alice')).token)).toEqual([200, 200])
    })

    test('it outlives a killed node and a rolling restart', async () => {
      await settings({ revocation })
      const { token, refresh } = await logIn('alice')
      await post('/token/revoke', { token: refresh })
      await lab.call('POST', '/nodes/node-1/kill')
      await lab.call('POST', '/nodes/node-1/start')
      await lab.call('POST', '/nodes/node-2/restart')
      expect(await statuses(token)).toEqual([401, 401])
    })

    test('an outage of the store lets nobody in by token, and is over when it is over', async () => {
      await settings({ revocation })
      const { token } = await logIn('bob')
      await settings({ storeOut: true })
      const answer = await me(token)
      expect([answer.status, answer.json.verdict]).toEqual([503, 'store-unavailable'])
      await settings({ storeOut: false })
      expect(await statuses(token)).toEqual([200, 200])
    })

    test('each request by token costs a look-up, which the nodes count', async () => {
      await settings({ revocation })
      const { token } = await logIn('bob')
      const reads = async (): Promise<number> => {
        const nodes: { revocationReads: number }[] = (await lab.call('GET', '/nodes')).json
        return nodes.reduce((sum, node) => sum + node.revocationReads, 0)
      }
      const before = await reads()
      for (let count = 0; count < 6; count++) await me(token)
      // Counters are read once a second.
      await vi.waitFor(async () => expect((await reads()) - before).toBeGreaterThanOrEqual(6), { timeout: 5000, interval: 50 })
    })
  })

  test('by none nothing is asked: a token that was revoked is accepted, also while the store is out', async () => {
    await settings({ revocation: 'none' })
    const { token, refresh } = await logIn('alice')
    await post('/token/revoke', { token: refresh })
    await settings({ storeOut: true })
    expect(await statuses(token)).toEqual([200, 200])
    await settings({ storeOut: false, revocation: 'denylist' })
    expect(await statuses(token)).toEqual([401, 401])
  })

  test('a new way is one line in the traffic, one that is not offered is a 400', async () => {
    await settings({ revocation: 'version' })
    await settings({ revocation: 'denylist', recheckAccount: true })
    await settings({ recheckAccount: false })
    const lines = (await actions()).slice(-3).map(({ action, params }) => [action, params])
    expect(lines).toEqual([
      ['revocation-changed', { revocation: 'denylist', from: 'version' }],
      ['recheck-on', {}],
      ['recheck-off', {}],
    ])
    expect((await lab.call('PATCH', '/cluster', { revocation: 'hope' })).status).toBe(400)
  })

  test('a password that the operator sets ends sessions and refresh tokens, and is the one that logs in', async () => {
    await settings({ revocation: 'none', recheckAccount: true })
    const [bob, alice] = [await logIn('bob'), await logIn('alice')]
    const session = await post('/session', { username: 'bob', password: 'bob-pass' })
    const cookie = String(session.headers['set-cookie']?.[0]).split(';')[0]
    expect((await lab.call('PATCH', '/accounts/bob', { password: 'short' })).status).toBe(400)
    expect((await lab.call('PATCH', '/accounts/nobody', { password: 'a new password' })).status).toBe(404)
    expect((await lab.call('PATCH', '/accounts/bob', { password: 'a new password' })).status).toBe(200)
    expect((await actions()).findLast(({ action }) => action === 'account-changed')?.params).toEqual({ account: 'bob', password: true })
    expect((await send(`${lab.lab.balancerUrl}/me`, { headers: { Cookie: cookie } })).json.verdict).toBe('unknown-session')
    expect((await post('/token', { grant_type: 'refresh_token', refresh_token: bob.refresh })).json.verdict).toBe('token-revoked')
    // With re-check the access token ends by the time of the change.
    expect((await me(bob.token)).json.verdict).toBe('token-revoked')
    expect(await statuses(alice.token)).toEqual([200, 200])
    expect((await post('/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' })).json.verdict).toBe('bad-credentials')
    expect(await statuses((await logIn('bob', 'a new password')).token)).toEqual([200, 200])
  })

  test('a reset goes back to none, and forgets what was revoked', async () => {
    await settings({ revocation: 'denylist', recheckAccount: true, lifetimes: { accessToken: 60 } })
    const { json } = await lab.call('POST', '/lab/reset')
    expect(json.cluster).toMatchObject({ revocation: 'none', recheckAccount: false, lifetimes: { accessToken: 900 } })
  })
})
