import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Schema of a row of the session store. */
export const SessionRow = z.object({
  /** SHA-256 of the raw id, hexadecimal. The raw id is only ever in the cookie. */
  id: z.string(),
  account: z.string().nullable(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  idleExpiresAt: z.number(),
  absoluteExpiresAt: z.number(),
  /** The node that created it. */
  node: z.string().nullable(),
  /** What the client said it is (User-Agent), shortened. */
  device: z.string().nullable(),
})
/** A row of the session store. All times are lab time, Unix milliseconds. */
export type SessionRow = z.infer<typeof SessionRow>

/** How many session rows are listed at most. */
export const MAX_SESSIONS_LISTED = 10_000

const ById = z.strictObject({ id: z.string() })

/** Operations on the session store. */
export const sessions = {
  list: oc
    .route({ method: 'GET', path: '/sessions', summary: 'Live sessions, newest first' })
    .input(z.strictObject({ account: z.string().optional(), limit: z.coerce.number().int().min(1).max(MAX_SESSIONS_LISTED).optional() }))
    .output(z.array(SessionRow)),
  end: oc.route({ method: 'DELETE', path: '/sessions/{id}', summary: 'End one session', successStatus: 204 }).input(ById).output(z.void()),
  expire: oc
    .route({ method: 'POST', path: '/sessions/{id}/expire', summary: 'Let its idle time-out pass now' })
    .input(ById)
    .output(SessionRow),
}
