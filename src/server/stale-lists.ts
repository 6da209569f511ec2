import type { ListName } from '../contract/events.ts'

/** The shortest time between two announcements, milliseconds. */
const EVERY_MS = 200

/** Gathers which lists have changed: the first change is announced at once, those that follow soon after it together. */
export class StaleLists {
  readonly #announce: (lists: ListName[]) => void
  readonly #waiting = new Set<ListName>()
  #timer: NodeJS.Timeout | null = null

  constructor(announce: (lists: ListName[]) => void) {
    this.#announce = announce
  }

  add(lists: readonly ListName[]): void {
    for (const list of lists) this.#waiting.add(list)
    if (this.#waiting.size > 0 && !this.#timer) this.#send()
  }

  #send(): void {
    this.#announce([...this.#waiting])
    this.#waiting.clear()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#waiting.size > 0) this.#send()
    }, EVERY_MS)
    this.#timer.unref()
  }
}
