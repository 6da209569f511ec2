import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import type { Config } from '../server/config.ts'
import { LabError } from '../server/errors.ts'

/**
 * Gives Chromium a folder of its own inside the lab's, so that two labs on two folders are two applications; a temporary one with `--fresh`.
 * Has to run before the app is ready.
 * @throws LabError `data-dir-unwritable`
 */
export function placeUserData({ dataDir, isFresh }: Config): void {
  const folder = isFresh ? mkdtempSync(join(tmpdir(), 'authlab-window-')) : join(dataDir, 'window')
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new LabError(
      'data-dir-unwritable',
      `Cannot write the folder ${dataDir}: make it writable, or choose another with --data-dir DIR.`,
      {
        cause,
      },
    )
  }
  app.setPath('userData', folder)
  app.setPath('sessionData', folder)
  if (isFresh) process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
}
