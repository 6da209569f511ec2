import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { STORE_KINDS } from '../../src/contract/cluster.ts'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab(['--nodes', '2', '--strategy', 'round-robin'])
})
afterAll(() => lab.close())

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${lab.lab.balancerUrl}${path}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } })
const logIn = async (): Promise<{ access_token: string; refresh_token: string }> =>
  (await post('/token', { grant_type: 'password', username: 'alice', password: 'alice-pass' })).json
const me = (token: string): Promise<Answer> => send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
interface Seen {
  id: string
  node: string
  client: string | null
  clientName: string | null
  path: string
  status: number
  steps: { kind: string; outcome: string; evidence: Record<string, unknown> }[]
}
const exchanges = async (query: string): Promise<Seen[]> => (await lab.call('GET', `/exchanges?${query}`)).json
const storyOf = async (answer: Answer): Promise<Seen> => (await lab.call('GET', `/exchanges/${answer.headers['x-authlab-exchange']}`)).json
const introspectionStep = ({ steps }: Seen) => steps.find(({ kind }) => kind === 'token-introspection')

beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
  expect((await lab.call('PATCH', '/cluster', { revocation: 'introspection' })).json).toMatchObject({ revocation: 'introspection' })
})

describe('resource servers that introspect (RFC 7662)', () => {
  test('ask on every request, for real: the question is an exchange of its own, in the name of the node that asks', async () => {
    const { access_token: token } = await logIn()
    const answers = [await me(token), await me(token)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const asked = await exchanges('q=/token/introspect')
    expect(asked).toHaveLength(2)
    for (const [at, answer] of answers.entries()) {
      const story = await storyOf(answer)
      const question = asked[at]
      expect(question).toMatchObject({ client: story.node, clientName: story.node, status: 200 })
      expect(introspectionStep(story)).toMatchObject({ outcome: 'pass', evidence: { answer: { active: true }, exchange: question?.id } })
      // What is asked here is answered here: nobody asks on.
      expect(question?.steps.filter(({ kind }) => kind === 'token-introspection')).toHaveLength(1)
      expect(question?.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['client-authentication', 'token-denylist']))
    }
  })

  test('the nodes count these questions as look-ups for revocation', async () => {
    const { access_token: token } = await logIn()
    for (let count = 0; count < 3; count++) await me(token)
    const reads = async (): Promise<number> =>
      (await lab.call('GET', '/nodes')).json.reduce((sum: number, node: { revocationReads: number }) => sum + node.revocationReads, 0)
    // One by the resource server and one in the denylist, each time.
    await expect.poll(reads, { timeout: 5000 }).toBe(6)
  })

  test('a token that is no good is refused before anybody is asked', async () => {
    const { access_token: token } = await logIn()
    expect((await me(`${token.slice(0, -3)}abc`)).status).toBe(401)
    expect(await exchanges('q=/token/introspect')).toEqual([])
  })

  test('one node alone asks itself and is answered', async () => {
    await lab.call('DELETE', '/nodes/node-2')
    const { access_token: token } = await logIn()
    const answers = await Promise.all(Array.from({ length: 40 }, () => me(token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('while nodes are killed a request is answered or refused with 503, never let in unasked', async () => {
    const { access_token: token } = await logIn()
    await lab.call('POST', '/nodes/node-1/kill')
    expect((await me(token)).status).toBe(200)
  })

  test('an authorization server that cannot answer lets nobody in: 503 store-unavailable, and the step says why', async () => {
    const { access_token: token } = await logIn()
    await lab.call('PATCH', '/cluster', { storeOut: true })
    const refused = await me(token)
    expect(refused).toMatchObject({ status: 503, json: { verdict: 'store-unavailable' } })
    expect(introspectionStep(await storyOf(refused))).toMatchObject({
      outcome: 'fail',
      evidence: { isReached: false, reason: 'It answered 503.' },
    })
    await lab.call('PATCH', '/cluster', { storeOut: false })
    expect((await me(token)).status).toBe(200)
  })

  test('a disabled account is out at once', async () => {
    const { access_token: token } = await logIn()
    await lab.call('PATCH', '/accounts/alice', { disabled: true })
    expect(await me(token)).toMatchObject({ status: 401, json: { verdict: 'token-revoked' } })
  })
})

describe.each(STORE_KINDS)('POST /token/revoke with an access token, kept in %s (RFC 7009)', (store) => {
  beforeEach(async () => {
    await lab.call('PATCH', '/cluster', { store })
    // In memory only the node that was asked knows.
    if (store === 'memory') {
      await lab.call('DELETE', '/nodes/node-2')
    }
  })

  test.each(['denylist', 'introspection', 'not-before', 'version'] as const)(
    '§2.1: by the way %s the token is refused on the next request, whatever the hint said; the refresh token goes on',
    async (revocation) => {
      await lab.call('PATCH', '/cluster', { revocation })
      const { access_token: token, refresh_token } = await logIn()
      expect((await me(token)).status).toBe(200)
      expect((await post('/token/revoke', { token, token_type_hint: 'refresh_token' })).status).toBe(200)
      expect(await me(token)).toMatchObject({ status: 401, json: { verdict: 'token-revoked' } })
      expect((await post('/token', { grant_type: 'refresh_token', refresh_token })).status).toBe(200)
      // §2.2: "invalid tokens do not cause an error response".
      expect((await post('/token/revoke', { token })).status).toBe(200)
    },
  )
})

test('§2.2.1: where nothing is looked up an access token is an unsupported_token_type', async () => {
  await lab.call('PATCH', '/cluster', { revocation: 'none' })
  const { access_token: token } = await logIn()
  expect(await post('/token/revoke', { token })).toMatchObject({ status: 400, json: { error: 'unsupported_token_type' } })
  expect((await me(token)).status).toBe(200)
})

test('§2.2: a token that was tampered with, or is none, is no error; §2.1: one of another client is', async () => {
  await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
  const { access_token: token } = await logIn()
  expect((await post('/token/revoke', { token: `${token.slice(0, -3)}abc` })).status).toBe(200)
  expect((await post('/token/revoke', { token: 'a.b.c' })).status).toBe(200)
  expect(await post('/token/revoke', { token, client_id: 'portal' })).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  expect((await me(token)).status).toBe(200)
})

test('prefixes of cookies and groups in tokens are settings of all nodes; a client that cannot store its cookie says so', async () => {
  const { json } = await lab.call('PATCH', '/cluster', { cookiePrefix: true, extraClaims: 40 })
  expect(json).toMatchObject({ cookiePrefix: true, extraClaims: 40 })
  expect((await lab.call('PATCH', '/cluster', { extraClaims: 101 })).status).toBe(400)
  const client = (await lab.call('POST', '/clients', { name: 'Alice·Tablet', account: 'alice', mechanism: 'jwt-cookie' })).json
  await lab.call('POST', `/clients/${client.id}/login`, {})
  const held = async () => (await lab.call('GET', '/clients')).json.find(({ id }: { id: string }) => id === client.id)
  expect(await held()).toMatchObject({
    cookies: [{ name: '__Secure-refresh_token', isSecure: true }],
    ignoredCookies: [{ name: '__Host-access_token', octets: expect.toSatisfy((octets) => octets > 4096) }],
  })
  await lab.call('PATCH', '/cluster', { extraClaims: 5 })
  await lab.call('POST', `/clients/${client.id}/refresh`)
  expect(await held()).toMatchObject({
    cookies: expect.arrayContaining([expect.objectContaining({ name: '__Host-access_token' })]),
    ignoredCookies: [],
  })
  const { exchanges: caused } = (await lab.call('POST', `/clients/${client.id}/requests`, { path: '/me' })).json
  expect((await lab.call('GET', `/exchanges/${caused[0]}`)).json).toMatchObject({ status: 200, mechanism: 'jwt-cookie' })
  await lab.call('DELETE', `/clients/${client.id}`)
})

test('as a bearer the same token goes through until the head passes 16 KiB: then it is a 431, and the operator is told', async () => {
  const client = (await lab.call('POST', '/clients', { name: 'Alice·Watch', account: 'alice', mechanism: 'jwt-bearer' })).json
  const call = async (extraClaims: number): Promise<Answer> => {
    await lab.call('PATCH', '/cluster', { extraClaims, revocation: 'introspection' })
    await lab.call('POST', `/clients/${client.id}/login`, {})
    return lab.call('POST', `/clients/${client.id}/requests`, { path: '/me' })
  }
  const large = await call(80)
  expect((await lab.call('GET', `/exchanges/${large.json.exchanges[0]}`)).json).toMatchObject({ status: 200 })
  const tooLarge = await call(100)
  expect(tooLarge.status).toBe(409)
  expect(tooLarge.json.message).toMatch(/431/)
  await lab.call('DELETE', `/clients/${client.id}`)
})
