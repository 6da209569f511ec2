import { BroadcastChannel, workerData } from 'node:worker_threads'
import '../../src/server/cluster/node-worker.ts'

/** How a node ends that nobody asked to end. */
export type Crash = 'throws' | 'rejects' | 'exits' | 'exhausts its heap'

/** Makes the real node crash in its own thread; sent on the channel `crash`. */
export interface CrashOrder {
  readonly node: string
  readonly how: Crash
}

const crashes: Record<Crash, () => void> = {
  throws: () => {
    throw new Error('a defect of the node')
  },
  rejects: () => void Promise.reject(new Error('a defect of the node')),
  exits: () => process.exit(3),
  'exhausts its heap': () => {
    for (const hoard: unknown[] = []; ; ) hoard.push(new Array(10_000).fill(hoard.length))
  },
}

const channel = new BroadcastChannel('crash')
channel.onmessage = (event) => {
  const { node, how } = (event as unknown as { data: CrashOrder }).data
  if (node === workerData.nodeId) setImmediate(crashes[how])
}
channel.unref()
