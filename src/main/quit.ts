import { app } from 'electron'
import type { Lab } from '../server/lab.ts'

/** The longest that closing the lab may take, milliseconds. */
const CLOSE_WITHIN_MS = 4500

/** Quitting by window, menu or signal closes the lab first, then exits with 0. */
export function closeLabOnQuit(lab: Lab): void {
  let isClosing = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    setTimeout(() => app.exit(0), CLOSE_WITHIN_MS)
    lab
      .close()
      .catch((error: unknown) => console.error(error))
      .finally(() => app.exit(0))
  })
}

/** A signal quits as the menu does. @param quit what to do instead while there is no lab yet */
export function quitOnSignals(quit: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, quit)
}
