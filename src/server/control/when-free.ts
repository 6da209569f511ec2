import { setTimeout as wait } from 'node:timers/promises'
import { isBusy } from '../storage/open.ts'

const ATTEMPTS = 40
const PAUSE_MS = 10

/** Runs a short write on a database that the nodes write too, again while one of them holds the lock. */
export async function whenFree<T>(write: () => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return write()
    } catch (error) {
      if (!isBusy(error) || attempt === ATTEMPTS) throw error
      await wait(PAUSE_MS)
    }
  }
}
