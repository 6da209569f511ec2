import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Step } from '../../src/contract/step.ts'
import type { Verdict } from '../../src/contract/verdict.ts'
import { verdictClause } from '../../src/renderer/panels/inspector/story/step-words.ts'
import { AccountRows } from '../../src/server/storage/account-rows.ts'
import { grant, refresh } from '../target/refresh.ts'
import { type Answer, advance, bearer, forge, LIFETIMES, logIn, signedCookie, startTarget, type Target } from '../target/support.ts'

const KNOWN: ReadonlySet<string | null | undefined> = new Set(
  [...readFileSync(new URL('../../docs/clauses.md', import.meta.url), 'utf8').matchAll(/^\| ([^|]+) \|/gm)].map(([, clause]) => clause),
)
/** What this lab does, and no standard asks for. */
const OF_THE_LAB: ReadonlySet<Step['kind']> = new Set(['node-latency', 'session-write', 'session-overwrite'])

let lab: Target
beforeAll(async () => {
  lab = await startTarget({ recheckAccount: true })
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const JSON_BODY = { 'content-type': 'application/json' }
const get = (path: string, headers: Record<string, string>): Promise<Answer> => lab.send('GET', path, { headers })

/** Each way to be let in, and each to be refused, that one target has. */
const WAYS: Readonly<Record<string, readonly [Verdict, () => Promise<Answer>]>> = {
  'a login by session': ['allowed', () => lab.send('POST', '/session', { json: { username: 'alice', password: 'alice-pass' } })],
  'a request by session': ['allowed', async () => get('/me', { cookie: await logIn(lab) })],
  'its list of sessions': ['allowed', async () => get('/sessions', { cookie: await logIn(lab) })],
  'a logout everywhere': ['allowed', async () => lab.send('DELETE', '/sessions', { headers: { ...JSON_BODY, cookie: await logIn(lab) } })],
  'a request by token': ['allowed', async () => get('/orders', bearer((await grant(lab)).access_token))],
  'a refresh': ['allowed', async () => refresh(lab, (await grant(lab)).refresh_token)],
  'a revocation': ['allowed', async () => lab.send('POST', '/token/revoke', { json: { token: (await grant(lab)).refresh_token } })],
  'a change of password': [
    'allowed',
    async () => {
      const json = { currentPassword: 'alice-pass', newPassword: 'another password' }
      return lab.send('POST', '/password', { json, headers: bearer((await grant(lab)).access_token) })
    },
  ],
  'no credential': ['no-credential', () => get('/me', {})],
  'a wrong password': ['bad-credentials', () => lab.send('POST', '/session', { json: { username: 'alice', password: 'wrong' } })],
  'a client that proves nothing': ['no-credential', () => lab.send('POST', '/token/introspect', { body: 'token=x' })],
  'a request of another origin': [
    'csrf-blocked',
    async () => lab.send('POST', '/transfer', { json: {}, headers: { cookie: await logIn(lab), 'sec-fetch-site': 'same-site' } }),
  ],
  'a form': ['csrf-blocked', async () => lab.send('POST', '/transfer', { body: 'to=x', headers: { cookie: await logIn(lab) } })],
  'an unsigned cookie': ['bad-cookie-signature', () => get('/me', { cookie: 'sid=plain' })],
  'an unknown session': ['unknown-session', () => get('/me', { cookie: signedCookie(lab, 'planted-by-somebody-else-000000') })],
  'an idle session': [
    'session-expired',
    async () => {
      const cookie = await logIn(lab)
      advance(lab, LIFETIMES.sessionIdle)
      return get('/me', { cookie })
    },
  ],
  'what is no token': ['malformed-token', () => get('/me', bearer('no token'))],
  'three parts that are no token': ['malformed-token', () => get('/me', bearer('a.b.c'))],
  'another issuer': ['wrong-issuer', () => get('/me', bearer(forge(lab, { iss: 'https://evil.example' })))],
  'another audience': ['wrong-audience', () => get('/me', bearer(forge(lab, { aud: 'another' })))],
  'an expired token': [
    'token-expired',
    async () => {
      const { access_token } = await grant(lab)
      advance(lab, LIFETIMES.accessToken)
      return get('/me', bearer(access_token))
    },
  ],
  'a disabled account': [
    'account-disabled',
    async () => {
      const { access_token } = await grant(lab, {}, 'bob')
      new AccountRows(lab.database).change('bob', { disabled: true })
      return get('/me', bearer(access_token))
    },
  ],
  'too low a role': ['insufficient-role', async () => get('/admin/users', bearer((await grant(lab, {}, 'bob')).access_token))],
  'too small a scope': ['insufficient-scope', async () => get('/orders', bearer((await grant(lab, { scope: 'profile' })).access_token))],
  'an unknown refresh token': ['refresh-unknown', () => refresh(lab, 'made-up')],
  'a reused refresh token': [
    'refresh-reused',
    async () => {
      const { refresh_token } = await grant(lab)
      await refresh(lab, refresh_token)
      return refresh(lab, refresh_token)
    },
  ],
}

test.each(Object.entries(WAYS))('%s: each step but those of the lab has its clause, and so has the verdict', async (_, [verdict, ask]) => {
  const { trace } = await ask()
  const { steps } = trace
  expect(trace.verdict).toBe(verdict)
  for (const { kind, clause } of steps.filter((step) => !OF_THE_LAB.has(step.kind))) {
    expect(KNOWN.has(clause), `${kind}: ${clause}`).toBe(true)
  }
  const clause = verdictClause({ verdict, steps })
  expect(KNOWN.has(clause), `${verdict}: ${clause}`).toBe(true)
})
