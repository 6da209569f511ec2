import { Worker } from 'node:worker_threads'
import { recorderWorkerUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import type { FromWorker, Question, RecorderWorkerData, Row, ToWorker } from './recorder-messages.ts'

type Ready = Extract<FromWorker, { kind: 'ready' }>
interface Asked {
  rows: Row[]
  resolve(rows: Row[]): void
  reject(error: Error): void
}

/** The thread that owns the traffic tables: messages are carried out in order, so a question sees all that was sent before it. */
export class RecorderThread {
  readonly #worker: Worker
  readonly #asked = new Map<number, Asked>()
  readonly #onMessage: (message: FromWorker) => void
  #lastAskId = 0
  #failure: Error | null = null
  #isClosing = false

  private constructor(worker: Worker, onMessage: (message: FromWorker) => void) {
    this.#worker = worker
    this.#onMessage = onMessage
  }

  /** Resolves when the worker has opened the database; rejects with LabError `storage` when it cannot. */
  static async start(
    settings: RecorderWorkerData,
    onMessage: (message: FromWorker) => void,
  ): Promise<{ thread: RecorderThread; ready: Ready }> {
    const worker = new Worker(recorderWorkerUrl(), { workerData: settings })
    const thread = new RecorderThread(worker, onMessage)
    const ready = await new Promise<Ready>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(message)
        else thread.#receive(message)
      })
      worker.on('error', (cause) => {
        const failure = new LabError('storage', `The thread that records traffic stopped: ${String(cause)}`, { cause })
        thread.#fail(failure)
        reject(failure)
      })
      worker.on('messageerror', (cause) => thread.#miss(cause))
      worker.on('exit', () => thread.#fail(new LabError('storage', 'The thread that records traffic has stopped.')))
    })
    return { thread, ready }
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    if (!this.#failure) this.#worker.postMessage(message, transfer)
  }

  ask(question: Question): Promise<Row[]> {
    if (this.#failure) return Promise.reject(this.#failure)
    const askId = ++this.#lastAskId
    return new Promise((resolve, reject) => {
      this.#asked.set(askId, { rows: [], resolve, reject })
      this.post({ kind: 'ask', askId, question })
    })
  }

  /** Everything sent before is written when this resolves. */
  async close(): Promise<void> {
    if (this.#failure) return
    this.#isClosing = true
    const hasExited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    await this.ask({ kind: 'close' })
    await hasExited
  }

  #receive(message: FromWorker): void {
    if (message.kind !== 'rows' && message.kind !== 'failed') {
      this.#onMessage(message)
      return
    }
    const asked = this.#asked.get(message.askId)
    if (!asked) return
    if (message.kind === 'rows') {
      for (const row of message.rows) asked.rows.push(row)
      if (!message.isLast) return
      asked.resolve(asked.rows)
    } else asked.reject(new LabError('storage', `Recorded traffic cannot be read: ${message.message}`))
    this.#asked.delete(message.askId)
  }

  /** An answer came that cannot be read, nor whose it is: nobody is left waiting for it. */
  #miss(cause: unknown): void {
    this.#rejectAll(new LabError('storage', 'Recorded traffic cannot be read.', { cause }))
  }

  #rejectAll(failure: Error): void {
    for (const asked of this.#asked.values()) asked.reject(failure)
    this.#asked.clear()
  }

  #fail(failure: Error): void {
    if (this.#failure) return
    this.#failure = failure
    this.#rejectAll(failure)
    if (!this.#isClosing) this.#onMessage({ kind: 'problem', message: failure.message })
  }
}
