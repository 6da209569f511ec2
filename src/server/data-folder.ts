import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { LabError } from './errors.ts'
import { isBusy } from './storage/open.ts'

const LOCK = 'lab.lock'
const OWNER_ONLY = 0o600

/** The folder that one lab works in, and nobody else meanwhile. */
export interface DataFolder {
  readonly path: string
  /** Lets the folder go; a temporary one is deleted. */
  release(): void
}

/**
 * Makes the data folder, or a temporary one inside it, and locks it against a second lab.
 * @throws LabError `data-dir-unwritable` or `data-dir-in-use`
 */
export function openDataFolder(dataDir: string, isTemporary: boolean): DataFolder {
  const path = makeFolder(dataDir, isTemporary)
  const release = lock(path)
  return {
    path,
    release: () => {
      release()
      if (isTemporary) rmSync(path, { recursive: true, force: true })
    },
  }
}

function makeFolder(dataDir: string, isTemporary: boolean): string {
  try {
    // For the owner alone: recorded credentials are in it. A folder that is there already stays as it is.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return isTemporary ? mkdtempSync(join(dataDir, 'authlab-')) : dataDir
  } catch (cause) {
    throw unwritable(dataDir, cause)
  }
}

const unwritable = (dataDir: string, cause: unknown): LabError =>
  new LabError('data-dir-unwritable', `Cannot write the folder ${dataDir}: make it writable, or choose another with --data-dir DIR.`, {
    cause,
  })

/** An exclusive transaction that stays open: the system lets go of it when the process ends, however it ends. */
function lock(folder: string): () => void {
  const file = join(folder, LOCK)
  let database: Database.Database | undefined
  try {
    // SQLite would make it readable for everybody, and whoever can read it can hold a lock on it.
    closeSync(openSync(file, 'a', OWNER_ONLY))
    chmodSync(file, OWNER_ONLY)
    database = new Database(file, { timeout: 0 })
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database?.close()
    if (!isBusy(cause)) throw unwritable(folder, cause)
    throw new LabError(
      'data-dir-in-use',
      `Another AuthLab works in ${folder}: close it, or choose another folder with --data-dir DIR or --fresh.`,
      { cause },
    )
  }
  const held = database
  return () => {
    held.close()
  }
}
