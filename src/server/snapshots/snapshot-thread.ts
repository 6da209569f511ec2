import { Worker } from 'node:worker_threads'
import { snapshotWorkerUrl } from '../assets.ts'
import { LabError } from '../errors.ts'
import type { FromSnapshotThread, SnapshotAnswers, SnapshotOrder } from './snapshot-messages.ts'

/**
 * Has a thread of its own carry out one order: however large the lab is, whoever serves requests does not wait for it.
 * @throws LabError `bad-request` when the file is no snapshot that can be opened, `storage` when the thread failed
 */
export function carryOut<Order extends SnapshotOrder>(order: Order): Promise<SnapshotAnswers[Order['kind']]> {
  const worker = new Worker(snapshotWorkerUrl(), { workerData: order })
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromSnapshotThread) => {
      if (message.kind === 'done') resolve(message.answer as SnapshotAnswers[Order['kind']])
      else reject(new LabError('bad-request', message.message))
    })
    const fail = (cause: unknown): void =>
      reject(new LabError('storage', `The snapshot could not be made or read: ${String(cause)}`, { cause }))
    worker.once('error', fail)
    worker.once('exit', () => fail('its thread has stopped'))
  })
}
