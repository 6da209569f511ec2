import { oc } from '@orpc/contract'
import { z } from 'zod'

/** What can be found about a token; the key of its words in every language. */
export const TOKEN_FINDING_CODES = [
  'not-canonical',
  'malformed',
  'alg-none',
  'algorithm-unknown',
  'symmetric-key',
  'hmac-key-unknown',
  'key-in-header',
  'kid-with-syntax',
  'unknown-crit',
  'stolen-copy-works',
  'outlives-logout',
  'stale-authority',
  'no-exp',
  'long-life',
  'not-yet-valid',
  'no-aud',
  'no-iss',
  'no-typ',
  'no-jti',
  'personal-data',
  'readable-claims',
  'too-large-for-cookie',
] as const

/** Schema of the code of a finding. */
export const TokenFindingCode = z.enum(TOKEN_FINDING_CODES)
/** The code of a finding. */
export type TokenFindingCode = z.infer<typeof TokenFindingCode>

const Severity = z.union([z.literal(1), z.literal(2), z.literal(3)])
/** How much it matters: 1 worth knowing, 2 a weakness, 3 a way in, or a copy's. */
export type Severity = z.infer<typeof Severity>

/** Schema of one finding about one token. */
export const TokenFinding = z.object({
  code: TokenFindingCode,
  severity: Severity,
  /** The clause that says so, for example `RFC 8725 §3.9`. */
  clause: z.string(),
  /** What of the token shows it. */
  evidence: z.record(z.string(), z.unknown()),
})
/** One finding about one token. */
export type TokenFinding = z.infer<typeof TokenFinding>

/** How a signature stands to this lab's keyring. `encrypted`: a JWE; `unreadable`: no three parts that could be checked. */
export const SIGNATURE_STATES = [
  'valid',
  'invalid',
  'absent',
  'unknown-key',
  'retired-key',
  'unsupported-algorithm',
  'encrypted',
  'unreadable',
] as const
/** How a signature stands to this lab's keyring. */
export type SignatureState = (typeof SIGNATURE_STATES)[number]

const Claims = z.record(z.string(), z.unknown())
const Time = z.number().nullable()

/** Schema of a token taken apart. Nothing of it is kept, recorded or sent on. */
export const TokenInspection = z.object({
  form: z.enum(['jws', 'jwe', 'neither']),
  /** As far as it can be read, also where a strict reader refuses it; null where it cannot. */
  header: Claims.nullable(),
  /** Null for a JWE, too. */
  payload: Claims.nullable(),
  /** Why a strict reader refuses it; null when it is a well-formed JWS. */
  flaw: z.enum(['not-three-parts', 'not-canonical-base64url', 'not-utf8-json', 'not-an-object', 'too-deep', 'duplicate-name']).nullable(),
  flawedPart: z.enum(['token', 'header', 'payload', 'signature']).nullable(),
  signature: z.object({
    state: z.enum(SIGNATURE_STATES),
    /** Key of this lab that `kid` names; null when none does. */
    kid: z.string().nullable(),
  }),
  /** Lab time now, Unix milliseconds: what the findings are about. */
  labTime: z.number(),
  /** Unix milliseconds; null when absent or not a number. */
  dates: z.object({ iat: Time, nbf: Time, exp: Time }),
  /** The gravest first. */
  findings: z.array(TokenFinding),
  /** What was looked for and is not so; each with the clause that asks for it. */
  passed: z.array(z.object({ code: TokenFindingCode, clause: z.string() })),
})
/** A token taken apart. */
export type TokenInspection = z.infer<typeof TokenInspection>

/** The longest token that is looked at, characters. */
export const MAX_INSPECTED_TOKEN = 65_536

/** Operations on a token in hand, whoever issued it. */
export const tokenInspection = {
  inspect: oc
    .route({ method: 'POST', path: '/tokens/inspect', summary: 'Take a token apart, from anywhere; it is sent nowhere and kept nowhere' })
    .input(
      z.strictObject({
        token: z.string().max(MAX_INSPECTED_TOKEN),
        /** The cookie that carries it; absent when none does. */
        cookieName: z.string().max(200).optional(),
      }),
    )
    .output(TokenInspection),
  forge: oc
    .route({
      method: 'POST',
      path: '/tokens/forge',
      summary: 'Sign any header and payload with a key of the keyring, as whoever stole it could; the key does not leave',
    })
    .input(z.strictObject({ header: Claims, payload: Claims, kid: z.string().min(1).max(200) }))
    .output(z.object({ token: z.string() })),
}
