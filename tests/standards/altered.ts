import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { TokenAlgorithm } from '../../src/contract/token-algorithm.ts'
import { createVerifyingKey } from '../../src/server/target/tokens/keyring.ts'
import type { PublishedVector } from './published-vectors.ts'

const toKeyObject = (key: JWK): KeyObject =>
  key.kty === 'oct' ? createSecretKey(key.k ?? '', 'base64url') : createPublicKey({ key: { ...key }, format: 'jwk' })

/** The target's own check of a compact JWS by the vector's key, made as its keyring makes it. */
export const checkOf = ({ alg, key }: PublishedVector): ((token: string) => boolean) => {
  const { isGenuine } = createVerifyingKey('vector', TokenAlgorithm.parse(alg), toKeyObject(key))
  return (token) => {
    const at = token.lastIndexOf('.')
    return isGenuine(token.slice(0, at), Buffer.from(token.slice(at + 1), 'base64url'))
  }
}

/** The token with each octet of what was signed, and of the signature, changed by one bit, one at a time; then a signature one octet shorter and longer. */
export function* altered(token: string): Generator<string> {
  const at = token.lastIndexOf('.')
  const [input, signature] = [Buffer.from(token.slice(0, at)), Buffer.from(token.slice(at + 1), 'base64url')]
  const join = (first: Buffer, last: Buffer): string => `${first.toString('latin1')}.${last.toString('base64url')}`
  const flip = (octets: Buffer, index: number): Buffer => Buffer.from(octets.with(index, (octets[index] ?? 0) ^ (1 << (index % 7))))
  for (let index = 0; index < input.length; index++) yield join(flip(input, index), signature)
  for (let index = 0; index < signature.length; index++) yield join(input, flip(signature, index))
  yield join(input, signature.subarray(0, -1))
  yield join(input, Buffer.concat([signature, Buffer.of(0)]))
  yield join(input, Buffer.alloc(0))
}
