import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import schemas from 'har-schema'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/contract/exchanges.ts'
import { toHar } from '../../src/protocol/har.ts'
import { hideInHeader, hideInText } from '../../src/protocol/hide-secrets.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'

const exchange = (change: Partial<Exchange> = {}): Exchange => ({
  id: '7-abcdef',
  seq: 7,
  startedAt: 1_700_000_000_123.5,
  labTime: 1_700_000_000_123,
  client: 'alice-laptop',
  clientName: 'Alice·Laptop',
  node: 'node-1',
  method: 'POST',
  path: '/login?next=%2Fme&access_token=query-secret',
  status: 200,
  mechanism: 'session',
  verdict: 'allowed',
  durationMs: 12.5,
  requestBytes: 300,
  responseBytes: 200,
  request: {
    headers: [
      ['Host', '127.0.0.1:4700'],
      ['Cookie', 'sid=cookie-secret; theme=dark'],
      ['Authorization', `Bearer ${JWT}`],
      ['Content-Type', 'application/json'],
    ],
    body: '{"username":"alice","password":"body-secret"}',
    bodyEncoding: 'utf8',
    bodyBytes: 45,
    isBodyCut: false,
    bytes: 300,
  },
  response: {
    headers: [
      ['Set-Cookie', 'sid=cookie-secret; Path=/; HttpOnly; SameSite=Lax'],
      ['Content-Type', 'application/json'],
    ],
    body: `{"access_token":"${JWT}","token_type":"Bearer"}`,
    bodyEncoding: 'utf8',
    bodyBytes: 100,
    isBodyCut: false,
    bytes: 200,
  },
  steps: [],
  ...change,
})

const definitions = Object.values(schemas)
const validator = (): Ajv => {
  // The published schema is of draft 6, whose `id` of meta-schema this validator does not carry.
  const ajv = new Ajv({ strict: false, schemas: definitions.map(({ $schema, ...schema }) => schema) })
  addFormats(ajv)
  return ajv
}

describe('toHar', () => {
  test.each([
    ['an ordinary exchange', exchange()],
    ['an exchange whose client left', exchange({ status: 0, verdict: 'not-auth', durationMs: 1 })],
    ['an exchange without bodies', exchange({ request: { ...exchange().request, bodyBytes: 0, body: '' } })],
    ['an answer of octets', exchange({ response: { ...exchange().response, bodyEncoding: 'base64', body: 'AAECAw==' } })],
    ['a target in absolute form', exchange({ path: 'http://app.localhost/a%zz?b' })],
  ])('%s is valid HAR 1.2 with secrets hidden and with secrets shown', (_title, one) => {
    const ajv = validator()
    for (const isSecretShown of [true, false]) {
      const isValid = ajv.validate('har.json#', toHar([one], { version: '1.0.0', isSecretShown }))
      expect(ajv.errors ?? []).toEqual([])
      expect(isValid).toBe(true)
    }
  })

  test('no password, cookie value or token is left when secrets are hidden', () => {
    const har = JSON.stringify(toHar([exchange()], { version: '1.0.0', isSecretShown: false }))
    for (const secret of ['cookie-secret', 'body-secret', 'query-secret', JWT, 'c2lnbmF0dXJl']) expect(har).not.toContain(secret)
    expect(har).toContain('alice')
    expect(har).toContain('SameSite=Lax')
  })

  test('everything is as it was on the wire when secrets are shown', () => {
    const [entry] = toHar([exchange()], { version: '1.0.0', isSecretShown: true }).log.entries
    expect(entry?.request.url).toBe('http://127.0.0.1:4700/login?next=%2Fme&access_token=query-secret')
    expect(entry?.request.queryString).toEqual([
      { name: 'next', value: '/me' },
      { name: 'access_token', value: 'query-secret' },
    ])
    expect(entry?.request.cookies).toEqual([
      { name: 'sid', value: 'cookie-secret' },
      { name: 'theme', value: 'dark' },
    ])
    expect(entry?.response.cookies).toEqual([{ name: 'sid', value: 'cookie-secret', path: '/', httpOnly: true }])
    expect(entry?.request.postData?.text).toContain('body-secret')
    expect(entry?._authlab).toMatchObject({ seq: 7, verdict: 'allowed', node: 'node-1' })
  })

  test('octets of an answer are shown as base64 and left out when secrets are hidden', () => {
    const binary = exchange({ response: { ...exchange().response, bodyEncoding: 'base64', body: 'AAECAw==' } })
    const contentWith = (isSecretShown: boolean) => toHar([binary], { version: '1', isSecretShown }).log.entries[0]?.response.content
    expect(contentWith(true)).toMatchObject({ text: 'AAECAw==', encoding: 'base64' })
    expect(contentWith(false)).not.toHaveProperty('text')
  })
})

describe('hiding secrets', () => {
  test.each([
    ['{"password":"a\\"b","x":1}', '{"password":"[hidden]","x":1}'],
    ['{"password" : "cut in the mid', '{"password" : "[hidden]'],
    ['{"a":"password","password":"p"}', '{"a":"password","password":"[hidden]"}'],
    ['username=alice&password=p%20q', 'username=alice&password=[hidden]'],
    ['/x?access_token=abc#code=9', '/x?access_token=[hidden]#code=[hidden]'],
    [`see ${JWT} there`, 'see [hidden] there'],
    ['{"error":"not a secret"}', '{"error":"not a secret"}'],
  ])('in %s', (text, hidden) => {
    expect(hideInText(text)).toBe(hidden)
  })

  test.each([
    ['Authorization', 'Basic YWxpY2U6cHc=', 'Basic [hidden]'],
    ['authorization', 'lonely', '[hidden]'],
    ['Cookie', 'a=1; b=2;c', 'a=[hidden]; b=[hidden];c'],
    ['Set-Cookie', 'sid=s%3Aabc.def; Path=/; Max-Age=5', 'sid=[hidden]; Path=/; Max-Age=5'],
    ['X-CSRF-Token', 'abc', '[hidden]'],
    ['Referer', 'http://a/?token=abc', 'http://a/?token=[hidden]'],
  ])('in the field %s', (name, value, hidden) => {
    expect(hideInHeader(name, value)).toBe(hidden)
  })
})
