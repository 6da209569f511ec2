/** Rolling restarts of a cluster's nodes, one after the other. */
export class RollingRestarts {
  readonly #onChange: (isRolling: boolean) => void
  #last: Promise<void> = Promise.resolve()
  #count = 0

  /** @param onChange the first of several began, or the last has ended */
  constructor(onChange: (isRolling: boolean) => void) {
    this.#onChange = onChange
  }

  get isUnderWay(): boolean {
    return this.#count > 0
  }

  /** Carried out when those before it have ended, well or not. Rejects with what the work throws. */
  readonly run = (work: () => Promise<void>): Promise<void> => {
    this.#count++
    if (this.#count === 1) this.#onChange(true)
    const done = this.#last.then(work)
    this.#last = done
      .catch(() => {})
      .then(() => {
        this.#count--
        if (this.#count === 0) this.#onChange(false)
      })
    return done
  }
}
