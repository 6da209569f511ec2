import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import type { Config } from '../server/config.ts'
import { LabError } from '../server/errors.ts'

const TEMPORARY = 'authlab-window-'

/**
 * Gives Chromium a folder of its own inside the lab's, so that two labs on two folders are two applications; a temporary one with `--fresh`.
 * Has to run before the app is ready.
 * @throws LabError `data-dir-unwritable`
 */
export function placeUserData({ dataDir, isFresh }: Config): void {
  const folder = isFresh ? mkdtempSync(join(tmpdir(), `${TEMPORARY}${process.pid}-`)) : join(dataDir, 'window')
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
  if (isFresh) sweep()
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Chromium writes to its folder until after our last line runs, so the next start deletes what ended ones left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${TEMPORARY}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
