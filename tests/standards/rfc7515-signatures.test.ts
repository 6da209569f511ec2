import { compactVerify, importJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeCompactJwt, decodeObjectPart } from '../../src/protocol/jwt.ts'
import { bearer, startTarget, type Target } from '../target/support.ts'
import { altered, checkOf } from './altered.ts'
import { FLATTENED, JOE, RFC7515, UNSECURED } from './published-vectors.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())

const verdictOf = async (token: string): Promise<string> => (await lab.send('GET', '/me', { headers: bearer(token) })).trace.verdict

describe.each(Object.entries(RFC7515))('RFC 7515 §%s', (_section, { alg, key, token }) => {
  test(`is written down as printed: jose verifies it by ${alg}`, async () => {
    const { protectedHeader, payload } = await compactVerify(token, await importJWK(key, alg), { algorithms: [alg] })
    expect(protectedHeader.alg).toBe(alg)
    expect(Buffer.from(payload).toString()).toBe(alg === 'ES512' ? 'Payload' : JOE)
  })
})

describe.each([
  ['A.1', 'JWS Using HMAC SHA-256'],
  ['A.2', 'JWS Using RSASSA-PKCS1-v1_5 SHA-256'],
  ['A.3', 'JWS Using ECDSA P-256 SHA-256'],
] as const)('RFC 7515 §%s, "Example %s"', (section, _title) => {
  const vector = RFC7515[section]

  test('is decoded as its claims, and its signature is genuine', () => {
    const decoded = decodeCompactJwt(vector.token)
    expect(decoded).toMatchObject({ isWellFormed: true, payload: JSON.parse(JOE), header: { alg: vector.alg } })
    expect(checkOf(vector)(vector.token)).toBe(true)
  })

  test('§5.2: "Validate the JWS Signature against the JWS Signing Input": one changed octet, wherever it is, makes it invalid', () => {
    const isGenuine = checkOf(vector)
    let count = 0
    for (const bad of altered(vector.token)) {
      expect(isGenuine(bad), bad).toBe(false)
      count++
    }
    expect(count).toBeGreaterThan(vector.token.length - 100)
  })

  test('the target knows no such key, and says so', async () => {
    expect(await verdictOf(vector.token)).toBe('unknown-key')
  })
})

describe('RFC 7515 §A.4, "Example JWS Using ECDSA P-521 SHA-512"', () => {
  const { token } = RFC7515['A.4']

  test('can be decoded, though it cannot be verified here: its header is read, and its payload is found to be no claims', () => {
    expect(decodeObjectPart(token.split('.')[0] ?? '').value).toEqual({ alg: 'ES512' })
    expect(decodeCompactJwt(token)).toEqual({ isWellFormed: false, part: 'payload', flaw: 'not-utf8-json' })
    const [header, , signature] = token.split('.')
    const [, claims] = RFC7515['A.3'].token.split('.')
    expect(decodeCompactJwt(`${header}.${claims}.${signature}`)).toMatchObject({ isWellFormed: true, header: { alg: 'ES512' } })
  })

  test('is refused for its algorithm', async () => {
    expect(await verdictOf(token)).toBe('unsupported-algorithm')
  })
})

describe('RFC 7515 §A.5, "Example Unsecured JWS"', () => {
  test('is decoded with an empty signature, and refused', async () => {
    expect(decodeCompactJwt(UNSECURED)).toMatchObject({ isWellFormed: true, header: { alg: 'none' }, payload: JSON.parse(JOE) })
    expect(await verdictOf(UNSECURED)).toBe('unsupported-algorithm')
  })
})

describe('RFC 7515 §A.7, "Example JWS Using Flattened JWS JSON Serialization"', () => {
  test('RFC 7519 §3: "JWTs are always represented using the JWS Compact Serialization": it is no token', async () => {
    expect(decodeCompactJwt(FLATTENED)).toMatchObject({ isWellFormed: false })
    expect(await verdictOf(FLATTENED)).toBe('malformed-token')
  })
})
