import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { STORE_KINDS } from '../../src/contract/cluster.ts'
import type { RefreshFamily } from '../../src/contract/refresh-families.ts'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab(['--nodes', '2', '--strategy', 'round-robin'])
})
afterAll(() => lab.close())

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${lab.lab.balancerUrl}${path}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
const nodeOf = (answer: Answer): string => String(answer.headers['x-authlab-node'])
const logIn = (): Promise<Answer> => post('/token', { grant_type: 'password', username: 'alice', password: 'alice-pass' })
const refresh = (refresh_token: string): Promise<Answer> => post('/token', { grant_type: 'refresh_token', refresh_token })
/** Asks until the node asked for, or another one, takes it; a memory store knows the token on one node alone. */
const refreshOn = async (token: string, isWanted: (node: string) => boolean): Promise<Answer> => {
  // One turn of round-robin in between decides which node is next.
  for (let tries = 0; tries < 4; tries++) {
    const probe = await send(`${lab.lab.balancerUrl}/healthz`)
    if (!isWanted(nodeOf(probe))) return refresh(token)
  }
  throw new Error('round-robin does not take turns')
}
const families = async (): Promise<RefreshFamily[]> => (await lab.call('GET', '/refresh-families?account=alice')).json

describe.each(STORE_KINDS)('with the session store %s', (store) => {
  beforeEach(async () => {
    await lab.call('POST', '/lab/reset')
    expect((await lab.call('PATCH', '/cluster', { store })).json).toMatchObject({ store, storeState: 'ok' })
  })

  test('a login begins a family that GET /refresh-families shows, wherever it is kept', async () => {
    const answer = await logIn()
    expect(answer.status).toBe(200)
    await refreshOn(answer.json.refresh_token, (node) => node === nodeOf(answer))
    const [family] = await families()
    expect(family).toMatchObject({ account: 'alice', state: 'active' })
    expect(family?.members).toHaveLength(2)
  })

  test(`the node that did not take the login ${store === 'memory' ? 'does not know' : 'rotates'} its refresh token`, async () => {
    const answer = await logIn()
    const elsewhere = await refreshOn(answer.json.refresh_token, (node) => node !== nodeOf(answer))
    expect(nodeOf(elsewhere)).not.toBe(nodeOf(answer))
    if (store === 'memory') expect(elsewhere.json).toMatchObject({ error: 'invalid_grant', verdict: 'refresh-unknown' })
    else expect(elsewhere.status).toBe(200)
  })

  test('two tabs refresh at once: one is the first, the other ends the family', async () => {
    if (store === 'memory') await lab.call('DELETE', '/nodes/node-2')
    const { refresh_token } = (await logIn()).json
    const tabs = await Promise.all([refresh(refresh_token), refresh(refresh_token)])
    expect(tabs.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(tabs.find(({ status }) => status === 400)?.json).toMatchObject({ error: 'invalid_grant', verdict: 'refresh-reused' })
    expect((await families())[0]).toMatchObject({ state: 'revoked', revokedReason: 'reused' })
  })

  test('logging an account out, and disabling it, ends its families on every node', async () => {
    await logIn()
    await logIn()
    expect((await families()).map(({ state }) => state)).toEqual(['active', 'active'])
    await lab.call('DELETE', '/accounts/alice/sessions')
    expect((await families()).map(({ revokedReason }) => revokedReason)).toEqual(['logout-everywhere', 'logout-everywhere'])
    await logIn()
    await lab.call('PATCH', '/accounts/alice', { disabled: true })
    expect((await families())[0]).toMatchObject({ revokedReason: 'account-disabled' })
  })

  test('a change of the password ends the families that its node knows', async () => {
    if (store === 'memory') await lab.call('DELETE', '/nodes/node-2')
    const { access_token } = (await logIn()).json
    const change = { currentPassword: 'alice-pass', newPassword: 'another password' }
    expect((await post('/password', change, { Authorization: `Bearer ${access_token}` })).status).toBe(200)
    expect((await families())[0]).toMatchObject({ state: 'revoked', revokedReason: 'password-changed' })
  })

  test('a reset leaves no family', async () => {
    await logIn()
    await lab.call('POST', '/lab/reset')
    await lab.call('PATCH', '/cluster', { store })
    expect(await families()).toEqual([])
  })

  test('while the store is out nothing is refreshed: 503, and the token is as good as before', async () => {
    if (store === 'memory') await lab.call('DELETE', '/nodes/node-2')
    const { refresh_token } = (await logIn()).json
    await lab.call('PATCH', '/cluster', { storeOut: true })
    expect(await refresh(refresh_token)).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
    await lab.call('PATCH', '/cluster', { storeOut: false })
    expect((await refresh(refresh_token)).status).toBe(200)
  })
})
