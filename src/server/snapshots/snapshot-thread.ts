import { Worker } from 'node:worker_threads'
import { snapshotWorkerUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import { noRoom } from '../no-room.ts'
import type { FromSnapshotThread, SnapshotAnswers, SnapshotOrder } from './snapshot-messages.ts'

interface Waiting {
  resolve(answer: SnapshotAnswers[keyof SnapshotAnswers]): void
  reject(error: Error): void
}

const failed = (why: unknown): LabError => new LabError('storage', `The snapshot could not be made or read: ${String(why)}`, { cause: why })

const FAILURES = {
  refused: (message: string) => new LabError('bad-request', message),
  'no-room': noRoom,
  failed,
} as const

/**
 * A thread of its own that carries out orders one after the other: however large the lab is, whoever serves requests does not wait for it. It
 * loads what it needs while whoever started it does something else.
 */
export class SnapshotThread {
  readonly #worker = new Worker(snapshotWorkerUrl())
  readonly #waiting: Waiting[] = []
  #failure: Error | null = null

  constructor() {
    this.#worker.on('message', (message: FromSnapshotThread) => {
      const asked = this.#waiting.shift()
      if (message.kind === 'done') asked?.resolve(message.answer)
      else asked?.reject(FAILURES[message.kind](message.message))
    })
    this.#worker.once('error', (cause) => this.#fail(failed(cause)))
    this.#worker.once('exit', () => this.#fail(failed('its thread has stopped')))
  }

  /** @throws LabError `bad-request` when the file is no snapshot that can be opened, `storage` when it could not be carried out */
  carryOut<Order extends SnapshotOrder>(order: Order): Promise<SnapshotAnswers[Order['kind']]> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: (answer) => resolve(answer as SnapshotAnswers[Order['kind']]), reject })
      this.#worker.postMessage(order)
    })
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(failure: Error): void {
    this.#failure ??= failure
    for (const { reject } of this.#waiting.splice(0)) reject(failure)
  }
}
