import { createPublicKey, type KeyObject } from 'node:crypto'
import type { TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import { createSignatureCheck, isSymmetric, type SignatureCheck, toKeyObject } from '../../signatures.ts'
import type { TokenKeySource } from '../../target-keys.ts'

/** One key for one algorithm (RFC 8725 §3.1): a token cannot choose how its key is used. */
export interface VerifyingKey {
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly isGenuine: SignatureCheck
}

/** A key that signs; built once: a string or PEM key would be parsed again for every token. */
export interface SigningKey {
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly key: KeyObject
}

/** A public key as others may have it (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly use: string
  readonly [member: string]: string
}

/** The keys that tokens are signed and verified with. */
export interface Keyring {
  /** Null when it only verifies. */
  readonly signing: SigningKey | null
  /** Opaque lookup (RFC 7515 §4.1.4): null when there is no such key. */
  find(kid: string): VerifyingKey | null
  /** What a JWK Set may hold: no symmetric key, no private member (RFC 7517 §9.2). */
  publicKeys(): readonly PublicJwk[]
  /**
   * Asks anew where keys come from, before one is looked for; it never rejects.
   * @param kid null when the token names none
   * @returns null when there is nowhere to ask, or nothing to wait for
   */
  refresh?(kid: string | null): Promise<void> | null
  /** How old the set of keys is that was fetched elsewhere. */
  ageSeconds?(): number
}

/** RFC 7518 §3.2: an HMAC key must be at least as long as the hash's output. Octets. */
const MIN_SECRET_OCTETS = { HS256: 32, HS384: 48, HS512: 64 } as const
/** RFC 7518 §3.3 and §3.5. */
const MIN_RSA_BITS = 2048

/** @throws RangeError when a key is of another kind than its algorithm takes, or too short for it */
const requireFit = (alg: TokenAlgorithm, key: KeyObject): void => {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key
  if (isSymmetric(alg)) {
    const octets = key.symmetricKeySize ?? 0
    if (octets < MIN_SECRET_OCTETS[alg])
      throw new RangeError(`An ${alg} key needs at least ${MIN_SECRET_OCTETS[alg]} octets (RFC 7518 §3.2).`)
  } else if (alg === 'ES256') {
    if (kind !== 'ec' || details?.namedCurve !== 'prime256v1') throw new RangeError('An ES256 key is on the curve P-256 (RFC 7518 §3.4).')
  } else if (kind !== 'rsa' || (details?.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw new RangeError(`An ${alg} key is an RSA key of at least ${MIN_RSA_BITS} bits (RFC 7518 §3.3, §3.5).`)
  }
}

/** A key for verifying alone. @throws Error when it does not fit the algorithm */
export const createVerifyingKey = (kid: string, alg: TokenAlgorithm, key: KeyObject): VerifyingKey => {
  requireFit(alg, key)
  return { kid, alg, isGenuine: createSignatureCheck(alg, key) }
}

/** Only the members that are named here leave: what is not known to be public does not. */
const PUBLIC_MEMBERS = ['kty', 'n', 'e', 'crv', 'x', 'y'] as const

const toPublicJwk = ({ kid, alg, jwk }: TokenKeySource): PublicJwk | null => {
  if (isSymmetric(alg)) return null
  const members = PUBLIC_MEMBERS.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]] as const]))
  return { ...Object.fromEntries(members), kty: jwk.kty, kid, alg, use: 'sig' }
}

/** Builds every KeyObject once. @throws Error when a key does not fit its algorithm */
export const createKeyring = (sources: readonly TokenKeySource[]): Keyring => {
  const keys = new Map<string, VerifyingKey>()
  let signing: SigningKey | null = null
  for (const source of sources) {
    const { kid, alg } = source
    const key = toKeyObject(source)
    keys.set(kid, createVerifyingKey(kid, alg, isSymmetric(alg) ? key : createPublicKey(key)))
    if (source.isSigning) signing = { kid, alg, key }
  }
  const published = sources.flatMap((source) => toPublicJwk(source) ?? [])
  return { signing, find: (kid) => keys.get(kid) ?? null, publicKeys: () => published }
}
