import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { TOKEN_ALGORITHMS } from '../../src/contract/token-algorithm.ts'
import { type Answer, newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab(['--nodes', '3'])
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
})

interface Seen {
  id: string
  port: number
  signingKeyId: string
  verifyingKeyIds: string[]
  jwksFrozen: boolean
}

const ALICE = { username: 'alice', password: 'alice-pass' }
const nodes = async (): Promise<Seen[]> => (await lab.call('GET', '/nodes')).json
const keys = async () => (await lab.call('GET', '/keys')).json
const rotate = (order?: Record<string, unknown>) => lab.call('POST', '/keys/rotate', order)
const post = (path: string, body: unknown): Promise<Answer> =>
  send(`${lab.lab.balancerUrl}${path}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
const issue = async (): Promise<string> => (await post('/token', { grant_type: 'password', ...ALICE })).json.access_token
const logIn = async (): Promise<string> => String((await post('/session', ALICE)).headers['set-cookie']).split(';')[0] ?? ''

/** Of each node in turn: round robin brings every one. */
const verdicts = async (headers: Record<string, string>): Promise<Record<string, string>> => {
  const found: Record<string, string> = {}
  for (const _node of await nodes()) {
    const answer = await send(`${lab.lab.balancerUrl}/me`, { headers })
    found[String(answer.headers['x-authlab-node'])] = answer.json.verdict ?? 'allowed'
  }
  return found
}
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const everywhere = (verdict: string) => ({ 'node-1': verdict, 'node-2': verdict, 'node-3': verdict })
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const jwksAt = (port: number): Promise<Answer> => send(`http://127.0.0.1:${port}/.well-known/jwks.json`)

describe('rotation', () => {
  test('when it has answered, every node signs with the new key and still accepts the tokens of the old; none was restarted', async () => {
    const before = await nodes()
    const token = await issue()
    const { status, json } = await rotate()
    expect({ status, json }).toMatchObject({ status: 200, json: { algorithm: 'HS256', retired: [], tokensEnded: 0, frozenNodes: [] } })
    const after = await nodes()
    expect(after.map(({ port }) => port)).toEqual(before.map(({ port }) => port))
    for (const node of after) expect(node).toMatchObject({ signingKeyId: json.kid, verifyingKeyIds: [json.kid, before[0]?.signingKeyId] })
    for (const _node of after) expect(kidOf(await issue())).toBe(json.kid)
    expect(await verdicts(bearer(token))).toEqual(everywhere('allowed'))
    expect(await verdicts(bearer(await issue()))).toEqual(everywhere('allowed'))
  })

  test('in an emergency every older key is retired at once, and it is told how many live tokens that ends, and of whom', async () => {
    const oldest = await issue()
    await rotate()
    const old = await issue()
    await expect.poll(async () => (await lab.call('GET', '/tokens')).json.length).toBe(2)
    const { json } = await rotate({ emergency: true })
    expect(json.retired).toEqual([kidOf(old), kidOf(oldest)])
    expect(json).toMatchObject({ tokensEnded: 2, accountsEnded: ['alice'], sessionsEnded: 0 })
    expect(json.keys.map(({ state }: { state: string }) => state)).toEqual(['signing', 'retired', 'retired'])
    expect(await verdicts(bearer(oldest))).toEqual(everywhere('unknown-key'))
    expect(await verdicts(bearer(old))).toEqual(everywhere('unknown-key'))
    expect(await verdicts(bearer(await issue()))).toEqual(everywhere('allowed'))
  })

  test('before an emergency it is asked whom it logs out: live tokens, their accounts, clients that hold one, and who can refresh', async () => {
    expect((await lab.call('GET', '/keys/impact')).json).toEqual({
      tokens: { count: 0, accounts: [], clients: [] },
      sessions: { count: 0, accounts: [], clients: [] },
      frozenNodes: [],
    })
    await lab.call('PATCH', '/clients/alice-phone', { mechanism: 'jwt-cookie' })
    for (const client of ['alice-laptop', 'alice-phone', 'bob-laptop']) await lab.call('POST', `/clients/${client}/login`)
    // Of a stranger, under the key before.
    await rotate()
    await issue()
    await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: true })
    await expect.poll(async () => (await lab.call('GET', '/tokens')).json.length).toBe(3)
    const asked = (await lab.call('GET', '/keys/impact')).json
    expect(asked).toEqual({
      tokens: {
        count: 3,
        accounts: ['alice', 'bob'],
        clients: [
          { name: 'Alice·Phone', canRefresh: true },
          { name: 'Bob·Laptop', canRefresh: true },
        ],
      },
      sessions: { count: 1, accounts: ['alice'], clients: [{ name: 'Alice·Laptop', canRefresh: false }] },
      frozenNodes: ['node-2'],
    })
    const { json } = await rotate({ emergency: true })
    expect([json.tokensEnded, json.accountsEnded]).toEqual([asked.tokens.count, asked.tokens.accounts])
    expect((await lab.call('GET', '/keys/impact')).json.tokens).toEqual({ count: 0, accounts: [], clients: [] })
    const sessions = await rotate({ emergency: true, cookieSecret: true })
    expect([sessions.json.sessionsEnded, sessions.json.accountsEnded]).toEqual([asked.sessions.count, asked.sessions.accounts])
  })

  test('a token of a retired key is unknown-key also when the algorithm has changed with the key', async () => {
    const old = await issue()
    await rotate({ algorithm: 'ES256', emergency: true })
    expect(await verdicts(bearer(old))).toEqual(everywhere('unknown-key'))
  })

  test('it is a row in the traffic, with key, algorithm and whether it was an emergency', async () => {
    const { json } = await rotate({ algorithm: 'PS256', emergency: true })
    const { actions } = (await lab.call('GET', '/lab')).json
    expect(actions.at(-1)).toMatchObject({ action: 'key-rotated', params: { kid: json.kid, alg: 'PS256', emergency: true } })
  })

  test('sessions outlive it: their cookie has nothing to do with the keys of tokens', async () => {
    const Cookie = await logIn()
    await rotate({ emergency: true })
    expect(await verdicts({ Cookie })).toEqual(everywhere('allowed'))
  })

  test('a node that was down has the new keys when it is started', async () => {
    await lab.call('POST', '/nodes/node-2/kill')
    const { json } = await rotate()
    await lab.call('POST', '/nodes/node-2/start')
    expect((await nodes())[1]).toMatchObject({ signingKeyId: json.kid })
    expect(await verdicts(bearer(await issue()))).toEqual(everywhere('allowed'))
  })

  test('a node that is added has the new keys', async () => {
    const { json } = await rotate({ algorithm: 'RS256' })
    expect((await lab.call('POST', '/nodes')).json).toMatchObject({ signingKeyId: json.kid })
  })

  test('a reset brings new keys, of HS256, and forgets the old', async () => {
    const { json } = await rotate({ algorithm: 'RS256' })
    const token = await issue()
    await lab.call('POST', '/lab/reset')
    const after = await keys()
    expect(after).toMatchObject({ algorithm: 'HS256', keys: [{ state: 'signing' }] })
    expect(after.keys[0].kid).not.toBe(json.kid)
    expect(await verdicts(bearer(token))).toEqual(everywhere('unknown-key'))
  })

  test('in the middle of a reset it leaves all nodes at the keys of the keyring', async () => {
    const [reset] = await Promise.all([lab.call('POST', '/lab/reset'), rotate({ algorithm: 'HS512' }), rotate({ algorithm: 'RS256' })])
    expect(reset.status).toBe(200)
    const kids = (await keys()).keys.map(({ kid }: { kid: string }) => kid)
    for (const node of await nodes()) expect(node).toMatchObject({ signingKeyId: kids[0], verifyingKeyIds: kids })
  })

  test('keys outlive the lab: a token from before its end is good after its next start', async () => {
    const folder = newFolder()
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const before = await startTestLab([], folder)
    await before.call('POST', '/keys/rotate', { algorithm: 'ES256' })
    const body = { grant_type: 'password', ...ALICE }
    const headers = { 'Content-Type': 'application/json' }
    const issued = await send(`${before.lab.balancerUrl}/token`, { method: 'POST', body, headers })
    const kept = (await before.call('GET', '/keys')).json
    await before.close()
    const after = await startTestLab([], folder)
    onTestFinished(() => after.close())
    expect((await after.call('GET', '/keys')).json).toEqual(kept)
    expect((await send(`${after.lab.balancerUrl}/me`, { headers: bearer(issued.json.access_token) })).status).toBe(200)
  })

  test.each([
    [{ algorithm: 'none' }, 'algorithm'],
    [{ algorithm: 'HS256 ' }, 'algorithm'],
    [{ emergency: 'yes' }, 'emergency'],
    [{ kid: '../x' }, 'kid'],
    [{ cookieSecret: true, algorithm: 'RS256' }, 'algorithm'],
  ])('%j is refused with the field', async (order, field) => {
    const answer = await rotate(order)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(field)
  })
})

