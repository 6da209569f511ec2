import { setTimeout as wait } from 'node:timers/promises'
import { isBusy } from '../storage/open.ts'

const PATIENCE_MS = 2000
const RETRY_EVERY_MS = 20

/** Runs statements; while another node holds the lock, waits without blocking the thread and tries again for two seconds. */
export const retryBusy = async <T>(work: () => T): Promise<T> => {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await wait(RETRY_EVERY_MS)
  }
}
