import type { TokenFindingCode } from '../../../../../contract/token-inspection.ts'
import { encodeBase64url } from '../../../../../protocol/base64url.ts'
import type { JsonObject } from '../../../../../protocol/jwt.ts'
import type { SigningWay } from './tamper.ts'

/** A token to be made and sent for real, to see what the server makes of it. */
export interface Forgery {
  readonly kind: 'forgery'
  readonly header: JsonObject
  readonly payload: JsonObject
  /** `own`: with a key that the attacker made up. */
  readonly sign: SigningWay | 'own'
  readonly path: string
}

/**
 * How a finding, or a check that was passed, is tried out on the running server. `replay`: the token as it is, by the attacker. `logout`:
 * the same after its holder has logged out. `role`: the same after the account's role was changed. `text`: another spelling of the token.
 */
export type Attempt =
  | Forgery
  | { readonly kind: 'replay' | 'logout' | 'role' }
  | { readonly kind: 'text'; readonly change: (token: string) => string }

/** What an attacker could make up as easily: as long as the hash (RFC 7518 §3.2), and known to nobody else. */
export const OWN_KEY: Uint8Array<ArrayBuffer> = new TextEncoder().encode("a key of the attacker's own making")

const without = (claims: JsonObject, name: string): JsonObject => {
  const { [name]: _, ...rest } = claims
  return rest
}

interface Parts {
  readonly header: JsonObject
  readonly payload: JsonObject
  /** Lab time, Unix seconds. */
  readonly nowSeconds: number
}

type Recipe = (parts: Parts) => Attempt

const signed =
  (change: (parts: Parts) => Partial<Pick<Forgery, 'header' | 'payload'>>): Recipe =>
  (parts) => ({ kind: 'forgery', sign: 'leaked', path: '/me', header: parts.header, payload: parts.payload, ...change(parts) })

const kept =
  (change: (header: JsonObject) => JsonObject): Recipe =>
  ({ header, payload }) => ({ kind: 'forgery', sign: 'keep', path: '/me', header: change(header), payload })

const RECIPES: Readonly<Partial<Record<TokenFindingCode, Recipe>>> = {
  'symmetric-key': ({ header, payload }) => ({
    kind: 'forgery',
    sign: 'leaked',
    path: '/admin/users',
    header,
    payload: { ...payload, role: 'admin', scope: 'profile orders:read admin:read' },
  }),
  'alg-none': ({ header, payload }) => ({ kind: 'forgery', sign: 'none', path: '/me', header, payload }),
  'algorithm-unknown': kept((header) => ({ ...header, alg: 'EdDSA' })),
  'key-in-header': ({ header, payload }) => ({
    kind: 'forgery',
    sign: 'own',
    path: '/admin/users',
    header: { ...without(header, 'kid'), alg: 'HS256', jwk: { kty: 'oct', k: encodeBase64url(OWN_KEY) } },
    payload: { ...payload, role: 'admin' },
  }),
  'kid-with-syntax': kept((header) => ({ ...header, kid: '../../dev/null' })),
  'unknown-crit': signed(({ header }) => ({ header: { ...header, crit: ['b64'] } })),
  'stolen-copy-works': () => ({ kind: 'replay' }),
  'outlives-logout': () => ({ kind: 'logout' }),
  'stale-authority': () => ({ kind: 'role' }),
  'no-exp': signed(({ payload }) => ({ payload: without(payload, 'exp') })),
  'not-yet-valid': signed(({ payload, nowSeconds }) => ({ payload: { ...payload, nbf: nowSeconds + 600 } })),
  'no-aud': signed(({ payload }) => ({ payload: { ...payload, aud: 'another-service' } })),
  'no-iss': signed(({ payload }) => ({ payload: { ...payload, iss: 'https://issuer.example' } })),
  'no-typ': signed(({ header }) => ({ header: { ...header, typ: 'JWT' } })),
  'no-jti': signed(({ payload }) => ({ payload: without(payload, 'jti') })),
  'not-canonical': () => ({ kind: 'text', change: (token) => `${token}=` }),
  malformed: () => ({ kind: 'text', change: (token) => token.split('.').slice(0, 2).join('.') }),
}

/** How the code is tried out with this token; null when there is nothing to send: it is read off the token, or takes another service. */
export const attemptOf = (code: TokenFindingCode, parts: Parts): Attempt | null => RECIPES[code]?.(parts) ?? null
