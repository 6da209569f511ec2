import { constants, createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'

/** A JSON text as it is, or a value that becomes one. */
export type Json = string | Buffer | Record<string, unknown>

/** Base64url of the text, or of the value as JSON. */
export const part = (json: Json): string =>
  Buffer.from(typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json)).toString('base64url')

const SECRET_HASH: Partial<Record<TokenAlgorithm, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }

const asymmetric = (alg: TokenAlgorithm, key: KeyObject, input: Buffer): Buffer => {
  if (alg === 'ES256') return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
  if (alg === 'PS256') return sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
  return sign('sha256', input, key)
}

/** The signature of a signing input by RFC 7518 §3, straight on node:crypto: it signs whatever it is given. */
export const signatureOf = ({ alg, jwk }: Pick<TokenKeySource, 'alg' | 'jwk'>, input: string): Buffer => {
  const hash = SECRET_HASH[alg]
  if (hash !== undefined) {
    return createHmac(hash, Buffer.from(jwk['k'] ?? '', 'base64url'))
      .update(input)
      .digest()
  }
  return asymmetric(alg, createPrivateKey({ key: jwk, format: 'jwk' }), Buffer.from(input))
}

/** A compact JWS of any header and payload, well-formed or not, signed by this key. */
export const signed = (key: Pick<TokenKeySource, 'alg' | 'jwk'>, header: Json, payload: Json): string => {
  const input = `${part(header)}.${part(payload)}`
  return `${input}.${signatureOf(key, input).toString('base64url')}`
}
