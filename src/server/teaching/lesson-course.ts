import type { LabChange } from '../../contract/events.ts'
import type { Lesson, LessonStep } from '../../contract/lessons/lesson.ts'
import type { ActionRun, LessonRun, StepRun } from '../../contract/lessons/lesson-run.ts'
import { LabError } from '../errors.ts'
import { pin } from './exchange-facts.ts'
import { performAction } from './lesson-actions.ts'
import { evaluateCheck } from './lesson-checks.ts'
import type { LessonStage, StartStage, StepContext } from './lesson-stage.ts'
import { type Happening, isThisAction } from './noticing.ts'

/** A clock that is moved by hand goes on meanwhile. */
const CLOCK_TOLERANCE_MS = 2000

/** What a lesson under way needs. */
export interface CourseOptions {
  readonly startStage: StartStage
  /** How it stands has changed. */
  onChange(run: LessonRun): void
  /** A checkpoint holds. */
  onStepDone(step: string, run: LessonRun): void
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const ahead = ({ id, do: actions, check }: LessonStep): StepRun => ({
  id,
  state: 'ahead',
  openedAt: null,
  prediction: null,
  actions: actions.map(() => ({ state: 'todo', by: null, exchanges: [], problem: null })),
  checks: check.map(() => ({ isHeld: null, found: null })),
  evidence: [],
})

/** A lesson under way, on a lab of its own. Commands have to come one after the other. */
export class LessonCourse {
  readonly lesson: Lesson
  readonly #options: CourseOptions
  readonly #startedAt = Date.now()
  #stage: LessonStage
  #steps: StepRun[]
  #current = 0
  #isActing = false
  #lastSessions = new Map<string, string>()
  #offsetMs = 0
  /** Happenings are looked at one after the other. */
  #noticing: Promise<void> = Promise.resolve()
  #stopWatching: () => void = () => undefined

  private constructor(lesson: Lesson, options: CourseOptions, stage: LessonStage) {
    this.lesson = lesson
    this.#options = options
    this.#stage = stage
    this.#steps = lesson.steps.map(ahead)
  }

  /** Starts a lab for it, puts that in front and opens a step; those before it are carried out first. */
  static async begin(lesson: Lesson, options: CourseOptions, step = 0): Promise<LessonCourse> {
    const course = new LessonCourse(lesson, options, await options.startStage(lesson.lab))
    try {
      await course.#enter(step)
      return course
    } catch (error) {
      await course.leave()
      throw error
    }
  }

