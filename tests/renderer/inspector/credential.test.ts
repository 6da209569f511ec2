import { expect, test } from 'vitest'
import { dateClaim, readToken } from '../../../src/protocol/read-token.ts'
import { findCredential, splitSessionValue } from '../../../src/renderer/panels/inspector/credential/find-credential.ts'
import { exchange, message } from './exchange.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const TOKEN = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${part({ sub: 'bob', exp: 1_700_000_900 })}.c2ln`

test('a session login shows the cookie it was given, a later request the cookie it sent', () => {
  const login = exchange({ response: message({ headers: [['Set-Cookie', 'sid=s%3Aabc.def; Path=/; HttpOnly; SameSite=Lax']] }) })
  expect(findCredential(login)).toMatchObject({ kind: 'session', value: 's%3Aabc.def', carrier: 'Set-Cookie' })
  const later = exchange({ request: message({ headers: [['cookie', 'a=1; sid=s%3Aabc.def']] }) })
  expect(findCredential(later)).toMatchObject({ kind: 'session', value: 's%3Aabc.def', carrier: 'Cookie', setCookie: null })
})

test('a cookie that the response clears is still shown as it was sent', () => {
  const logout = exchange({
    request: message({ headers: [['cookie', 'sid=s%3Aabc.def']] }),
    response: message({ headers: [['Set-Cookie', 'sid=; Path=/; Max-Age=0']] }),
  })
  expect(findCredential(logout)).toMatchObject({ value: 's%3Aabc.def', carrier: 'Cookie', setCookie: { maxAgeSeconds: 0 } })
})

test('a token is found in the header, in the cookie and in the answer that issued it', () => {
  const header = exchange({ mechanism: 'jwt-bearer', request: message({ headers: [['Authorization', `bearer ${TOKEN}`]] }) })
  expect(findCredential(header)).toMatchObject({ token: TOKEN, carrier: 'Authorization' })
  const cookie = exchange({ mechanism: 'jwt-cookie', request: message({ headers: [['cookie', `access_token=${TOKEN}`]] }) })
  expect(findCredential(cookie)).toMatchObject({ token: TOKEN, carrier: 'Cookie' })
  const issued = exchange({ mechanism: 'jwt-bearer', response: message({ body: JSON.stringify({ access_token: TOKEN }) }) })
  expect(findCredential(issued)).toMatchObject({ token: TOKEN, carrier: 'body' })
})

test('an exchange without credential says null, also when its body only looks like JSON', () => {
  expect(findCredential(exchange({ mechanism: 'none', response: message({ body: '{"access_token":' }) }))).toBeNull()
})

test('the parts of a session cookie are its id and its signature', () => {
  expect(splitSessionValue('s%3Aabc.d.ef%2B')).toEqual({ id: 'abc.d', signature: 'ef+' })
  expect(splitSessionValue('abc.def')).toBeNull()
  expect(splitSessionValue('s%3A.def')).toBeNull()
})

test('a well-formed token is read without a flaw, with dates in milliseconds', () => {
  const read = readToken(TOKEN)
  expect(read).toMatchObject({ flaw: null, header: { alg: 'HS256' }, payload: { sub: 'bob' } })
  expect(dateClaim(read.payload, 'exp')).toBe(1_700_000_900_000)
  expect(dateClaim(read.payload, 'nbf')).toBeNull()
})

test.each([
  ['two parts', TOKEN.split('.').slice(0, 2).join('.'), 'not-three-parts', true],
  ['padding', `${part({ alg: 'none' })}=.${part({ sub: 'bob' })}.`, 'not-canonical-base64url', true],
  ['a payload that is no JSON', `${part({ alg: 'HS256' })}.bm90IGpzb24.c2ln`, 'not-utf8-json', true],
  ['nothing that can be read', '!!!.???', 'not-three-parts', false],
])('a malformed token with %s still shows what can be read', (_, token, flaw, hasHeader) => {
  const read = readToken(token)
  expect(read.flaw).toBe(flaw)
  expect(read.header !== null).toBe(hasHeader)
})
