import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Notice } from '../contract/lab.ts'
import type { Clock } from './clock.ts'
import { LabKeys } from './lab-keys.ts'
import { LabSettings } from './lab-settings.ts'
import { openDatabase } from './storage/open.ts'
import { KEY_OVERLAP } from './target-defaults.ts'
import type { Undoing } from './undoing.ts'

/** What a lab keeps in its data folder. */
export interface LabFiles {
  readonly folder: string
  /** The target's database, open. */
  readonly target: Database.Database
  readonly targetFile: string
  readonly labFile: string
  readonly settings: LabSettings
  readonly keys: LabKeys
  /** What had to be moved aside. */
  readonly notices: Notice[]
}

/** Opens the databases and the keys of a data folder; they are closed with `undoing`. @throws LabError when one cannot be had */
export async function openLabFiles(folder: string, clock: Clock, undoing: Undoing): Promise<LabFiles> {
  const targetFile = join(folder, 'target.db')
  const labFile = join(folder, 'lab.db')
  const target = openDatabase(targetFile, 'target')
  undoing.add(() => target.database.close())
  const lab = openDatabase(labFile, 'lab')
  undoing.add(() => lab.database.close())
  const { keys, movedAside } = await LabKeys.open(folder, clock, KEY_OVERLAP)
  const moved = [target.movedAside, lab.movedAside, movedAside].filter((path) => path !== null)
  const notices = moved.map((path): Notice => ({ code: 'database-moved-aside', params: { path } }))
  return { folder, target: target.database, targetFile, labFile, settings: new LabSettings(lab.database), keys, notices }
}
