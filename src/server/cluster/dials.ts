const CELLS = 2

/** Shared memory for {@link NodeDials} or {@link StoreDials}, all at zero. */
export const createDialBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT)

/** What the operator turns at one node while it runs: its thread sees it at once, without a restart. */
export class NodeDials {
  readonly #cells: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.#cells = new Int32Array(buffer)
  }

  /** How far the node's clock is off from the lab's, milliseconds. */
  get clockSkewMs(): number {
    return Atomics.load(this.#cells, 0)
  }

  set clockSkewMs(value: number) {
    Atomics.store(this.#cells, 0, value)
  }

  /** Waited before each answer, milliseconds. */
  get latencyMs(): number {
    return Atomics.load(this.#cells, 1)
  }

  set latencyMs(value: number) {
    Atomics.store(this.#cells, 1, value)
  }
}

/** What the operator turns at the session store while nodes run: all of them see it at once. */
export class StoreDials {
  readonly #cells: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.#cells = new Int32Array(buffer)
  }

  /** Waited before every use of the store, milliseconds. */
  get latencyMs(): number {
    return Atomics.load(this.#cells, 0)
  }

  set latencyMs(value: number) {
    Atomics.store(this.#cells, 0, value)
  }

  /** Every use of the store fails. */
  get isOut(): boolean {
    return Atomics.load(this.#cells, 1) === 1
  }

  set isOut(value: boolean) {
    Atomics.store(this.#cells, 1, value ? 1 : 0)
  }
}
