import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { StepRun } from '../../../../contract/lessons/lesson-run.ts'

/** Whether the step still asks for a prediction: until it has run, nothing on the page may give the answer away. */
export const isAsked = (step: Pick<LessonStep, 'predict'>, run: Pick<StepRun, 'state' | 'actions'> | undefined): boolean =>
  step.predict !== undefined && run?.state !== 'done' && (run?.actions.every(({ state }) => state === 'todo') ?? true)
