import { app } from 'electron'
import type { Lab } from '../server/running-lab.ts'

/** The longest that closing the lab may take, milliseconds. */
const CLOSE_WITHIN_MS = 4500

/**
 * Quitting by window, menu or signal closes the lab first, also one that is still starting, and exits then.
 * @param exitCode asked at the very end
 */
export function closeLabOnQuit(starting: Promise<Lab>, exitCode: () => number): void {
  let isClosing = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    setTimeout(() => app.exit(exitCode()), CLOSE_WITHIN_MS)
    starting
      .then(
        (lab) => lab.close(),
        // Whoever started it has said why there is none.
        () => undefined,
      )
      .catch((error: unknown) => console.error(error))
      .finally(() => app.exit(exitCode()))
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
}
