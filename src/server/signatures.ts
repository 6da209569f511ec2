import { constants, createHmac, createPrivateKey, createSecretKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import type { TokenAlgorithm } from '../contract/token-algorithm.ts'
import type { TokenKeySource } from './target-keys.ts'

/** Whether a signature belongs to its signing input (RFC 7515 §5.2). */
export type SignatureCheck = (signingInput: string, signature: Buffer) => boolean

const mac =
  (hash: string) =>
  (key: KeyObject): SignatureCheck =>
  (input, signature) => {
    const expected = createHmac(hash, key).update(input).digest()
    return signature.byteLength === expected.byteLength && timingSafeEqual(signature, expected)
  }

/** PKCS #1 v1.5 is what a bare RSA key means. A key with options beside it costs 15 to 30 us more each time. */
const rsaPkcs1 =
  (key: KeyObject): SignatureCheck =>
  (input, signature) =>
    verify('sha256', Buffer.from(input), key, signature)

/** RFC 7518 §3.5: the salt is as long as the hash's output. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }

const rsaPss =
  (key: KeyObject): SignatureCheck =>
  (input, signature) =>
    verify('sha256', Buffer.from(input), { key, ...PSS }, signature)

/** A DER INTEGER (X.690 §8.3): in as few octets as can be, the first bit telling the sign. */
const derInteger = (octets: Buffer): Buffer => {
  const first = octets.findIndex((octet) => octet !== 0)
  const magnitude = first === -1 ? Buffer.of(0) : octets.subarray(first)
  const value = (magnitude[0] ?? 0) < 0x80 ? magnitude : Buffer.concat([Buffer.of(0), magnitude])
  return Buffer.concat([Buffer.of(0x02, value.byteLength), value])
}

/** RFC 7518 §3.4: R and S side by side, 32 octets each. What a bare key takes is DER (RFC 3279 §2.2.3). */
const ecdsa =
  (key: KeyObject): SignatureCheck =>
  (input, signature) => {
    if (signature.byteLength !== 64) return false
    const [r, s] = [derInteger(signature.subarray(0, 32)), derInteger(signature.subarray(32))]
    const der = Buffer.concat([Buffer.of(0x30, r.byteLength + s.byteLength), r, s])
    return verify('sha256', Buffer.from(input), key, der)
  }

const CHECKS: Readonly<Record<TokenAlgorithm, (key: KeyObject) => SignatureCheck>> = {
  HS256: mac('sha256'),
  HS384: mac('sha384'),
  HS512: mac('sha512'),
  RS256: rsaPkcs1,
  PS256: rsaPss,
  ES256: ecdsa,
}

/** The check of one algorithm with one key. */
export const createSignatureCheck = (alg: TokenAlgorithm, key: KeyObject): SignatureCheck => CHECKS[alg](key)

/** RFC 7518 §3.2: both sides have the same key. */
export const isSymmetric = (alg: TokenAlgorithm): alg is 'HS256' | 'HS384' | 'HS512' => alg.startsWith('HS')

/** The key that signs. @throws Error when the JWK is no such key */
export const toKeyObject = ({ alg, jwk }: Pick<TokenKeySource, 'alg' | 'jwk'>): KeyObject =>
  isSymmetric(alg) ? createSecretKey(jwk['k'] ?? '', 'base64url') : createPrivateKey({ key: jwk, format: 'jwk' })

/** Signs whatever it is given (RFC 7515 §5.1 step 5), also what a library for issuing tokens would refuse. */
export const signInput = (alg: TokenAlgorithm, key: KeyObject, input: string): Buffer => {
  if (isSymmetric(alg))
    return createHmac(`sha${alg.slice(2)}`, key)
      .update(input)
      .digest()
  const octets = Buffer.from(input)
  if (alg === 'RS256') return sign('sha256', octets, key)
  return sign('sha256', octets, alg === 'PS256' ? { key, ...PSS } : { key, dsaEncoding: 'ieee-p1363' })
}
