import { oc } from '@orpc/contract'
import { z } from 'zod'
import { TokenAlgorithm } from './token-algorithm.ts'

/** The most keys, and the most cookie secrets, that verify at once. */
export const MAX_LIVE_KEYS = 16
/** The least and the most time between two keys that are made by themselves, seconds: the most is a year. */
export const MIN_ROTATION_SECONDS = 10
/** See {@link MIN_ROTATION_SECONDS}. */
export const MAX_ROTATION_SECONDS = 366 * 24 * 3600

/** Schema of how what is secret of the keys is kept on disk. */
export const AtRest = z.enum(['safe-storage', 'file-0600'])
/**
 * How what is secret of the keys is kept on disk. `safe-storage`: sealed with a key that the operating system keeps for this user; `file-0600`:
 * as it is, in a file that its owner alone can read.
 */
export type AtRest = z.infer<typeof AtRest>

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
  /** When it is retired by itself, since no token of it can be good any more; null unless verifying. */
  retiresAt: z.number().nullable(),
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
  cookieSecrets: z.array(
    z.object({
      id: z.string(),
      createdAt: z.number().nullable(),
      /** When no session that it signed can last any more, and it is forgotten; null for the first. */
      retiresAt: z.number().nullable(),
    }),
  ),
  /** The schedule of new keys of tokens, on the lab clock; both null when none is made by itself. */
  rotation: z.object({
    everySeconds: z.number().int().nullable(),
    /** Unix milliseconds. In the past while as many keys verify as may: it waits until one of them is retired. */
    nextAt: z.number().nullable(),
  }),
  atRest: AtRest,
})
/** The keyring as its owner sees it. */
export type Keyring = z.infer<typeof Keyring>

/** Schema of what a rotation did. */
export const KeyRotation = Keyring.extend({
  /** The new key; null when a cookie secret was rotated. */
  kid: z.string().nullable(),
  /** Keys whose tokens are refused from now on. */
  retired: z.array(z.string()),
  /** How many live access tokens that ended, of those that the lab saw being issued: a server that issues them keeps no list. */
  tokensEnded: z.number().int(),
  /** How many sessions lost their cookie; null when the store cannot count them. */
  sessionsEnded: z.number().int().nullable(),
  /** Accounts with such a token or session, by name: who is logged out. Of sessions those of the newest 500; null when the store cannot tell. */
  accountsEnded: z.array(z.string()).nullable(),
  /** Nodes that take no new keys: they go on as before, by the retired keys too. */
  frozenNodes: z.array(z.string()),
})
/** What a rotation did. */
export type KeyRotation = z.infer<typeof KeyRotation>

/** Schema of whom an emergency would log out, as things stand. */
const Impact = z.object({
  /** Live credentials that it would end; null when the store cannot count them. Of tokens those that the lab saw being issued. */
  count: z.number().int().nullable(),
  /** Accounts with such a credential, by name. Of sessions those of the newest 500; null when the store cannot tell. */
  accounts: z.array(z.string()).nullable(),
  /** Clients of this lab that hold one and would send it with their next request. */
  clients: z.array(
    z.object({
      name: z.string(),
      /** It holds a refresh token besides: it is not logged out, but gets another access token for it. */
      canRefresh: z.boolean(),
    }),
  ),
})

/** Schema of whom an emergency rotation would log out, as things stand. */
export const RotationImpact = z.object({
  /** Of the keys that sign tokens. */
  tokens: Impact,
  /** Of the secret that signs session cookies. */
  sessions: Impact,
  /** Nodes that take no new keys: an emergency would not reach their tokens, and they refuse those of a new key. */
  frozenNodes: z.array(z.string()),
})
/** Whom an emergency rotation would log out, as things stand. */
export type RotationImpact = z.infer<typeof RotationImpact>

/** Operations on the keys of the target. They answer when every node that is not frozen works by it. */
export const keys = {
  list: oc.route({ method: 'GET', path: '/keys', summary: 'The keyring, without its secrets' }).output(Keyring),
  impact: oc
    .route({ method: 'GET', path: '/keys/impact', summary: 'Whom an emergency rotation would log out now; changes nothing' })
    .output(RotationImpact),
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
    .route({ method: 'PATCH', path: '/keys', summary: 'Sign by another algorithm, with a new key; make new keys on a schedule' })
    .input(
      z.strictObject({
        algorithm: TokenAlgorithm.optional(),
        /** A new key so often, on the lab clock; null: none by itself. A clock that jumps over many rotations makes one. */
        rotateEverySeconds: z.number().int().min(MIN_ROTATION_SECONDS).max(MAX_ROTATION_SECONDS).nullable().optional(),
      }),
    )
    .output(Keyring),
}
