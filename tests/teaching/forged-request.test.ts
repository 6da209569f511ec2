import { expect, test } from 'vitest'
import type { Client, JarCookie } from '../../src/contract/clients.ts'
import { forgedRequest } from '../../src/server/teaching/forged-request.ts'

const NOW = 1_800_000_000_000
const cookie = (sameSite: JarCookie['sameSite'], more: Partial<JarCookie> = {}): JarCookie => ({
  name: 'sid',
  value: 's%3Aid.signature',
  domain: 'app.localhost',
  path: '/',
  expiresAt: null,
  isHttpOnly: true,
  isSecure: false,
  sameSite,
  createdAt: NOW - 600_000,
  ...more,
})
const client = (cookies: JarCookie[], mechanism: Client['mechanism'] = 'session'): Client => ({
  id: 'alice',
  name: 'Alice',
  account: 'alice',
  device: 'Laptop',
  mechanism,
  isAttacker: false,
  cookies,
  ignoredCookies: [],
  vault: [],
  discarded: [],
  sessionId: null,
})
const isSent = (held: JarCookie, as: 'form' | 'link' | 'script', from: 'cross-site' | 'same-site' = 'cross-site'): boolean => {
  const forged = { as, from, method: as === 'link' ? 'GET' : 'POST', path: '/transfer' }
  return forgedRequest(forged, client([held]), { origin: 'http://evil.localhost:1', nowMs: NOW }).headers.some(
    ([name]) => name === 'Cookie',
  )
}

test('RFC 6265bis §5.6.7.1: "Lax" goes with a cross-site link and not with a form; "Strict" with neither; "None" with both', () => {
  expect([isSent(cookie('Lax'), 'link'), isSent(cookie('Lax'), 'form')]).toEqual([true, false])
  expect([isSent(cookie('Strict'), 'link'), isSent(cookie('Strict'), 'form')]).toEqual([false, false])
  expect([isSent(cookie('None'), 'link'), isSent(cookie('None'), 'form')]).toEqual([true, true])
})

test('RFC 6265bis §5.2: a page of the same site sends every cookie of the path', () => {
  for (const sameSite of ['Lax', 'Strict', 'None', null] as const) expect(isSent(cookie(sameSite), 'form', 'same-site')).toBe(true)
  expect(isSent(cookie('Lax', { path: '/token' }), 'form', 'same-site')).toBe(false)
})

test('a cookie without SameSite goes with a cross-site form for its first two minutes, as in Chromium', () => {
  expect(isSent(cookie(null), 'form')).toBe(false)
  expect(isSent(cookie(null, { createdAt: NOW - 119_000 }), 'form')).toBe(true)
  expect(isSent(cookie(null), 'link')).toBe(true)
})

test('Fetch §4.8: of a script that sends JSON the preflight alone goes out, and no credential with it', () => {
  const forged = { as: 'script', from: 'same-site', method: 'POST', path: '/transfer' } as const
  const sent = forgedRequest(forged, client([cookie('None')]), { origin: 'http://evil.app.localhost:1', nowMs: NOW })
  expect(sent).toEqual({
    method: 'OPTIONS',
    path: '/transfer',
    headers: [
      ['Origin', 'http://evil.app.localhost:1'],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'content-type'],
      ['Sec-Fetch-Site', 'same-site'],
      ['Sec-Fetch-Mode', 'cors'],
    ],
  })
})