  view(): LessonRun {
    return { lesson: this.lesson.id, startedAt: this.#startedAt, current: this.#current, steps: structuredClone(this.#steps) }
  }

  get isAtEnd(): boolean {
    return this.#current === this.#steps.length - 1
  }

  /** @throws LabError `conflict` when the step asks nothing, or has run */
  predict(choice: number): void {
    const { predict } = this.#step
    if (!predict?.choices[choice]) throw new LabError('conflict', 'This step has no such answer.')
    if (this.#run.actions.some(({ state }) => state !== 'todo')) throw new LabError('conflict', 'The step has run: the answer is locked.')
    this.#run.prediction = choice
    this.#changed()
  }

  /** Carries out the next action. @throws LabError `conflict` when none is left */
  async act(): Promise<void> {
    const place = this.#run.actions.findIndex(({ state }) => state !== 'done')
    const action = this.#step.do[place]
    const run = this.#run.actions[place]
    if (!action || !run) throw new LabError('conflict', 'Every action of this step is done.')
    Object.assign(run, { state: 'running', problem: null } satisfies Partial<ActionRun>)
    this.#changed()
    this.#isActing = true
    try {
      await this.#rememberSessions()
      const caused = await performAction(action, this.#context())
      await this.#done(run, 'lesson', caused)
    } catch (error) {
      Object.assign(run, { state: 'failed', problem: wordsOf(error) } satisfies Partial<ActionRun>)
      this.#changed()
    } finally {
      this.#isActing = false
    }
  }

  /** Opens the next step. @throws LabError `conflict` when the checkpoint of this one does not hold, or it is the last */
  async next(): Promise<void> {
    if (this.#run.state !== 'done') throw new LabError('conflict', 'The checkpoint of this step does not hold yet.')
    if (this.isAtEnd) throw new LabError('conflict', 'This is the last step.')
    await this.#open(this.#current + 1)
  }

  /** Goes on whether the checkpoint holds or not: for a run without a participant. */
  async goOn(): Promise<void> {
    await this.#open(this.#current + 1)
  }

  /** Puts the lab back to where a step began: a new lab, and what the steps before it did. Their predictions stay. */
  async resetTo(step: string | undefined): Promise<void> {
    const index = step === undefined ? this.#current : this.#steps.findIndex(({ id }) => id === step)
    if (index < 0 || index > this.#current) throw new LabError('conflict', 'Only this step or an earlier one can be reset.')
    const before = this.#stage
    const predictions = this.#steps.map(({ prediction }) => prediction)
    this.#stopWatching()
    this.#stage = await this.#options.startStage(this.lesson.lab)
    this.#steps = this.lesson.steps.map(ahead)
    for (const [place, run] of this.#steps.entries()) run.prediction = place < index ? (predictions[place] ?? null) : null
    await this.#enter(index)
    await before.close()
  }

  /** Gives the lab in front back to the operator. */
  async leave(): Promise<void> {
    this.#stopWatching()
    await this.#noticing
    await this.#stage.close()
  }

  async #enter(step: number): Promise<void> {
    this.#lastSessions = new Map()
    this.#stage.enter()
    await this.#open(0)
    while (this.#current < step) {
      await this.finishStep()
      await this.goOn()
    }
    this.#stopWatching = this.#stage.lab.log.onPublished((change) => this.#notice(change))
  }

  /** Carries out what is left of this step; stops at an action that fails. */
  async finishStep(): Promise<void> {
    while (this.#run.actions.some(({ state }) => state === 'todo') && !this.#run.actions.some(({ state }) => state === 'failed'))
      await this.act()
  }

  async #open(index: number): Promise<void> {
    this.#current = index
    Object.assign(this.#run, { state: 'open', openedAt: Date.now() } satisfies Partial<StepRun>)
    this.#offsetMs = this.#stage.lab.clock.offsetMs
    if (this.#step.do.length === 0) await this.#evaluate()
    this.#changed()
  }

  get #step(): LessonStep {
    const step = this.lesson.steps[this.#current]
    if (!step) throw new Error(`The lesson ${this.lesson.id} has no step ${this.#current}.`)
    return step
  }

  get #run(): StepRun {
    const run = this.#steps[this.#current]
    if (!run) throw new Error(`The lesson ${this.lesson.id} has no step ${this.#current}.`)
    return run
  }

  #context(): StepContext {
    const exchangesOf = (step = this.#step.id): string[] =>
      this.#steps.find(({ id }) => id === step)?.actions.flatMap(({ exchanges }) => exchanges) ?? []
    return { stage: this.#stage, exchangesOf, lastSessions: this.#lastSessions }
  }

  async #done(run: ActionRun, by: NonNullable<ActionRun['by']>, exchanges: readonly string[]): Promise<void> {
    Object.assign(run, { state: 'done', by, exchanges: [...run.exchanges, ...exchanges] } satisfies Partial<ActionRun>)
    this.#offsetMs = this.#stage.lab.clock.offsetMs
    await this.#stage.lab.cluster.measure()
    await this.#pin(exchanges)
    await this.#rememberSessions()
    if (this.#run.actions.every(({ state }) => state === 'done')) await this.#evaluate()
    this.#changed()
  }

  async #pin(exchanges: readonly string[]): Promise<void> {
    for (const id of exchanges) {
      const exchange = await this.#stage.lab.recorder.get(id)
      if (exchange) this.#run.evidence.push(pin(exchange, this.#stage))
    }
  }

  async #evaluate(): Promise<void> {
    const results = []
    for (const check of this.#step.check) results.push(await evaluateCheck(check, this.#context()))
    this.#run.checks = results
    if (this.#run.state === 'done' || !results.every(({ isHeld }) => isHeld)) return
    this.#run.state = 'done'
    this.#options.onStepDone(this.#step.id, this.view())
  }

  async #rememberSessions(): Promise<void> {
    for (const { id, sessionId } of await this.#stage.operations.clients.list())
      if (sessionId !== null) this.#lastSessions.set(id, sessionId)
  }

  #notice(change: LabChange): void {
    if (this.#isActing || this.#run.state !== 'open') return
    if (change.type === 'exchange') this.#look(async () => ({ exchange: await this.#stage.lab.recorder.get(change.exchange.id) }))
    else if (change.type === 'action') this.#look(async () => ({ operator: change.action }))
    else if (change.type === 'cluster') this.#look(async () => ({ cluster: change.cluster }))
  }

  #look(read: () => Promise<Happening | { exchange: null }>): void {
    this.#noticing = this.#noticing.then(async () => {
      const happening = await read()
      if ('exchange' in happening && happening.exchange === null) return
      await this.#take(happening as Happening)
    })
    this.#noticing = this.#noticing.catch((error: unknown) => console.error(error))
  }

  /** Takes what the participant did for the next action, if that is what it was. */
  async #take(happening: Happening): Promise<void> {
    const place = this.#run.actions.findIndex(({ state }) => state !== 'done')
    const action = this.#step.do[place]
    const run = this.#run.actions[place]
    if (!action || !run || this.#isActing) {
      if (this.#step.do.length === 0 && this.#run.state === 'open') await this.#evaluate().then(() => this.#changed())
      return
    }
    const clock = { movedMs: this.#stage.lab.clock.offsetMs - this.#offsetMs, toleranceMs: CLOCK_TOLERANCE_MS }
    if (!isThisAction(action, happening, clock)) return
    const caused = 'exchange' in happening ? [happening.exchange.id] : []
    const isWhole = action.do !== 'call' || run.exchanges.length + 1 >= action.times
    if (isWhole) await this.#done(run, 'participant', caused)
    else {
      run.exchanges.push(...caused)
      await this.#pin(caused)
      this.#changed()
    }
  }

  #changed(): void {
    this.#options.onChange(this.view())
  }
}
