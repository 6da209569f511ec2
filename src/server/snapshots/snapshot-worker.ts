import { parentPort, workerData } from 'node:worker_threads'
import { layOut, replaceRows } from './lay-out.ts'
import { Refusal } from './snapshot-format.ts'
import type { FromSnapshotThread, SnapshotAnswers, SnapshotOrder } from './snapshot-messages.ts'
import { writeSnapshot } from './write-snapshot.ts'

const port = parentPort
if (!port) throw new Error('snapshot-worker runs as a worker thread only')

const carryOut = (order: SnapshotOrder): SnapshotAnswers[keyof SnapshotAnswers] => {
  if (order.kind === 'write') return writeSnapshot(order)
  if (order.kind === 'open') return layOut(order)
  replaceRows(order)
  return null
}

try {
  port.postMessage({ kind: 'done', answer: carryOut(workerData as SnapshotOrder) } satisfies FromSnapshotThread)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  port.postMessage({ kind: 'refused', message: error.message } satisfies FromSnapshotThread)
}
