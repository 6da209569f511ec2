import { createPublicKey } from 'node:crypto'
import type { TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'
import { type Json, signed } from './signed.ts'

/** What the tokens of the table are made of: the keys that the target has, and its clock. */
export interface Mint {
  /** Unix seconds; the clock stands still. */
  readonly now: number
  readonly claims: Readonly<Record<string, unknown>>
  keyOf(alg: TokenAlgorithm): TokenKeySource
}

/** Verdict of the target; `accepted`, or jose's error code; `accepted`, or jsonwebtoken's error message. */
export type Judged = readonly [ours: string, jose: string, jsonwebtoken: string]

/** A token, what each verifier says of it, and why where one accepts what another refuses. */
export interface BoundaryCase {
  readonly what: string
  readonly token: (mint: Mint) => string
  readonly leewaySeconds?: number
  readonly judged: Judged
  readonly why?: string
}

/** Nobody objects. */
export const ALL: Judged = ['allowed', 'accepted', 'accepted']

/** A token with changed claims and header parameters; undefined takes one away. */
export const token =
  (change: (mint: Mint) => Record<string, unknown> = () => ({}), header: Record<string, unknown> = {}, alg: TokenAlgorithm = 'HS256') =>
  (mint: Mint): string =>
    signed(mint.keyOf(alg), { alg, typ: 'at+jwt', kid: mint.keyOf(alg).kid, ...header }, { ...mint.claims, ...change(mint) })

/** With changed claims. */
export const claims = (changed: Record<string, unknown>) => token(() => changed)
/** With changed header parameters. */
export const header = (changed: Record<string, unknown>, alg?: TokenAlgorithm) => token(undefined, changed, alg)

/** A payload as text, which need not be what JSON.stringify would write. */
export const payload =
  (text: (mint: Mint) => Json) =>
  (mint: Mint): string =>
    signed(mint.keyOf('HS256'), { alg: 'HS256', typ: 'at+jwt', kid: mint.keyOf('HS256').kid }, text(mint))

/** A good token whose text is changed afterwards. */
export const changed =
  (change: (parts: [string, string, string], mint: Mint) => string, alg: TokenAlgorithm = 'HS256') =>
  (mint: Mint): string =>
    change(header({}, alg)(mint).split('.') as [string, string, string], mint)

/** Another last letter that decodes to the same octets, where the last letter has bits to spare (RFC 4648 §3.5). */
export const stray = (text: string, add: number): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + add]
}

/** Order of the group of P-256 (FIPS 186-5; SEC 2 §2.4.2). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The other S that belongs to the same R (r, n-s). */
export const twin = (signature: string): string => {
  const octets = Buffer.from(signature, 'base64url')
  const s = BigInt(`0x${octets.subarray(32).toString('hex')}`)
  const other = Buffer.from((P256_ORDER - s).toString(16).padStart(64, '0'), 'hex')
  return Buffer.concat([octets.subarray(0, 32), other]).toString('base64url')
}

/** The public key of RS256 as PEM, as anybody may have it. */
export const pemOf = (mint: Mint): string =>
  createPublicKey({ key: mint.keyOf('RS256').jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string

/** A token of Mallory's own key, told in the header in this way. */
export const selfSigned =
  (told: (jwk: object) => Record<string, unknown>, alg: TokenAlgorithm = 'RS256') =>
  (mint: Mint): string => {
    const own = mint.keyOf('PS256')
    const { kty, n, e } = own.jwk
    return signed({ alg: 'RS256', jwk: own.jwk }, { alg, typ: 'at+jwt', kid: mint.keyOf(alg).kid, ...told({ kty, n, e }) }, mint.claims)
  }
