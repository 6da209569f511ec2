import { createSecretKey, type KeyObject } from 'node:crypto'

/** One key for one algorithm (RFC 8725 §3.1): a token cannot choose how its key is used. */
export interface TokenKey {
  kid: string
  alg: 'HS256'
  key: KeyObject
}

/** The keys that tokens are signed and verified with. */
export interface Keyring {
  active: TokenKey
  /** Opaque lookup (RFC 7515 §4.1.4): null when there is no such key. */
  find(kid: string): TokenKey | null
}

/** RFC 7518 §3.2: an HMAC key must be at least as long as the hash, 32 octets for SHA-256. */
const MIN_SECRET_OCTETS = 32

/** Builds the KeyObject once: a string or PEM key would be parsed again for every token. */
export const createKeyring = (kid: string, secret: Uint8Array): Keyring => {
  if (secret.byteLength < MIN_SECRET_OCTETS) throw new RangeError('An HS256 key needs at least 32 octets (RFC 7518 §3.2).')
  const active: TokenKey = { kid, alg: 'HS256', key: createSecretKey(secret) }
  const keys = new Map([[kid, active]])
  return { active, find: (wanted) => keys.get(wanted) ?? null }
}
