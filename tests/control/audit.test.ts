import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import type { AuditEntry } from '../../src/contract/audit.ts'
import { newFolder, startTestLab } from '../support/start-lab.ts'

async function start(folder?: string) {
  const lab = await startTestLab([], folder)
  onTestFinished(() => lab.close())
  const audit = async (query = ''): Promise<AuditEntry[]> => (await lab.call('GET', `/audit${query}`)).json
  return { ...lab, audit }
}
const told = ({ kind, action, account, verdict }: AuditEntry) => [action ?? kind, account, verdict]

test('logins, failures, revocations and changes of accounts are written down, newest first, each with its request', async () => {
  const { call, audit } = await start()
  await call('PATCH', '/cluster', { revocation: 'denylist' })
  await call('POST', '/clients/alice-laptop/login')
  await call('POST', '/clients/bob-laptop/login')
  await call('POST', '/clients/bob-laptop/login', { username: 'bob', password: 'wrong' })
  await call('PATCH', '/accounts/bob', { role: 'admin' })
  await call('POST', '/clients/bob-laptop/logout')
  const entries = await audit()
  expect(entries.map(told)).toEqual([
    ['revocation', 'bob', 'allowed'],
    ['account-changed', 'bob', null],
    ['login-failed', 'bob', 'bad-credentials'],
    ['login', 'bob', 'allowed'],
    ['login', 'alice', 'allowed'],
  ])
  const { json: exchange } = await call('GET', `/exchanges/${entries[4]?.exchange}`)
  expect(exchange).toMatchObject({ method: 'POST', path: '/session', verdict: 'allowed' })
  expect(entries[1]).toMatchObject({ kind: 'operator', params: { role: 'admin' } })
})

test('OWASP ASVS 5 V16.2.5: no usable id, no password and no unknown name is in the log', async () => {
  const { call, audit } = await start()
  for (const client of ['alice-laptop', 'bob-laptop']) await call('POST', `/clients/${client}/login`)
  await call('POST', '/clients/mallory/login', { username: 'my-password-in-the-wrong-field', password: 'x' })
  const [token] = (await call('GET', '/tokens')).json
  await call('POST', `/tokens/${token.jti}/revoke`)
  const [session] = (await call('GET', '/sessions')).json
  await call('DELETE', `/sessions/${session.id}`)
  await call('PATCH', '/accounts/bob', { password: 'a-new-password-of-bob' })
  const { json: clients } = await call('GET', '/clients')
  const secrets = clients.flatMap(({ cookies, vault }: { cookies: { value: string }[]; vault: { token: string }[] }) => [
    ...cookies.map(({ value }) => value),
    ...vault.map(({ token: held }) => held),
  ])
  const text = JSON.stringify(await audit())
  for (const secret of [...secrets, token.jti, 'my-password-in-the-wrong-field', 'a-new-password-of-bob'])
    expect(text).not.toContain(secret)
  const unknown = (await audit('?kind=login-failed'))[0]
  expect(unknown).toMatchObject({ account: null, subject: { kind: 'name' } })
  expect(unknown?.subject?.hash).toMatch(/^[0-9a-f]{32}$/)
})

test('what was typed as a name is never in the log: not when it looks like a hash itself, and not as one that a list of passwords finds', async () => {
  const { call, audit } = await start()
  const typed = ['0123456789abcdef0123456789abcdef', 'hunter2']
  for (const username of [...typed, 'hunter2']) await call('POST', '/clients/mallory/login', { username, password: 'x' })
  const entries = await audit('?kind=login-failed')
  const hashes = entries.map(({ subject }) => subject?.hash)
  expect(new Set(hashes).size).toBe(2)
  expect(hashes[0]).toBe(hashes[1])
  for (const name of typed) {
    expect(JSON.stringify(entries)).not.toContain(name)
    expect(hashes).not.toContain(createHash('sha256').update(name).digest('hex').slice(0, 32))
  }
})

