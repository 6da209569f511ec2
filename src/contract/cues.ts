import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Schema of a lesson in an instructor's list, with the time that is planned for it. */
const Cue = z.strictObject({
  lesson: z.string().min(1).max(60),
  minutes: z.number().int().min(1).max(240),
})

/** Schema of what an instructor plans for a class: lessons in their order, and how far the class is. */
export const CueList = z.strictObject({
  cues: z.array(Cue).max(50),
  /** Place of the cue that is on, from 0; null before the first. */
  current: z.number().int().nonnegative().nullable(),
  /** Real time at which the class began, Unix milliseconds; null before it does. */
  startedAt: z.number().nullable(),
})
/** What an instructor plans for a class. */
export type CueList = z.infer<typeof CueList>

/** Nothing planned. */
export const NO_CUES: CueList = { cues: [], current: null, startedAt: null }

/** Operations on the instructor's list; it is kept in the data folder. */
export const cues = {
  get: oc.route({ method: 'GET', path: '/cues', summary: 'What the instructor plans for a class' }).output(CueList),
  set: oc
    .route({ method: 'PUT', path: '/cues', summary: 'Take this in its place' })
    .input(
      CueList.refine(({ cues, current }) => current === null || current < cues.length, {
        path: ['current'],
        message: 'There is no such cue.',
      }),
    )
    .output(CueList),
}
