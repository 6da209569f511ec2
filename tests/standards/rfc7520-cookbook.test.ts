import { compactVerify, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { decodeObjectPart } from '../../src/protocol/jwt.ts'
import { altered, checkOf } from './altered.ts'
import { FRODO, RFC7520 } from './published-vectors.ts'

describe.each(Object.entries(RFC7520))('RFC 7520 §%s', (_section, vector) => {
  const { alg, key, token } = vector

  test(`is written down as printed: jose verifies it by ${alg}`, async () => {
    const { payload } = await compactVerify(token, await importJWK(key, alg), { algorithms: [alg] })
    expect(Buffer.from(payload).toString()).toBe(FRODO)
  })

  test('its header is decoded, whether or not the algorithm is one of ours', () => {
    expect(decodeObjectPart(token.split('.')[0] ?? '').value).toEqual({ alg, kid: key.kid })
  })
})

test.each(['4.1', '4.4'] as const)('RFC 7520 §%s: the signature is genuine, and not with one octet changed', (section) => {
  const isGenuine = checkOf(RFC7520[section])
  expect(isGenuine(RFC7520[section].token)).toBe(true)
  for (const bad of altered(RFC7520[section].token)) expect(isGenuine(bad), bad).toBe(false)
})

test.each(['4.2', '4.3'] as const)('RFC 7520 §%s: the algorithm is none of ours, and no key is made for it', (section) => {
  expect(() => checkOf(RFC7520[section])).toThrow('Invalid option')
})
