import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Notice } from '../contract/lab.ts'
import type { Clock } from './clock.ts'
import { LabKeys } from './lab-keys.ts'
import { LabSettings } from './lab-settings.ts'
import type { SecretBox } from './secret-box.ts'
import { openDatabase } from './storage/open.ts'
import { keyOverlap, LIFETIMES } from './target-defaults.ts'
import type { Undoing } from './undoing.ts'

/** The target's database in the data folder. */
export const TARGET_FILE = 'target.db'
/** The lab's own database, which holds the traffic. */
export const TRAFFIC_FILE = 'lab.db'

/** What a lab keeps in its data folder. */
export interface LabFiles {
  readonly folder: string
  /** The target's database, open. */
  readonly target: Database.Database
  readonly targetFile: string
  readonly labFile: string
  readonly settings: LabSettings
  readonly keys: LabKeys
  /** What had to be moved aside, or left where it is. */
  readonly notices: Notice[]
}

/** What the files of a lab are opened with. */
export interface LabFilesOptions {
  readonly folder: string
  readonly clock: Clock
  /** Resolves to null where keys cannot be sealed. */
  readonly secretBox: Promise<SecretBox | null>
}

/** Opens the databases and the keys of a data folder; they are closed with `undoing`. @throws LabError when one cannot be had */
export async function openLabFiles({ folder, clock, secretBox }: LabFilesOptions, undoing: Undoing): Promise<LabFiles> {
  const targetFile = join(folder, TARGET_FILE)
  const labFile = join(folder, TRAFFIC_FILE)
  const target = openDatabase(targetFile, 'target')
  undoing.add(() => target.database.close())
  const lab = openDatabase(labFile, 'lab')
  undoing.add(() => lab.database.close())
  const { keys, notices: ofKeys } = await LabKeys.open({
    dataDir: folder,
    clock,
    overlap: keyOverlap(LIFETIMES),
    secretBox: await secretBox,
  })
  const moved = [target.movedAside, lab.movedAside].filter((path) => path !== null)
  const notices = [...moved.map((path): Notice => ({ code: 'database-moved-aside', params: { path } })), ...ofKeys]
  return { folder, target: target.database, targetFile, labFile, settings: new LabSettings(lab.database), keys, notices }
}
