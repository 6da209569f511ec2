/** Starts something of many parts; what has been started is undone when one of them fails, and that failure is thrown. */
export async function startWhole<T>(start: (undoing: Undoing) => Promise<T>): Promise<T> {
  const undoing = new Undoing()
  try {
    return await start(undoing)
  } catch (error) {
    await undoing.run().catch((failure: unknown) => console.error(failure))
    throw error
  }
}

/** Undoes what was done, last first; goes on when one of them fails. */
export class Undoing {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  async run(): Promise<void> {
    const failures: unknown[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