describe('a frozen node', () => {
  test('says unknown-key to new tokens while the others accept them, over a restart too, until it thaws', async () => {
    const old = await issue()
    await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: true })
    const { json } = await rotate({ algorithm: 'ES256' })
    expect(json.frozenNodes).toEqual(['node-2'])
    const [, frozen] = await nodes()
    expect(frozen).toMatchObject({ jwksFrozen: true, signingKeyId: kidOf(old), verifyingKeyIds: [kidOf(old)] })
    await lab.call('POST', '/nodes/node-2/drain')
    const token = await issue()
    await lab.call('POST', '/nodes/node-2/start')
    expect(await verdicts(bearer(token))).toEqual({ ...everywhere('allowed'), 'node-2': 'unknown-key' })
    expect(await verdicts(bearer(old))).toEqual(everywhere('allowed'))

    await lab.call('POST', '/nodes/node-2/restart')
    expect(await verdicts(bearer(token))).toEqual({ ...everywhere('allowed'), 'node-2': 'unknown-key' })
    await lab.call('POST', '/nodes/node-2/kill')
    await lab.call('POST', '/nodes/node-2/start')
    expect(await verdicts(bearer(token))).toEqual({ ...everywhere('allowed'), 'node-2': 'unknown-key' })

    const { json: thawed } = await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: false })
    expect(thawed).toMatchObject({ jwksFrozen: false, signingKeyId: json.kid })
    expect(await verdicts(bearer(token))).toEqual(everywhere('allowed'))
  })

  test('goes on accepting tokens of a key that was retired in an emergency', async () => {
    const stolen = await issue()
    await lab.call('PATCH', '/nodes/node-3', { jwksFrozen: true })
    await rotate({ emergency: true })
    expect(await verdicts(bearer(stolen))).toEqual({ ...everywhere('unknown-key'), 'node-3': 'allowed' })
  })

  test('shows the old set at its JWKS address', async () => {
    const { json: first } = await rotate({ algorithm: 'RS256' })
    await lab.call('PATCH', '/nodes/node-1', { jwksFrozen: true })
    const { json: second } = await rotate({ algorithm: 'RS256' })
    const kids = await Promise.all(
      (await nodes()).map(async ({ port }) => (await jwksAt(port)).json.keys.map((key: { kid: string }) => key.kid)),
    )
    expect(kids).toEqual([[first.kid], [second.kid, first.kid], [second.kid, first.kid]])
  })
})