test('reuse of a refresh token is written down, and found by its words', async () => {
  const { call, lab, audit } = await start()
  await call('POST', '/clients/bob-laptop/login')
  const { json: clients } = await call('GET', '/clients')
  const bob = clients.find(({ id }: { id: string }) => id === 'bob-laptop')
  const refresh = bob.vault.find(({ kind }: { kind: string }) => kind === 'refresh').token
  const use = () =>
    fetch(`${lab.balancerUrl}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh }),
    })
  expect((await use()).status).toBe(200)
  expect((await use()).status).toBe(400)
  await expect
    .poll(async () => (await audit('?q=refresh-reused%20bob')).map(told))
    .toEqual([
      ['revocation', 'bob', 'refresh-reused'],
      ['refresh-reused', 'bob', 'refresh-reused'],
    ])
  expect(await audit('?account=alice')).toEqual([])
  expect(await audit('?limit=1')).toHaveLength(1)
})

test('the log outlives a restart, goes on where it was, and is emptied by a reset', async () => {
  const folder = newFolder()
  const first = await start(folder)
  await first.call('POST', '/clients/alice-laptop/login')
  await first.close()
  const second = await start(folder)
  expect((await second.audit()).map(told)).toEqual([['login', 'alice', 'allowed']])
  await second.call('POST', '/clients/bob-laptop/login')
  expect((await second.audit()).map(({ id }) => id)).toEqual(['2', '1'])
  await second.call('POST', '/lab/reset')
  expect(await second.audit()).toEqual([])
})

const basic = (id: string, secret: string) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })

test.each(['/token', '/token/revoke', '/token/introspect'])(
  'OWASP ASVS 5 V16.3.1: an OAuth client that fails to authenticate at %s is written down with the reason; its id as a keyed hash alone',
  async (path) => {
    const { call, lab, audit } = await start()
    const { json: clients } = await call('GET', '/oauth-clients')
    const { id, secret } = clients[0]
    const post = (headers: Record<string, string>, body: Record<string, string> = {}) =>
      fetch(`${lab.balancerUrl}${path}`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ token: 'x', grant_type: 'refresh_token', refresh_token: 'x', ...body }),
      })
    const failures: [reason: string, headers: Record<string, string>, body?: Record<string, string>][] = [
      ['wrong-secret', basic(id, 'a-guess-at-the-secret')],
      ['unknown-client', basic('my-password-as-a-client', 'x')],
      ['malformed', { Authorization: 'Basic %%%' }],
      ['two-methods', basic(id, secret), { client_secret: secret }],
      ['absent', {}, { client_id: id }],
    ]
    await post(basic(id, secret))
    for (const [reason, headers, body] of failures) {
      await post(headers, body)
      // Each node tells in its own time: one after the other keeps the order.
      await expect.poll(async () => (await audit('?limit=1'))[0]?.params['reason']).toBe(reason)
    }
    const entries = await audit('?kind=client-authentication-failed')
    expect(entries).toHaveLength(5)
    for (const { account, params } of entries) expect([account, params['endpoint']]).toEqual([null, path])
    expect(entries.map(({ verdict }) => verdict)).toEqual(['no-credential', ...Array(4).fill('bad-credentials')])
    const hashes = entries.map(({ subject }) => subject?.hash ?? null)
    expect(entries[4]?.subject).toEqual({ kind: 'client', hash: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect([hashes[0], hashes[1]]).toEqual([hashes[4], hashes[4]])
    expect(hashes[2]).toBeNull()
    expect(hashes[3]).not.toBe(createHash('sha256').update('my-password-as-a-client').digest('hex').slice(0, 32))
    const text = JSON.stringify(entries)
    for (const word of [id, secret, 'a-guess-at-the-secret', 'my-password-as-a-client']) expect(text).not.toContain(word)
    expect(await audit('?q=wrong-secret')).toHaveLength(1)
  },
)

test('a request to an OAuth endpoint that needs no authentication, and one that succeeds, are no failure of a client', async () => {
  const { call, audit } = await start()
  await call('POST', '/clients/bob-laptop/login')
  await call('POST', '/clients/bob-laptop/refresh')
  await call('POST', '/clients/bob-laptop/logout')
  expect((await audit()).map(({ kind }) => kind)).toEqual(['revocation', 'login'])
})
