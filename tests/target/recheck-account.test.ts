import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AccountChange, AccountRows } from '../../src/server/storage/account-rows.ts'
import { grant, refresh } from './refresh.ts'
import { type Answer, advance, bearer, forge, logIn, startTarget, type Target } from './support.ts'

let lab: Target
const start = async (recheckAccount: boolean): Promise<void> => {
  lab = await startTarget({ recheckAccount })
}
beforeEach(() => start(true))
afterEach(() => lab.close())

const operator = (change: AccountChange) => new AccountRows(lab.database).change('alice', change)
const setPassword = () => new AccountRows(lab.database).setPasswordHash('alice', '$argon2id$v=19$m=19456,t=2,p=1$a$b', lab.clock.nowMs())
const get = (path: string, token: string) => lab.send('GET', path, { headers: bearer(token) })
const recheckOf = ({ trace }: Answer) => trace.steps.find(({ kind }) => kind === 'account-recheck')
const outcome = ({ status, trace }: Answer) => [status, trace.verdict]

describe('OWASP ASVS 5 V8.3.2, V7.4.2 and V7.4.3: what the operator changes counts at once for a token, as for a session', () => {
  test('an account that is as the token says: one step that shows the row', async () => {
    const { access_token } = await grant(lab)
    const step = recheckOf(await get('/me', access_token))
    expect(step).toMatchObject({
      outcome: 'pass',
      clause: 'OWASP ASVS 5 V8.3.2',
      evidence: { sql: 'SELECT * FROM accounts WHERE name = ?', rows: 1, row: { name: 'alice', role: 'admin', isDisabled: false } },
    })
    expect(JSON.stringify(step)).not.toContain('argon2')
  })

  test('a role taken away is gone at the next request, and given back it is there', async () => {
    const { access_token } = await grant(lab)
    const cookie = await logIn(lab)
    operator({ role: 'user' })
    const [byToken, bySession] = [await get('/admin/users', access_token), await lab.send('GET', '/admin/users', { headers: { cookie } })]
    expect([outcome(byToken), outcome(bySession)]).toEqual([
      [403, 'insufficient-role'],
      [403, 'insufficient-role'],
    ])
    expect(recheckOf(byToken)).toMatchObject({ outcome: 'info', evidence: { token: { role: 'admin' }, effective: { role: 'user' } } })
    expect(byToken.trace.steps.find(({ kind }) => kind === 'role')?.evidence).toEqual({ has: 'user', needs: 'admin', from: 'account' })
    expect((await get('/me', access_token)).body).toMatchObject({ user: { role: 'user' } })
    operator({ role: 'admin' })
    expect(outcome(await get('/admin/users', access_token))).toEqual([200, 'allowed'])
  })

  test('a scope taken away is gone; a scope that the account gained is not in a token that was issued without it', async () => {
    const { access_token } = await grant(lab, { scope: 'profile' })
    const wide = (await grant(lab)).access_token
    expect(outcome(await get('/orders', access_token))).toEqual([403, 'insufficient-scope'])
    operator({ scopes: ['profile'] })
    expect(outcome(await get('/orders', wide))).toEqual([403, 'insufficient-scope'])
    operator({ scopes: ['profile', 'orders:read'] })
    expect(outcome(await get('/orders', wide))).toEqual([200, 'allowed'])
    expect(outcome(await get('/orders', access_token))).toEqual([403, 'insufficient-scope'])
  })

  test('a disabled account: account-disabled, with the challenge of RFC 6750', async () => {
    const { access_token } = await grant(lab)
    operator({ disabled: true })
    const answer = await get('/me', access_token)
    expect(outcome(answer)).toEqual([401, 'account-disabled'])
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(recheckOf(answer)).toMatchObject({
      outcome: 'fail',
      clause: 'OWASP ASVS 5 V7.4.2',
      evidence: { row: { isDisabled: true }, effective: null },
    })
  })

  test('a genuine token for an account that is not there is refused', async () => {
    expect(outcome(await get('/me', forge(lab, { sub: 'nobody' })))).toEqual([401, 'account-disabled'])
  })

  test('a token from before the change of password is revoked, one from after it is good, in the same millisecond too', async () => {
    const before = await grant(lab)
    const change = { currentPassword: 'alice-pass', newPassword: 'a new password' }
    await lab.send('POST', '/password', { json: change, headers: bearer(before.access_token) })
    const refused = await get('/me', before.access_token)
    expect(outcome(refused)).toEqual([401, 'token-revoked'])
    expect(recheckOf(refused)).toMatchObject({
      outcome: 'fail',
      clause: 'OWASP ASVS 5 V7.4.3',
      evidence: { row: { passwordChangedAt: lab.clock.nowMs() } },
    })
    const login = { grant_type: 'password', username: 'alice', password: 'a new password' }
    const after = String((await lab.send('POST', '/token', { json: login })).body['access_token'])
    expect(outcome(await get('/me', after))).toEqual([200, 'allowed'])
  })

  test('a refreshed token from after an operator’s change of password is good: its login had not been ended', async () => {
    const { refresh_token } = await grant(lab)
    advance(lab, 5)
    setPassword()
    const refreshed = String((await refresh(lab, refresh_token)).body['access_token'])
    expect(outcome(await get('/me', refreshed))).toEqual([200, 'allowed'])
  })

  test('a claim of the token is not believed where the account is read: forged with the key, it gets no role', async () => {
    operator({ role: 'user' })
    expect(outcome(await get('/admin/users', forge(lab, { role: 'admin' })))).toEqual([403, 'insufficient-role'])
  })
})

test('without re-check a token is taken at its word until the next one: the session sees the change at once', async () => {
  await lab.close()
  await start(false)
  const { access_token, refresh_token } = await grant(lab)
  const cookie = await logIn(lab)
  operator({ role: 'user' })
  const stale = await get('/admin/users', access_token)
  expect(outcome(stale)).toEqual([200, 'allowed'])
  expect(recheckOf(stale)).toBeUndefined()
  expect(outcome(await lab.send('GET', '/admin/users', { headers: { cookie } }))).toEqual([403, 'insufficient-role'])
  const next = String((await refresh(lab, refresh_token)).body['access_token'])
  expect(outcome(await get('/admin/users', next))).toEqual([403, 'insufficient-role'])
})
