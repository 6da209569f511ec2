import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64url, encodeBase64url, isCanonicalBase64url } from '../../src/protocol/base64url.ts'
import { decodeCompactJwt, hasDuplicateName } from '../../src/protocol/jwt.ts'

const part = (text: string): string => Buffer.from(text).toString('base64url')

// RFC 7515 Appendix A.1
const A1 =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

describe('base64url', () => {
  test('encodes what Node encodes and decodes it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(decodeBase64url(text)).toEqual(bytes)
      }),
    )
  })

  test('accepts a text exactly when it re-encodes to itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 24 }), fc.constantFrom('', '=', 'A', 'B', 'AB', 'AQ', 'ABC', 'AQI'), (noise, tail) => {
        const text = noise.replace(/[^\w-]/g, '') + tail
        expect(isCanonicalBase64url(text)).toBe(Buffer.from(text, 'base64url').toString('base64url') === text)
      }),
    )
  })
})

describe('compact JWT', () => {
  test('the example of RFC 7515 §A.1 is read', () => {
    const decoded = decodeCompactJwt(A1)
    expect(decoded).toMatchObject({
      isWellFormed: true,
      header: { typ: 'JWT', alg: 'HS256' },
      payload: { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true },
    })
  })

  test.each([
    ['two parts', 'a.b', 'token', 'not-three-parts'],
    ['four parts', `${A1}.x`, 'token', 'not-three-parts'],
    ['padding', `${A1}=`, 'signature', 'not-canonical-base64url'],
    ['stray bits in the last letter', `${A1.slice(0, -1)}l`, 'signature', 'not-canonical-base64url'],
    ['a header that is no JSON', `${part('{')}.${part('{}')}.`, 'header', 'not-utf8-json'],
    ['a payload that is an array', `${part('{}')}.${part('[]')}.`, 'payload', 'not-an-object'],
    ['bytes that are not UTF-8', `${part('{}')}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.`, 'payload', 'not-utf8-json'],
    ['a repeated claim', `${part('{}')}.${part('{"sub":"a","sub":"b"}')}.`, 'payload', 'duplicate-name'],
    ['a claim repeated by an escape', `${part('{}')}.${part('{"sub":"a","s\\u0075b":"b"}')}.`, 'payload', 'duplicate-name'],
  ])('%s is refused', (_case, token, at, flaw) => {
    expect(decodeCompactJwt(token)).toEqual({ isWellFormed: false, part: at, flaw })
  })

  test('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => void decodeCompactJwt(`${a}.${b}.${c}`)))
  })

  test('equal names in different objects, and names inside strings, are no duplicates', () => {
    expect(hasDuplicateName('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":1,\\"a\\":"}')).toBe(false)
    expect(hasDuplicateName('{"b":[{"a":1,"a":2}]}')).toBe(true)
  })
})
