import { expect, test } from 'vitest'
import type { Client } from '../../../src/contract/clients.ts'
import type { Exchange } from '../../../src/contract/exchanges.ts'
import { KnownSecrets, MASK } from '../../../src/renderer/presenter/secrets.ts'

const COOKIE = 's%3Aq7XkRawSessionId0123456789.wMacOfTheSessionIdYw4'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJlLW9mLWl0'
const REFRESH = 'opaque-refresh-token-of-bob'

const client = {
  account: 'alice',
  cookies: [{ name: 'sid', value: COOKIE }],
  vault: [{ token: TOKEN }],
  discarded: [{ token: REFRESH }],
} as unknown as Client

const message = (headers: [string, string][], body: string) => ({ headers, body })

const known = (): KnownSecrets => {
  const secrets = new KnownSecrets()
  secrets.addClient(client)
  return secrets
}

test.each([
  ['a cookie as it is on the wire', `Cookie: sid=${COOKIE}`],
  ['a cookie decoded', 's:q7XkRawSessionId0123456789.wMacOfTheSessionIdYw4'],
  ['the raw id alone', 'q7XkRawSessionId0123456789'],
  ['the MAC alone', 'wMacOfTheSessionIdYw4'],
  ['a token in a sentence', `Authorization: Bearer ${TOKEN}`],
  ['the signature alone', 'c2lnbmF0dXJlLW9mLWl0'],
  ['the payload alone', 'eyJzdWIiOiJib2IifQ'],
  ['a token that nobody has told of', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.'],
  ['a refresh token', `refresh_token=${REFRESH}`],
  ['the beginning and the end of a cookie', "sha256('q7Xk…Yw4')"],
  ['the beginning of a token', 'eyJhbGci…'],
  ['the password of an account', 'alice-pass'],
])('%s is masked', (_what, text) => {
  const masked = known().mask(text)
  expect(masked).toContain(MASK)
  for (const part of ['q7Xk', 'Yw4', 'eyJ', 'c2lnb', 'opaque', '-pass']) expect(masked).not.toContain(part)
})

test.each(['GET /me', 'node-1', '200', 'Alice·Laptop', 'SELECT * FROM sessions WHERE hash = ?', 'Session: node as…', ''])(
  '"%s" is no secret',
  (text) => expect(known().mask(text)).toBe(text),
)

test('what an exchange carries is known from then on: headers of both sides, passwords in JSON and in forms', () => {
  const secrets = new KnownSecrets()
  secrets.addExchange({
    path: '/login?token=tokenInAnAddress',
    request: message([['Cookie', 'sid=cookieOfARequest; lb=node-1']], '{"username":"eve","password":"hunter2"}'),
    response: message([['Set-Cookie', 'sid=cookieOfAnAnswer; Path=/; HttpOnly']], ''),
  } as unknown as Exchange)
  secrets.addExchange({
    path: '/token',
    request: message([['Authorization', 'Basic dXNlcjpwYXNzd29yZA==']], 'grant_type=password&username=eve&password=s3cr3t'),
    response: message([], '{"access_token":"opaqueAccessToken","expires_in":900}'),
  } as unknown as Exchange)
  for (const secret of [
    'cookieOfARequest',
    'cookieOfAnAnswer',
    'hunter2',
    's3cr3t',
    'dXNlcjpwYXNzd29yZA==',
    'opaqueAccessToken',
    'tokenInAnAddress',
  ]) {
    expect(secrets.mask(`it is ${secret} here`)).toBe(`it is ${MASK} here`)
  }
  for (const open of ['node-1', 'eve', 'password', '900']) expect(secrets.mask(open)).toBe(open)
})
