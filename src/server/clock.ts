/** A source of lab time. */
export interface Clock {
  /** Lab time, Unix milliseconds. */
  nowMs(): number
}

/** Two 64-bit cells: the offset in milliseconds, and the lab time it is paused at plus one (0 while running). */
const CELLS = 2

/** Makes the shared memory that the lab and all its nodes read their time from. */
export const createClockBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(CELLS * BigInt64Array.BYTES_PER_ELEMENT)

/** Real time plus an offset, the same in every thread that holds the buffer, plus this thread's own skew. */
export class LabClock implements Clock {
  readonly #cells: BigInt64Array
  readonly #skew: { readonly clockSkewMs: number }

  /** @param skew how far this reader is off from the lab (a node with a wrong clock); read anew each time. */
  constructor(buffer: SharedArrayBuffer, skew: { readonly clockSkewMs: number } = { clockSkewMs: 0 }) {
    this.#cells = new BigInt64Array(buffer)
    this.#skew = skew
  }

  nowMs(): number {
    return this.#unskewedMs() + this.#skew.clockSkewMs
  }

  get isPaused(): boolean {
    return Atomics.load(this.#cells, 1) !== 0n
  }

  /** Lab time minus real time, milliseconds; while paused it falls as real time goes on. */
  get offsetMs(): number {
    return this.isPaused ? this.#unskewedMs() - Date.now() : Number(Atomics.load(this.#cells, 0))
  }

  /** Moves the clock so that lab time is real time plus `offsetMs`; a paused clock stays paused at the new time. */
  setOffset(offsetMs: number): void {
    Atomics.store(this.#cells, 0, BigInt(offsetMs))
    if (this.isPaused) Atomics.store(this.#cells, 1, BigInt(Date.now() + offsetMs + 1))
  }

  /** Back to real time, running. */
  toRealTime(): void {
    Atomics.store(this.#cells, 0, 0n)
    Atomics.store(this.#cells, 1, 0n)
  }

  /** From now on it is this lab time, standing or running. */
  setTo(labTime: number, isPaused: boolean): void {
    Atomics.store(this.#cells, 0, BigInt(Math.round(labTime - Date.now())))
    Atomics.store(this.#cells, 1, isPaused ? BigInt(Math.round(labTime) + 1) : 0n)
  }

  pause(): void {
    if (!this.isPaused) Atomics.store(this.#cells, 1, BigInt(this.#unskewedMs() + 1))
  }

  /** Runs on from where it stood. */
  resume(): void {
    if (!this.isPaused) return
    Atomics.store(this.#cells, 0, BigInt(this.#unskewedMs() - Date.now()))
    Atomics.store(this.#cells, 1, 0n)
  }

  #unskewedMs(): number {
    const pausedAt = Atomics.load(this.#cells, 1)
    return pausedAt === 0n ? Date.now() + Number(Atomics.load(this.#cells, 0)) : Number(pausedAt) - 1
  }
}
