import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Schema of the lab clock. */
export const Clock = z.object({
  /** Lab time minus real time, milliseconds. Grows more negative while paused. */
  offsetMs: z.number(),
  isPaused: z.boolean(),
  /** Lab time, Unix milliseconds, when this was read. */
  labTime: z.number(),
  /** Real time, Unix milliseconds, when this was read. */
  realTime: z.number(),
})
/** The time that nodes, clients, cookies and tokens live in. */
export type Clock = z.infer<typeof Clock>

/** The farthest the lab clock may be moved either way: ten years. */
export const MAX_OFFSET_MS = 10 * 366 * 24 * 3_600_000

/** Operations on the lab clock. */
export const clock = {
  get: oc.route({ method: 'GET', path: '/clock', summary: 'The lab clock' }).output(Clock),
  set: oc
    .route({ method: 'PUT', path: '/clock', summary: 'Move the lab clock; 0 = real time, running' })
    .input(z.strictObject({ offsetMs: z.number().int().min(-MAX_OFFSET_MS).max(MAX_OFFSET_MS) }))
    .output(Clock),
  pause: oc
    .route({ method: 'POST', path: '/clock/pause', summary: 'Stop the lab clock, or let it run on from where it stands' })
    .input(z.strictObject({ paused: z.boolean().default(true) }).optional())
    .output(Clock),
}
