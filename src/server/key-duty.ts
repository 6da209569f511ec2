import type { OperatorAction } from '../contract/lab.ts'
import type { KeysDue, LabKeys } from './lab-keys.ts'
import type { TargetKeys } from './target-keys.ts'

/** How often the lab clock is looked at, milliseconds. It can be moved at any time, so nothing waits for a moment of its own. */
const LOOK_EVERY_MS = 1000

/** What keys are kept up with. */
export interface KeyDutyOptions {
  readonly keys: LabKeys
  /** Resolves when nodes work by these keys. */
  apply(keys: TargetKeys): Promise<void>
  note(action: OperatorAction['action'], params: OperatorAction['params']): void
  /** It is tried again at the next look; told once as long as it stays the same. */
  onProblem(message: string): void
}

/** Makes and retires keys when their time has come on the lab clock, wherever that has been moved to. */
export class KeyDuty {
  readonly #options: KeyDutyOptions
  readonly #timer: NodeJS.Timeout
  #checking: Promise<void> = Promise.resolve()
  /** Nodes are still to be given the keys. */
  #isOwed = false
  #problem = ''

  constructor(options: KeyDutyOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.check(), LOOK_EVERY_MS).unref()
  }

  /** Resolves when what is due is in force; it never rejects. */
  check(): Promise<void> {
    this.#checking = this.#checking
      .then(() => this.#keepUp())
      .then(
        () => {
          this.#problem = ''
        },
        (error: unknown) => this.#tell(error instanceof Error ? error.message : String(error)),
      )
    return this.#checking
  }

  /** Nothing is under way any more when this resolves. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#checking
  }

  async #keepUp(): Promise<void> {
    const { keys, apply } = this.#options
    const due = await keys.keepUp()
    if (!due && !this.#isOwed) return
    this.#isOwed = true
    try {
      await apply(keys.target)
      this.#isOwed = false
    } finally {
      if (due) this.#note(due)
    }
  }

  #note({ rotated, retired, retiredCookieSecrets }: KeysDue): void {
    const { note } = this.#options
    if (rotated) note('key-rotated', { ...rotated, emergency: false, scheduled: true })
    for (const kid of retired) note('key-retired', { kid })
    for (const secret of retiredCookieSecrets) note('cookie-secret-retired', { secret })
  }

  #tell(problem: string): void {
    if (problem !== this.#problem) this.#options.onProblem(`keys could not be kept up with the lab clock: ${problem}`)
    this.#problem = problem
  }
}
