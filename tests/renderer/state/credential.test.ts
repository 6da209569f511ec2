import { expect, test } from 'vitest'
import type { Client } from '../../../src/contract/clients.ts'
import { credentialOf, isHeld, isSeenRefused, standingOf, whyNoRefresh } from '../../../src/renderer/panels/clients/credential.ts'

const none = { sessions: new Map(), hasAllSessions: true, goneSessions: new Set<string>() }
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = `${part({ alg: 'HS256' })}.${part({ iat: 100, exp: 1000 })}.${Buffer.alloc(32).toString('base64url')}`
const inVault = { kind: 'access' as const, token, receivedAt: 0, expiresAt: 1_000_000 }
const base: Client = {
  id: 'a',
  name: 'Alice·Laptop',
  account: 'alice',
  device: 'Laptop',
  mechanism: 'jwt-bearer',
  isAttacker: false,
  cookies: [],
  ignoredCookies: [],
  vault: [],
  discarded: [],
  sessionId: null,
}
const cookie = (name: string, value: string): Client['cookies'][number] => ({
  name,
  value,
  domain: 'app.localhost',
  path: '/',
  expiresAt: null,
  isHttpOnly: true,
  isSecure: false,
  sameSite: 'Lax',
  createdAt: 0,
})
const row = {
  id: 's',
  account: 'alice',
  createdAt: 0,
  lastSeenAt: 10_000,
  idleExpiresAt: 70_000,
  absoluteExpiresAt: 50_000,
  node: null,
  device: null,
}

test('a client that holds nothing has no credential', () => {
  expect(credentialOf(base, none)).toBeNull()
})

test('a token lives from iat to exp, and dies at exp itself', () => {
  const credential = credentialOf({ ...base, vault: [inVault] }, none)
  expect(credential).toMatchObject({ expiresAt: 1_000_000, lifeMs: 900_000, isDiscarded: false })
  expect(credential && standingOf(credential, 999_999)).toBe('live')
  expect(credential && standingOf(credential, 1_000_000)).toBe('expired')
})

test('a token is revoked once a request with it, or with what ended along with it, has been refused', () => {
  const claims = { iat: 100, exp: 1000, jti: 'one', sid: 'device', sub: 'alice' }
  const value = `${part({ alg: 'HS256' })}.${part(claims)}.${Buffer.alloc(32).toString('base64url')}`
  const credential = credentialOf({ ...base, vault: [{ ...inVault, token: value }] }, none)
  if (!credential) throw new Error('no credential')
  const ended = { scope: 'token', account: 'alice', jti: 'one', sid: null, at: 200_000, refused: 1 } as const
  expect(standingOf(credential, 500_000, isSeenRefused(credential, [ended]))).toBe('revoked')
  expect(isSeenRefused(credential, [{ ...ended, refused: 0 }])).toBe(false)
  expect(isSeenRefused(credential, [{ ...ended, jti: 'other' }])).toBe(false)
  expect(isSeenRefused(credential, [{ ...ended, scope: 'device', jti: null, sid: 'device' }])).toBe(true)
  expect(isSeenRefused(credential, [{ ...ended, scope: 'account', jti: null }])).toBe(true)
  // Issued after everything was revoked: it is good.
  expect(isSeenRefused(credential, [{ ...ended, scope: 'account', jti: null, at: 50_000 }])).toBe(false)
  expect(isSeenRefused(credential, [{ ...ended, scope: 'session', jti: null }])).toBe(false)
})

test('only a JWT client that holds a refresh token can refresh', () => {
  const held = { ...inVault, kind: 'refresh' as const, token: 'opaque', expiresAt: null }
  expect(whyNoRefresh({ ...base, vault: [inVault, held] })).toBeNull()
  expect(credentialOf({ ...base, vault: [inVault, held] }, none)?.value).toBe(token)
  expect(whyNoRefresh({ ...base, vault: [inVault] })).toBe('noToken')
  expect(whyNoRefresh({ ...base, mechanism: 'jwt-cookie', cookies: [cookie('refresh_token', 'opaque')] })).toBeNull()
  expect(whyNoRefresh({ ...base, mechanism: 'session', vault: [held] })).toBe('rolls')
})

test('a token thrown away at logout is shown as discarded until it expires, and no longer counts as held', () => {
  const credential = credentialOf({ ...base, discarded: [inVault] }, none)
  expect(isHeld(credential)).toBe(false)
  expect(credential && standingOf(credential, 0)).toBe('discarded')
  expect(credential && standingOf(credential, 1_000_000)).toBe('discarded-expired')
})

test('only the credential of the mechanism in force counts', () => {
  const client: Client = { ...base, mechanism: 'jwt-cookie', vault: [inVault], cookies: [cookie('sid', 's:x.y')] }
  expect(credentialOf(client, none)).toBeNull()
})

test('a session ends at the earlier of its two limits', () => {
  const client: Client = { ...base, mechanism: 'session', cookies: [cookie('sid', 's:x.y')], sessionId: 's' }
  expect(credentialOf(client, { ...none, sessions: new Map([['s', row]]) })).toMatchObject({ expiresAt: 50_000, lifeMs: 40_000 })
})

test('a cookie whose row left the store says so', () => {
  const client: Client = { ...base, mechanism: 'session', cookies: [cookie('sid', 's:x.y')], sessionId: 's' }
  const credential = credentialOf(client, none)
  expect(credential && standingOf(credential, 0)).toBe('row-gone')
})

test('a row that was perhaps never read is not called gone; one whose removal was told is', () => {
  const client = { ...base, mechanism: 'session' as const, sessionId: 's', cookies: [cookie('sid', 's%3Aid.mac')] }
  const some = { ...none, hasAllSessions: false }
  expect(credentialOf(client, some)).toMatchObject({ isRowGone: false })
  expect(credentialOf(client, { ...some, goneSessions: new Set(['s']) })).toMatchObject({ isRowGone: true })
})
