import { parentPort } from 'node:worker_threads'
import { isNoRoom } from '../no-room.ts'
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

const answer = (order: SnapshotOrder): FromSnapshotThread => {
  try {
    return { kind: 'done', answer: carryOut(order) }
  } catch (error) {
    const kind = error instanceof Refusal ? 'refused' : isNoRoom(error) ? 'no-room' : 'failed'
    return { kind, message: error instanceof Error ? error.message : String(error) }
  }
}

port.on('message', (order: SnapshotOrder) => port.postMessage(answer(order)))
