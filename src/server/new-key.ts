import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { TokenAlgorithm } from '../contract/token-algorithm.ts'
import type { SecretJwk } from './target-keys.ts'

const generate = promisify(generateKeyPair)

const symmetric = (octets: number) => async (): Promise<SecretJwk> => ({ kty: 'oct', k: randomBytes(octets).toString('base64url') })
const asJwk = (exported: object): SecretJwk => exported as SecretJwk
const rsa = async (): Promise<SecretJwk> => asJwk((await generate('rsa', { modulusLength: 2048 })).privateKey.export({ format: 'jwk' }))
const p256 = async (): Promise<SecretJwk> => asJwk((await generate('ec', { namedCurve: 'P-256' })).privateKey.export({ format: 'jwk' }))

/** RFC 7518 §3.2: a symmetric key as long as the hash's output; §3.3, §3.5: 2048 bits of RSA; §3.4: the curve P-256. */
const GENERATORS: Readonly<Record<TokenAlgorithm, () => Promise<SecretJwk>>> = {
  HS256: symmetric(32),
  HS384: symmetric(48),
  HS512: symmetric(64),
  RS256: rsa,
  PS256: rsa,
  ES256: p256,
}

/** Makes a key for this algorithm alone, from the system's random numbers. Its id tells nothing of it. */
export const generateKey = async (alg: TokenAlgorithm): Promise<{ kid: string; alg: TokenAlgorithm; jwk: SecretJwk }> => ({
  kid: `${alg.toLowerCase()}-${randomBytes(3).toString('hex')}`,
  alg,
  jwk: await GENERATORS[alg](),
})

/** The secret of a confidential client (RFC 6749 §2.3.1), 32 octets. */
export const generateClientSecret = (): string => randomBytes(32).toString('base64url')

/** A secret for the HMAC-SHA256 of the session cookie, 32 octets. */
export const generateCookieSecret = (): string => randomBytes(32).toString('base64url')
