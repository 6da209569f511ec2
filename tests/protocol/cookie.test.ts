import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCookieValue, parseCookieHeader } from '../../src/protocol/cookie.ts'
import { parseProblem } from '../../src/protocol/problem.ts'
import { parseSetCookie } from '../../src/protocol/set-cookie.ts'

describe('Cookie header', () => {
  test('pairs keep their order and repeated names (RFC 6265 §4.2.2)', () => {
    expect(parseCookieHeader('sid=1; a="quoted"; sid=2; junk; =x; b=c=d')).toEqual([
      { name: 'sid', value: '1' },
      { name: 'a', value: 'quoted' },
      { name: 'sid', value: '2' },
      { name: 'b', value: 'c=d' },
    ])
  })

  test('broken percent-encoding is left as it is', () => {
    expect(decodeCookieValue('s%3Aabc')).toBe('s:abc')
    expect(decodeCookieValue('%E0%A4%A')).toBe('%E0%A4%A')
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCookieHeader(text).map((pair) => decodeCookieValue(pair.value))))
  })
})

describe('Set-Cookie header', () => {
  test('all attributes are read', () => {
    expect(
      parseSetCookie(
        'sid=s%3Aa.b; Path=/; HttpOnly; SameSite=lax; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Secure; Domain=.Example.com',
      ),
    ).toMatchObject({
      name: 'sid',
      value: 's%3Aa.b',
      path: '/',
      domain: 'example.com',
      isHttpOnly: true,
      isSecure: true,
      sameSite: 'Lax',
      maxAgeSeconds: 60,
      expiresAtMs: 10_000,
    })
  })

  test('an absent attribute is null, an unknown SameSite too', () => {
    expect(parseSetCookie('a=b; SameSite=Sometimes')).toMatchObject({
      domain: null,
      path: null,
      maxAgeSeconds: null,
      expiresAtMs: null,
      sameSite: null,
    })
  })

  test('a header without a pair or with a control character is ignored (RFC 6265bis §5.6)', () => {
    expect(parseSetCookie('nothing')).toBeNull()
    expect(parseSetCookie('a=\u0000b')).toBeNull()
  })
})

test('a problem detail is read and its unknown members are ignored (RFC 9457 §3.2)', () => {
  expect(parseProblem('{"title":"Unauthorized","status":401,"verdict":"no-credential","x":1}')).toEqual({
    title: 'Unauthorized',
    status: 401,
    verdict: 'no-credential',
  })
  expect(parseProblem('not json')).toBeNull()
})
