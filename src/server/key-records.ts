import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MAX_ROTATION_SECONDS, MIN_ROTATION_SECONDS } from '../contract/keys.ts'
import { TokenAlgorithm } from '../contract/token-algorithm.ts'
import { generateClientSecret } from './new-key.ts'
import { hs256Key, type SecretJwk, type TargetKeys } from './target-keys.ts'

const Time = z.number().nullable()
const Overlap = z.number().nonnegative()
const Jwk = z
  .looseObject({ kty: z.string() })
  .pipe(z.custom<SecretJwk>((jwk) => Object.values(jwk as object).every((member) => typeof member === 'string')))

const KeyRecord = z.strictObject({
  kid: z.string().min(1),
  alg: TokenAlgorithm,
  createdAt: Time,
  /** When another took its place; null for the one that signs. */
  replacedAt: Time,
  retiredAt: Time,
  /** How long after it was replaced a token of it can be good, milliseconds: by the longest lifetime that was in force while it signed. */
  overlapMs: Overlap,
  /** Null when it is retired: its secret is not kept. */
  jwk: Jwk.nullable(),
})
/** A key as it is written down. Times are of the lab clock, Unix milliseconds. */
export type KeyRecord = z.infer<typeof KeyRecord>

const CookieSecretRecord = z.strictObject({
  secret: z.string().min(43),
  createdAt: Time,
  /** How long after the next was made a session that it signed can last, milliseconds. */
  overlapMs: Overlap,
})
/** A secret of the session cookie as it is written down. */
export type CookieSecretRecord = z.infer<typeof CookieSecretRecord>

const Rotation = z.strictObject({
  everySeconds: z.number().int().min(MIN_ROTATION_SECONDS).max(MAX_ROTATION_SECONDS),
  nextAt: z.number(),
})

const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

const KeyRecords = z.strictObject({
  version: z.literal(3),
  /** The newest, which signs, first. */
  cookieSecrets: z.tuple([CookieSecretRecord], CookieSecretRecord),
  /** The newest, which signs, first. */
  tokenKeys: z.tuple([KeyRecord], KeyRecord),
  /** When the next key of tokens is due; null when none is made by itself. */
  rotation: Rotation.nullable(),
  /** Of the confidential client `resource-server`. Made for records of before there was one: whoever opens them writes them down anew. */
  clientSecret: Secret.default(generateClientSecret),
})
/** All that is written down about keys. */
export type KeyRecords = z.infer<typeof KeyRecords>

/** What lifetimes were before they could be changed, and keys be rotated on a schedule. */
const FIXED_OVERLAP = { tokenMs: 1_200_000, cookieMs: 43_200_000 } as const

const SecondFormat = z.strictObject({
  version: z.literal(2),
  cookieSecrets: z.array(CookieSecretRecord.omit({ overlapMs: true })).min(1),
  tokenKeys: z.array(KeyRecord.omit({ overlapMs: true })).min(1),
})

/** As it was before keys could be rotated: one HS256 key, no version. */
const FirstFormat = z.strictObject({ cookieSecrets: z.array(Secret).min(1), tokenKeyId: z.string().min(1), tokenSecret: Secret })

const fromSecond = ({ cookieSecrets, tokenKeys }: z.infer<typeof SecondFormat>): KeyRecords =>
  KeyRecords.parse({
    version: 3,
    cookieSecrets: cookieSecrets.map((record) => ({ ...record, overlapMs: FIXED_OVERLAP.cookieMs })),
    tokenKeys: tokenKeys.map((record) => ({ ...record, overlapMs: FIXED_OVERLAP.tokenMs })),
    rotation: null,
  })

const fromFirst = ({ cookieSecrets, tokenKeyId, tokenSecret }: z.infer<typeof FirstFormat>): KeyRecords => {
  const { jwk } = hs256Key(tokenKeyId, Buffer.from(tokenSecret, 'base64url'))
  return fromSecond({
    version: 2,
    cookieSecrets: cookieSecrets.map((secret) => ({ secret, createdAt: null })),
    tokenKeys: [{ kid: tokenKeyId, alg: 'HS256', createdAt: null, replacedAt: null, retiredAt: null, jwk }],
  })
}

/** Reads records as they were written, by an older version too. Null when it is something else. */
export function parseKeyRecords(text: string): KeyRecords | null {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return null
  }
  const first = FirstFormat.safeParse(content)
  if (first.success) return fromFirst(first.data)
  const second = SecondFormat.safeParse(content)
  return second.success ? fromSecond(second.data) : (KeyRecords.safeParse(content).data ?? null)
}

/** What nodes are given of the records: no retired key. */
export const toTargetKeys = ({ cookieSecrets, tokenKeys, rotation, clientSecret }: KeyRecords): TargetKeys => ({
  cookieSecrets: cookieSecrets.map(({ secret }) => secret),
  tokenKeys: tokenKeys.flatMap(({ kid, alg, jwk }, index) => (jwk ? [{ kid, alg, isSigning: index === 0, jwk }] : [])),
  nextKeyAt: rotation?.nextAt ?? null,
  clientSecret,
})

/** What a cookie secret can be called without telling it. */
export const cookieSecretId = (secret: string): string => `cookie-${createHash('sha256').update(secret).digest('hex').slice(0, 6)}`
