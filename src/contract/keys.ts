import { oc } from '@orpc/contract'
import { z } from 'zod'
import { TokenAlgorithm } from './token-algorithm.ts'

/** Schema of a key of the keyring, without anything that is secret. Times are of the lab clock, Unix milliseconds. */
export const TokenKey = z.object({
  kid: z.string(),
  alg: TokenAlgorithm,
  /** `signing`: new tokens are signed with it. `verifying`: it only verifies. `retired`: its tokens are refused; what was secret of it is gone. */
  state: z.enum(['signing', 'verifying', 'retired']),
  /** Null for a key that is older than this record of it. */
  createdAt: z.number().nullable(),
  /** When another key took its place; null while it signs. */
  replacedAt: z.number().nullable(),
  /** Null unless retired. */
  retiredAt: z.number().nullable(),
})
/** A key of the keyring, without anything that is secret. */
export type TokenKey = z.infer<typeof TokenKey>

/** Schema of the keyring as its owner sees it. */
export const Keyring = z.object({
  /** Of the key that signs. */
  algorithm: TokenAlgorithm,
  /** The newest first; retired ones are forgotten after a while. */
  keys: z.array(TokenKey),
  /** The first signs the session cookie, all verify it. */
  cookieSecrets: z.array(z.object({ id: z.string(), createdAt: z.number().nullable() })),
  /** How what is secret is kept: in a file that its owner alone can read. */
  atRest: z.literal('file-0600'),
})
/** The keyring as its owner sees it. */
export type Keyring = z.infer<typeof Keyring>

/** Schema of what a rotation did. */
export const KeyRotation = Keyring.extend({
  /** The new key; null when a cookie secret was rotated. */
  kid: z.string().nullable(),
  /** Keys whose tokens are refused from now on. */
  retired: z.array(z.string()),
  /** How many tokens that ended: null when keys were retired, since nobody keeps a list of the tokens that are out. */
  tokensEnded: z.number().int().nullable(),
  /** How many sessions lost their cookie; null when the store cannot count them. */
  sessionsEnded: z.number().int().nullable(),
  /** Nodes that take no new keys: they go on as before, by the retired keys too. */
  frozenNodes: z.array(z.string()),
})
/** What a rotation did. */
export type KeyRotation = z.infer<typeof KeyRotation>

/** Operations on the keys of the target. They answer when every node that is not frozen works by it. */
export const keys = {
  list: oc.route({ method: 'GET', path: '/keys', summary: 'The keyring, without its secrets' }).output(Keyring),
  rotate: oc
    .route({ method: 'POST', path: '/keys/rotate', summary: 'Sign with a new key; the older ones verify until no token can be left' })
    .input(
      z
        .strictObject({
          /** As before when absent. */
          algorithm: TokenAlgorithm.optional(),
          /** Retire every older key at once. */
          emergency: z.boolean().optional(),
          /** Rotate the secret of the session cookie instead. */
          cookieSecret: z.boolean().optional(),
        })
        .refine(({ algorithm, cookieSecret }) => algorithm === undefined || !cookieSecret, {
          path: ['algorithm'],
          message: 'A cookie secret is for HMAC-SHA256 alone.',
        })
        .optional(),
    )
    .output(KeyRotation),
  change: oc
    .route({ method: 'PATCH', path: '/keys', summary: 'Sign by another algorithm, with a new key' })
    .input(z.strictObject({ algorithm: TokenAlgorithm }))
    .output(Keyring),
}
