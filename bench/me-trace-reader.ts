import { parentPort } from 'node:worker_threads'
import { type TraceBatch, unpackTraces } from '../src/server/cluster/trace-batch.ts'

// What the lab's thread does with the batches of a node before it looks at the single traces.
parentPort?.on('message', (batch: TraceBatch) => unpackTraces(batch))
