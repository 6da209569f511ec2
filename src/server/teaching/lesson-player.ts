import type { CueList } from '../../contract/cues.ts'
import type { Lesson } from '../../contract/lessons/lesson.ts'
import type { LessonRun } from '../../contract/lessons/lesson-run.ts'
import type { LessonProgress, LessonReport } from '../../contract/lessons.ts'
import type { LabParts } from '../control/lab-parts.ts'
import { LabError } from '../errors.ts'
import type { Recorder } from '../traffic/recorder.ts'
import { LessonCourse } from './lesson-course.ts'
import type { LessonLibrary } from './lesson-library.ts'
import type { StartStage } from './lesson-stage.ts'

/** What the player needs of the lab. */
export interface LessonPlayerOptions {
  readonly library: LessonLibrary
  readonly startStage: StartStage
  readonly recorder: Pick<Recorder, 'recording' | 'setRecording'>
  /** The attacker's page: what a lesson switches on goes off with it. */
  readonly attackerSite: { isOn(): boolean; set(isOn: boolean): Promise<unknown> }
  operatorsLab(): LabParts
  /** How the lesson under way stands; null when it was left. */
  onChange(run: LessonRun | null): void
  onAction(action: 'lesson-started' | 'lesson-step-reset' | 'lesson-left', params: { lesson: string; step?: string }): void
  readProgress(): LessonProgress[]
  keepProgress(progress: LessonProgress[]): void
  readCues(): CueList
  keepCues(cues: CueList): void
}

/** Plays lessons, one at a time. Commands are carried out one after the other. */
export class LessonPlayer {
  readonly library: LessonLibrary
  readonly #options: LessonPlayerOptions
  #course: LessonCourse | null = null
  /** Whether traffic was recorded before: a checkpoint looks at what is. */
  #wasRecording = true
  /** Whether the attacker's page was on before. */
  #wasAttackerOn = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: LessonPlayerOptions) {
    this.#options = options
    this.library = options.library
  }

  /** Null when no lesson is under way. */
  current(): LessonRun | null {
    return this.#course?.view() ?? null
  }

  progress(): LessonProgress[] {
    return this.#options.readProgress()
  }

  setProgress(progress: LessonProgress[]): LessonProgress[] {
    this.#options.keepProgress(progress)
    return this.progress()
  }

  /** What the instructor plans for a class. */
  cues(): CueList {
    return this.#options.readCues()
  }

  setCues(cues: CueList): void {
    this.#options.keepCues(cues)
  }

  /**
   * Opens a lesson at its first step, or at another one: what the steps before do is done first.
   * @throws LabError `not-found`, or `conflict` when a lesson is under way
   */
  start(id: string, step?: string): Promise<LessonRun> {
    return this.#inTurn(async () => {
      this.#requireNone()
      const lesson = this.library.get(id)
      const index = step === undefined ? 0 : lesson.steps.findIndex((candidate) => candidate.id === step)
      if (index < 0) throw new LabError('not-found', `The lesson ${id} has no step ${step}.`)
      const run = await this.#begin(lesson, index, true)
      this.#options.onAction('lesson-started', { lesson: id })
      return run
    })
  }

  /** @throws LabError `conflict` when none is under way, or this cannot be done now; so the four below, too */
  predict(choice: number): Promise<LessonRun> {
    return this.#command(async (course) => course.predict(choice))
  }

  act(): Promise<LessonRun> {
    return this.#command((course) => course.act())
  }

  next(): Promise<LessonRun> {
    return this.#command((course) => course.next())
  }

  resetStep(step?: string): Promise<LessonRun> {
    return this.#command(async (course) => {
      await course.resetTo(step)
      this.#options.onAction('lesson-step-reset', { lesson: course.lesson.id, step: course.lesson.steps[course.view().current]?.id ?? '' })
    })
  }

  /** The operator's lab is in front again, as it was, when this resolves. Does nothing when no lesson is under way. */
  leave(): Promise<void> {
    return this.#inTurn(() => this.#end())
  }

  /** Leaves the lesson that is under way, if one is, and answers the operator's lab. */
  async outside(): Promise<LabParts> {
    await this.leave()
    return this.#options.operatorsLab()
  }

  /** Runs a lesson from end to end, and leaves it. @throws LabError `not-found`, or `conflict` when a lesson is under way */
  run(id: string): Promise<LessonReport> {
    return this.#inTurn(async () => {
      this.#requireNone()
      const lesson = this.library.get(id)
      const startedAt = performance.now()
      await this.#begin(lesson, 0, false)
      try {
        const steps = await this.#runAll()
        const durationMs = Math.round(performance.now() - startedAt)
        return { lesson: id, isPassed: steps.every(({ isPassed }) => isPassed), durationMs, steps }
      } finally {
        await this.#end()
      }
    })
  }

  async #runAll(): Promise<LessonReport['steps']> {
    const course = this.#running
    await course.finishStep()
    while (!course.isAtEnd) {
      await course.goOn()
      await course.finishStep()
    }
    return course.view().steps.map(({ id, actions, checks, state }) => ({ id, actions, checks, isPassed: state === 'done' }))
  }

  async #begin(lesson: Lesson, step: number, isCounted: boolean): Promise<LessonRun> {
    const { startStage, onChange, recorder, attackerSite } = this.#options
    this.#wasRecording = recorder.recording().isOn
    if (!this.#wasRecording) recorder.setRecording({ on: true })
    this.#wasAttackerOn = attackerSite.isOn()
    const course = await LessonCourse.begin(
      lesson,
      {
        startStage,
        onChange: (run) => {
          if (this.#course) onChange(run)
        },
        onStepDone: (done, run) => {
          if (isCounted) this.#count(lesson, done, run)
        },
      },
      step,
    ).catch((error: unknown) => {
      this.#recordAsBefore()
      throw error
    })
    this.#course = course
    onChange(course.view())
    return course.view()
  }

  async #end(): Promise<void> {
    const course = this.#course
    if (!course) return
    this.#course = null
    await course.leave()
    await this.#options.attackerSite.set(this.#wasAttackerOn)
    this.#recordAsBefore()
    this.#options.onAction('lesson-left', { lesson: course.lesson.id })
    this.#options.onChange(null)
  }

  #recordAsBefore(): void {
    if (!this.#wasRecording) this.#options.recorder.setRecording({ on: false })
  }

  #count(lesson: Lesson, step: string, run: LessonRun): void {
    const all = this.progress()
    const before = all.find((entry) => entry.lesson === lesson.id)
    const steps = [...new Set([...(before?.steps ?? []), step])]
    const index = lesson.steps.findIndex(({ id }) => id === step)
    const choice = lesson.steps[index]?.predict?.choices[run.steps[index]?.prediction ?? -1]
    const predictions = { ...before?.predictions, ...(choice && { [step]: choice.isRight }) }
    const isComplete = lesson.steps.every(({ id }) => steps.includes(id))
    const completedAt = before?.completedAt ?? (isComplete ? Date.now() : null)
    this.#options.keepProgress([...all.filter((entry) => entry !== before), { lesson: lesson.id, steps, predictions, completedAt }])
  }

  get #running(): LessonCourse {
    if (!this.#course) throw new LabError('conflict', 'No lesson is under way: start one first.')
    return this.#course
  }

  #requireNone(): void {
    if (this.#course) throw new LabError('conflict', `The lesson ${this.#course.lesson.id} is under way: leave it first.`)
  }

  #command(command: (course: LessonCourse) => Promise<void>): Promise<LessonRun> {
    return this.#inTurn(async () => {
      const course = this.#running
      await command(course)
      return course.view()
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}
