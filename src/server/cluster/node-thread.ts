import { Worker } from 'node:worker_threads'
import { nodeWorkerUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import type { MemoryContents } from '../storage/memory-contents.ts'
import type { TargetKeys } from '../target-keys.ts'
import type { FromNode, NodeOrder, NodeStats, NodeTrace, NodeWorkerData, ToNode } from './node-messages.ts'
import type { DirectoryCall } from './nodes-directory.ts'
import { unpackTraces } from './trace-batch.ts'

interface Pending {
  resolve(done: { stats: NodeStats; answer?: unknown }): void
  reject(error: Error): void
}

/** One run of one node: a worker thread from its start until it is gone. */
export class NodeThread {
  readonly #worker: Worker
  readonly #nodeId: string
  readonly #pending = new Map<number, Pending>()
  #lastOrderId = 0
  #error: unknown = null
  #isGone = false
  /** Its port; rejects with LabError `node-failed` when the thread ends before it listens. */
  readonly listening: Promise<number>

  /** @param on `gone` is called once, when the thread has ended, whoever ended it. */
  constructor(data: NodeWorkerData, on: { traces(traces: NodeTrace[]): void; gone(failure: LabError): void }) {
    this.#nodeId = data.nodeId
    this.#worker = new Worker(nodeWorkerUrl(), { workerData: data, name: data.nodeId })
    this.listening = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromNode) => {
        if (message.kind === 'listening') resolve(message.port)
        else if (message.kind === 'traces') on.traces(unpackTraces(message.batch))
        else this.#settle(message)
      })
      this.#worker.on('error', (error) => {
        this.#error = error
      })
      this.#worker.on('exit', () => {
        this.#isGone = true
        const failure = this.#failure()
        reject(failure)
        for (const { reject: rejectOrder } of this.#pending.values()) rejectOrder(failure)
        this.#pending.clear()
        on.gone(failure)
      })
    })
    // Whoever kills a node that is still starting need not wait for it.
    this.listening.catch(() => {})
  }

  /** Resolves when the order is carried out. */
  async order(order: NodeOrder): Promise<NodeStats> {
    return (await this.#tell(order)).stats
  }

  /** Resolves when it works by these keys. */
  async setKeys(keys: TargetKeys): Promise<void> {
    await this.#tell({ setKeys: keys })
  }

  /** Asks for what it keeps in its memory. */
  async ask(call: DirectoryCall): Promise<unknown> {
    return (await this.#tell(call)).answer
  }

  /** What it keeps in its memory; null unless the session store is `memory`. */
  async dump(): Promise<MemoryContents | null> {
    return (await this.#tell('dump')).answer as MemoryContents | null
  }

  /** In the place of what is in its memory. */
  async load(contents: MemoryContents): Promise<void> {
    await this.#tell({ load: contents })
  }

  /** Ends the thread at once, as `kill -9` ends a process. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #tell(order: ToNode['order']): Promise<{ stats: NodeStats; answer?: unknown }> {
    if (this.#isGone) return Promise.reject(this.#failure())
    const orderId = ++this.#lastOrderId
    return new Promise((resolve, reject) => {
      this.#pending.set(orderId, { resolve, reject })
      this.#worker.postMessage({ orderId, order } satisfies ToNode)
    })
  }

  #settle(message: Extract<FromNode, { kind: 'done' | 'failed' }>): void {
    const pending = this.#pending.get(message.orderId)
    this.#pending.delete(message.orderId)
    if (message.kind === 'done') pending?.resolve(message)
    else pending?.reject(new LabError('node-failed', `${this.#nodeId}: ${message.message}`))
  }

  #failure(): LabError {
    const reason = this.#error instanceof Error ? `: ${this.#error.message}` : ''
    return new LabError('node-failed', `${this.#nodeId} has stopped${reason}.`, { cause: this.#error ?? undefined })
  }
}
