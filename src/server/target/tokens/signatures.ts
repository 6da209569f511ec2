import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { TokenAlgorithm } from '../../../contract/token-algorithm.ts'

/** Whether a signature belongs to its signing input (RFC 7515 §5.2). */
export type SignatureCheck = (signingInput: string, signature: Buffer) => boolean

const mac =
  (hash: string) =>
  (key: KeyObject): SignatureCheck =>
  (input, signature) => {
    const expected = createHmac(hash, key).update(input).digest()
    return signature.byteLength === expected.byteLength && timingSafeEqual(signature, expected)
  }

const rsaPkcs1 =
  (key: KeyObject): SignatureCheck =>
  (input, signature) =>
    verify('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PADDING }, signature)

/** RFC 7518 §3.5: the salt is as long as the hash's output. */
const rsaPss =
  (key: KeyObject): SignatureCheck =>
  (input, signature) =>
    verify('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)

/** RFC 7518 §3.4: R and S side by side, 32 octets each; not DER. */
const ecdsa =
  (key: KeyObject): SignatureCheck =>
  (input, signature) =>
    signature.byteLength === 64 && verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, signature)

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
