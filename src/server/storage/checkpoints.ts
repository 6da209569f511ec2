import { Worker } from 'node:worker_threads'
import { checkpointWorkerUrl } from '../assets.ts'

/** What the thread is told. */
export type CheckpointOrder = 'copy' | 'close'

/** What the thread works on and whom it tells. */
export interface CheckpointOptions {
  /** Databases in WAL that were opened before. */
  databaseFiles: string[]
  /** Called once when the thread has died: from then on whoever commits copies the log, rarely and for longer. */
  onProblem(message: string): void
}

/** A start has more urgent work for the processor, milliseconds. */
const START_DELAY_MS = 1000

/**
 * The thread that copies the logs of databases into their files, so that no thread that answers requests waits for the disk. The lab does
 * without it, too: every connection copies a log that has grown past its own bound (`connectDatabase`).
 */
export class Checkpoints {
  readonly #options: CheckpointOptions
  readonly #timer: NodeJS.Timeout
  #worker: Worker | null = null
  #hasEnded: Promise<void> | null = null
  #isClosing = false

  /** The thread itself starts a second later, or with the first order. */
  constructor(options: CheckpointOptions) {
    this.#options = options
    this.#timer = setTimeout(() => this.#start(), START_DELAY_MS).unref()
  }

  /** Resolves when what was committed before is in the files, as far as readers and locks allow; at once when the thread has died. */
  async copyNow(): Promise<void> {
    this.#start()
    const worker = this.#worker
    if (!worker) return
    const hasCopied = new Promise((resolve) => worker.once('message', resolve))
    worker.postMessage('copy' satisfies CheckpointOrder)
    await Promise.race([hasCopied, this.#hasEnded])
  }

  /** Empties the logs and ends the thread; when no other connection is left the logs are deleted too. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#timer)
    this.#worker?.postMessage('close' satisfies CheckpointOrder)
    await this.#hasEnded
  }

  #start(): void {
    if (this.#hasEnded || this.#isClosing) return
    clearTimeout(this.#timer)
    const { databaseFiles, onProblem } = this.#options
    const worker = new Worker(checkpointWorkerUrl(), { workerData: { databaseFiles } })
    this.#worker = worker
    let cause: unknown = 'it has stopped'
    worker.once('error', (error) => {
      cause = error
    })
    this.#hasEnded = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#worker = null
        if (!this.#isClosing) {
          onProblem(`The thread that copies the logs of the databases ended (${String(cause)}): everything works on, now and then slower.`)
        }
        resolve()
      })
    })
  }
}
