import type { TokenAlgorithm } from '../contract/token-algorithm.ts'

/** A key as JSON, with its secret or private members (RFC 7517 §4, RFC 7518 §6). */
export interface SecretJwk {
  readonly kty: string
  readonly [member: string]: string
}

/** A key that access tokens are signed or verified with, as a node is given it. */
export interface TokenKeySource {
  readonly kid: string
  readonly alg: TokenAlgorithm
  /** One alone signs. */
  readonly isSigning: boolean
  readonly jwk: SecretJwk
}

/** The secrets that the app under study works with. */
export interface TargetKeys {
  /** The first signs the session cookie, all verify it. */
  readonly cookieSecrets: readonly string[]
  readonly tokenKeys: readonly TokenKeySource[]
  /** Of the confidential client `resource-server`; absent where none can authenticate. */
  readonly clientSecret?: string
  /** When the next key is planned to be made, on the lab clock, Unix milliseconds; null or absent when none is. */
  readonly nextKeyAt?: number | null
}

/** A symmetric key that signs by HS256. */
export const hs256Key = (kid: string, secret: Uint8Array): TokenKeySource => ({
  kid,
  alg: 'HS256',
  isSigning: true,
  jwk: { kty: 'oct', k: Buffer.from(secret).toString('base64url') },
})

/** Id of the key that signs; empty when none does. */
export const signingKeyId = ({ tokenKeys }: TargetKeys): string => tokenKeys.find((key) => key.isSigning)?.kid ?? ''

/** Ids of the keys whose tokens are accepted. */
export const verifyingKeyIds = ({ tokenKeys }: TargetKeys): string[] => tokenKeys.map(({ kid }) => kid)
