import type { TargetKeys } from '../target-keys.ts'
import type { NodeThread } from './node-thread.ts'
import type { Upstream } from './upstream.ts'

/** How long a run may take to write what it holds before it is killed, milliseconds. */
const CLOSE_WITHIN_MS = 1500

/** One run of a node that listens. */
export interface Run {
  readonly thread: NodeThread
  readonly upstream: Upstream
  readonly port: number
  /** Those it works by. */
  keys: TargetKeys
}

/** Ends a run that takes no new requests: those in flight are finished, what it holds is written. */
export const closeRun = async ({ upstream, thread }: Run, drainWithinMs: number): Promise<void> => {
  if (drainWithinMs > 0) await upstream.idle(drainWithinMs)
  await upstream.destroy()
  await settledWithin(thread.order('close'), CLOSE_WITHIN_MS)
  await thread.terminate()
}

/** Resolves when the promise settles either way, at the latest after `withinMs`. */
const settledWithin = (promise: Promise<unknown>, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    promise.then(done, done)
  })
