import { z } from 'zod'

/** The longest that anything may be set to live, seconds: 30 days. */
export const MAX_LIFETIME_SECONDS = 30 * 86_400
/** The longest grace window for a refresh token, seconds. */
export const MAX_GRACE_SECONDS = 300

/** Schema of the limits that credentials of this lab live by, in seconds. */
export const Lifetimes = z.object({
  /** From the last use of a session. */
  sessionIdle: z.number(),
  /** From the login. */
  sessionAbsolute: z.number(),
  accessToken: z.number(),
  /** From the issue of a refresh token. */
  refreshIdle: z.number(),
  /** From the login; rotation does not move it. */
  refreshAbsolute: z.number(),
  /** How long after its use a refresh token is taken once more, as when two tabs refresh at once; 0 = never. */
  refreshGrace: z.number(),
})
/** The limits that credentials of this lab live by, in seconds. */
export type Lifetimes = z.infer<typeof Lifetimes>

const seconds = z.number().int().min(1).max(MAX_LIFETIME_SECONDS).optional()

/** What can be changed of the lifetimes; what is issued already keeps the limits it was issued with, but for a session's idle time-out, which each use sets anew. */
export const LifetimesChange = z.strictObject({
  sessionIdle: seconds,
  sessionAbsolute: seconds,
  accessToken: seconds,
  refreshIdle: seconds,
  refreshAbsolute: seconds,
  refreshGrace: z.number().int().min(0).max(MAX_GRACE_SECONDS).optional(),
})
/** What can be changed of the lifetimes. */
export type LifetimesChange = z.infer<typeof LifetimesChange>
