/** How much of a body is kept, in octets; the rest is only counted. */
export const KEPT_BODY_BYTES = 64 * 1024

const NOTHING = new Uint8Array(0)

/** The first 64 KiB of a body that streams by, and its whole length. */
export class CapturedBody {
  #chunks: Uint8Array[] = []
  #kept = 0
  #seen = 0
  readonly #limit: number

  /** @param isKept false while recording is off: octets are counted, none is kept. */
  constructor(isKept: boolean) {
    this.#limit = isKept ? KEPT_BODY_BYTES : 0
  }

  add(chunk: Uint8Array): void {
    this.#seen += chunk.byteLength
    const room = this.#limit - this.#kept
    if (room <= 0) return
    const part = chunk.byteLength <= room ? chunk : chunk.subarray(0, room)
    this.#chunks.push(part)
    this.#kept += part.byteLength
  }

  /** Octets that went by. */
  get seenBytes(): number {
    return this.#seen
  }

  /** Octets that are kept. */
  get keptBytes(): number {
    return this.#kept
  }

  /** The kept octets in one piece. */
  bytes(): Uint8Array {
    if (this.#chunks.length === 0) return NOTHING
    const first = this.#chunks[0]
    return this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks)
  }
}
