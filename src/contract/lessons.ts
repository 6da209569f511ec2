import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Lesson, LessonLevel } from './lessons/lesson.ts'
import { CheckRun, LessonRun, StepRun } from './lessons/lesson-run.ts'
import { Words } from './lessons/words.ts'

/** Schema of a lesson as a list shows it. */
export const LessonSummary = z.object({
  id: z.string(),
  title: Words,
  summary: Words,
  minutes: z.number(),
  level: LessonLevel,
  steps: z.number().int(),
  /** Name of its file in the authors' folder; null for a lesson that comes with the lab. */
  file: z.string().nullable(),
})
/** A lesson as a list shows it. */
export type LessonSummary = z.infer<typeof LessonSummary>

/** Schema of a file of the authors' folder. */
export const LessonFile = z.object({
  file: z.string(),
  /** The lesson in it; null when it could not be read. */
  lesson: z.string().nullable(),
  /** What is wrong with it, and where: the path of the field, empty for the file as a whole. */
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
})
/** A file of the authors' folder. */
export type LessonFile = z.infer<typeof LessonFile>

/** Schema of what came of a lesson that was run from end to end. */
export const LessonReport = z.object({
  lesson: z.string(),
  isPassed: z.boolean(),
  durationMs: z.number(),
  steps: z.array(StepRun.pick({ id: true, actions: true }).extend({ isPassed: z.boolean(), checks: z.array(CheckRun) })),
})
/** What came of a lesson that was run from end to end. */
export type LessonReport = z.infer<typeof LessonReport>

/** Schema of what a participant has done of one lesson. */
export const LessonProgress = z.strictObject({
  lesson: z.string().max(60),
  /** Ids of the steps whose checkpoint held. */
  steps: z.array(z.string().max(60)).max(100),
  /** Whether each prediction was right, by step. */
  predictions: z.record(z.string().max(60), z.boolean()),
  /** Real time, Unix milliseconds; null until every step is done. */
  completedAt: z.number().nullable(),
})
/** What a participant has done of one lesson. */
export type LessonProgress = z.infer<typeof LessonProgress>

const ById = z.strictObject({ id: z.string() })

/** Operations on lessons, and on the one under way. */
export const lessons = {
  list: oc.route({ method: 'GET', path: '/lessons', summary: 'All lessons, the own ones last' }).output(z.array(LessonSummary)),
  files: oc
    .route({ method: 'GET', path: '/lesson-files', summary: 'Files of the folder of own lessons, read anew, with what is wrong with them' })
    .output(z.array(LessonFile)),
  get: oc.route({ method: 'GET', path: '/lessons/{id}', summary: 'One lesson, whole' }).input(ById).output(Lesson),
  run: oc
    .route({
      method: 'POST',
      path: '/lessons/{id}/run',
      summary: 'Run it from end to end; the lab is as before when this answers',
    })
    .input(ById)
    .output(LessonReport),
  start: oc
    .route({ method: 'POST', path: '/lessons/{id}/start', summary: 'Put the lab into its starting state and open its first step' })
    .input(ById.extend({ step: z.string().optional() }))
    .output(LessonRun),
  current: oc.route({ method: 'GET', path: '/lesson-run', summary: 'The lesson under way, or null' }).output(LessonRun.nullable()),
  predict: oc
    .route({ method: 'POST', path: '/lesson-run/prediction', summary: 'Pick an answer; locked once the step has run' })
    .input(z.strictObject({ choice: z.number().int().min(0).max(4) }))
    .output(LessonRun),
  act: oc
    .route({ method: 'POST', path: '/lesson-run/actions', summary: 'Carry out the next action of the step that is open' })
    .output(LessonRun),
  next: oc
    .route({ method: 'POST', path: '/lesson-run/next', summary: 'Open the next step; the checkpoint of this one has to hold' })
    .output(LessonRun),
  resetStep: oc
    .route({ method: 'POST', path: '/lesson-run/reset-step', summary: 'Put the lab back to where this step, or an earlier one, began' })
    .input(z.strictObject({ step: z.string().optional() }).optional())
    .output(LessonRun),
  leave: oc
    .route({ method: 'POST', path: '/lesson-run/leave', summary: 'Leave the lesson and have the lab back as it was', successStatus: 204 })
    .output(z.void()),
}

/** Operations on what a participant has done; it is kept in the data folder. */
export const progress = {
  get: oc.route({ method: 'GET', path: '/progress', summary: 'What has been done of the lessons' }).output(z.array(LessonProgress)),
  set: oc
    .route({ method: 'PUT', path: '/progress', summary: 'Take this in its place; an empty list begins anew' })
    .input(z.strictObject({ lessons: z.array(LessonProgress).max(500) }))
    .output(z.array(LessonProgress)),
}
