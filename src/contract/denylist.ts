import { oc } from '@orpc/contract'
import { z } from 'zod'
import { StoreKind } from './cluster.ts'

/** Entries that are listed at most. */
const MOST_LISTED = 10_000

/** Schema of what is kept to end access tokens before their `exp`. All times are lab time, Unix milliseconds. */
export const DenylistEntry = z.object({
  /**
   * `jti`: one token. `sid`: all of one refresh family. `not-before`: all that were issued to the account until then. `version`: all of the account
   * with a smaller number. The issuer is part of each key, and always this server.
   */
  kind: z.enum(['jti', 'sid', 'not-before', 'version']),
  /** Of the claim; for `not-before` the moment, for `version` the number. */
  value: z.union([z.string(), z.number()]),
  account: z.string(),
  addedAt: z.number(),
  /** The last `exp` that it can concern: it is kept a little longer than that. Null when it is kept for good. */
  expiresAt: z.number().nullable(),
  /** Where it is kept. */
  store: StoreKind,
  /** How many nodes keep it, each in its own memory; null where all nodes share one store. */
  nodes: z.number().int().nullable(),
  /** Whether nodes ask for such entries by the way of revocation in force. */
  isAsked: z.boolean(),
})
/** What is kept to end access tokens before their `exp`. */
export type DenylistEntry = z.infer<typeof DenylistEntry>

/** Operations on what ended before its time. */
export const denylist = {
  list: oc
    .route({ method: 'GET', path: '/denylist', summary: 'What is kept to end access tokens before their exp, newest first' })
    .input(
      z.strictObject({
        /** Found in the value or the account. */
        q: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(1000),
      }),
    )
    .output(z.array(DenylistEntry)),
}
