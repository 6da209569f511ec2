import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CheckpointId } from '../../contract/snapshot.ts'
import { LabError } from '../errors.ts'
import { replaceFile } from '../replace-file.ts'

const FILE = 'restoring.json'

const Entry = z.strictObject({
  /** Checkpoint that holds the lab as it was before. */
  undo: CheckpointId,
  /** `changing`: the lab may be part the one and part the other. `changed`: it is wholly the one that was wanted. */
  state: z.enum(['changing', 'changed']),
})
/** What is written down of a restore under way. */
export type RestoreEntry = z.infer<typeof Entry>

/**
 * What a restore writes down beside the databases, because no transaction spans both of them and the keys: before anything of the lab is changed,
 * and when everything is. The step from the one to the other is one rename, and the moment at which the restore has happened.
 */
export class RestoreJournal {
  readonly path: string

  constructor(dataFolder: string) {
    this.path = join(dataFolder, FILE)
  }

  /** Null when no restore was under way. @throws LabError `restore-unfinished` when it cannot be read */
  read(): RestoreEntry | null {
    if (!existsSync(this.path)) return null
    try {
      return Entry.parse(JSON.parse(readFileSync(this.path, 'utf8')))
    } catch (cause) {
      const advice = 'delete it to start with what is there, or choose another folder with --data-dir DIR'
      throw new LabError('restore-unfinished', `${this.path}, which a restore has left, cannot be read: ${advice}.`, { cause })
    }
  }

  write(entry: RestoreEntry): void {
    replaceFile(this.path, JSON.stringify(entry))
  }

  clear(): void {
    rmSync(this.path, { force: true })
  }
}