describe('the algorithm', () => {
  test.each(TOKEN_ALGORITHMS)('%s: every node issues tokens by it and accepts those of the others', async (algorithm) => {
    expect((await lab.call('PATCH', '/keys', { algorithm })).json).toMatchObject({ algorithm })
    const token = await issue()
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: algorithm, typ: 'at+jwt' })
    expect(await verdicts(bearer(token))).toEqual(everywhere('allowed'))
  })

  test('that is used already is left as it is, key and all', async () => {
    const before = await keys()
    expect((await lab.call('PATCH', '/keys', { algorithm: 'HS256' })).json).toEqual(before)
  })
})

describe('the JWK Set', () => {
  /** RFC 7517 §9.2: "Private and symmetric keys MUST be protected from disclosure to unintended parties." */
  test('holds no octet of a secret, and no symmetric key', async () => {
    for (const algorithm of TOKEN_ALGORITHMS) await rotate({ algorithm })
    const [node] = await nodes()
    const set = await jwksAt(node?.port ?? 0)
    const answers = [set, await lab.call('GET', '/keys'), await lab.call('GET', '/lab'), await rotate()]
    const file = JSON.parse(readFileSync(join(lab.lab.dataDir, 'keys.json'), 'utf8'))
    const secrets = [
      ...file.cookieSecrets.map(({ secret }: { secret: string }) => secret),
      ...file.tokenKeys.flatMap(({ jwk }: { jwk: Record<string, string> }) =>
        ['k', 'd', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((member) => jwk[member] ?? []),
      ),
    ]
    // One of the cookie, k of four symmetric keys, d of two of the curve, six members of two RSA keys each.
    expect(secrets).toHaveLength(1 + 4 + 2 + 12)
    for (const { text } of answers) for (const secret of secrets) expect(text).not.toContain(secret)
    const { keys: published } = set.json
    expect(published.map(({ kty, alg, use }: Record<string, string>) => [kty, alg, use])).toEqual([
      ['EC', 'ES256', 'sig'],
      ['RSA', 'PS256', 'sig'],
      ['RSA', 'RS256', 'sig'],
    ])
    expect(new Set(published.flatMap(Object.keys))).toEqual(new Set(['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y']))
  })

  test('is empty where there is nothing to publish', async () => {
    const { headers, json } = await send(`${lab.lab.balancerUrl}/.well-known/jwks.json`)
    expect(headers['content-type']).toContain('application/jwk-set+json')
    expect(json).toEqual({ keys: [] })
  })

  test('is enough for somebody else to verify a token', async () => {
    await rotate({ algorithm: 'ES256' })
    const token = await issue()
    const [header = '', payload = '', signature = ''] = token.split('.')
    const { json } = await send(`${lab.lab.balancerUrl}/.well-known/jwks.json`)
    const jwk: JsonWebKey = json.keys.find(({ kid }: { kid: string }) => kid === kidOf(token))
    const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(verify('sha256', Buffer.from(`${header}.${payload}x`), key, Buffer.from(signature, 'base64url'))).toBe(false)
  })
})

describe('the secret of the session cookie', () => {
  test('after a rotation it signs new cookies, and the cookies of the one before are still good', async () => {
    const before = await logIn()
    const { json } = await rotate({ cookieSecret: true })
    expect(json.cookieSecrets).toHaveLength(2)
    expect(json).toMatchObject({ kid: null, sessionsEnded: 0, tokensEnded: 0 })
    expect(await verdicts({ Cookie: before })).toEqual(everywhere('allowed'))
    expect(await verdicts({ Cookie: await logIn() })).toEqual(everywhere('allowed'))
  })

  test('in an emergency the cookies of the one before are refused, and the sessions that lost theirs are counted', async () => {
    const before = await logIn()
    await logIn()
    const { json } = await rotate({ cookieSecret: true, emergency: true })
    expect(json).toMatchObject({ sessionsEnded: 2, accountsEnded: ['alice'], tokensEnded: 0 })
    expect(json.cookieSecrets).toHaveLength(1)
    expect(await verdicts({ Cookie: before })).toEqual(everywhere('bad-cookie-signature'))
    expect(await verdicts({ Cookie: await logIn() })).toEqual(everywhere('allowed'))
  })

  test('a node with a secret of its own keeps it', async () => {
    await lab.call('PATCH', '/nodes/node-1', { ownCookieSecret: true })
    await rotate({ cookieSecret: true })
    const verdict = await verdicts({ Cookie: await logIn() })
    expect(new Set(Object.values(verdict))).toEqual(new Set(['allowed', 'bad-cookie-signature']))
    await lab.call('PATCH', '/nodes/node-1', { ownCookieSecret: false })
    expect(await verdicts({ Cookie: await logIn() })).toEqual(everywhere('allowed'))
  })

  test('its rotation is a row in the traffic that does not tell it', async () => {
    await rotate({ cookieSecret: true })
    expect((await lab.call('GET', '/lab')).json.actions.at(-1)).toMatchObject({
      action: 'cookie-secret-rotated',
      params: { emergency: false },
    })
  })
})
