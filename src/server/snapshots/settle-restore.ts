import { existsSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Notice } from '../../contract/lab.ts'
import { LabError } from '../errors.ts'
import { parseKeyRecords } from '../key-records.ts'
import { KeysFile } from '../keys-file.ts'
import { TARGET_FILE, TRAFFIC_FILE } from '../lab-files.ts'
import type { SecretBox } from '../secret-box.ts'
import { CheckpointFolder } from './checkpoint-folder.ts'
import { layOutSnapshot } from './laid-out.ts'
import { RestoreJournal } from './restore-journal.ts'
import { Staging } from './staging.ts'

/**
 * Settles a restore in whose middle the lab has ended, before anything of its folder is opened: what was changed in part is undone, and what was
 * changed as a whole stays. Ended in the middle itself it can be done again.
 * @returns what the operator should know
 * @throws LabError `restore-unfinished` when it cannot be undone now; nothing has changed then
 */
export async function settleRestore(dataFolder: string, secretBox: Promise<SecretBox | null>): Promise<Notice[]> {
  const journal = new RestoreJournal(dataFolder)
  const entry = journal.read()
  if (!entry) return []
  const checkpoints = new CheckpointFolder(dataFolder)
  if (entry.state === 'changed') {
    await checkpoints.keepUndo(entry.undo)
    journal.clear()
    return [{ code: 'restore-finished', params: {} }]
  }
  const file = checkpoints.pathOf(entry.undo)
  const isThere = existsSync(file)
  if (isThere) await putBack(dataFolder, file, await secretBox)
  journal.clear()
  return [{ code: isThere ? 'restore-undone' : 'restore-not-undone', params: {} }]
}

/** The lab of a checkpoint in the place of what is in the folder. */
async function putBack(dataFolder: string, file: string, box: SecretBox | null): Promise<void> {
  const staging = new Staging(dataFolder)
  try {
    const { laidOut, keys } = await layOutSnapshot(file, staging.pathOf('before'), box, staging.thread)
    const records = keys && parseKeyRecords(keys.records)
    await putInPlace(join(dataFolder, TARGET_FILE), laidOut.target)
    await putInPlace(join(dataFolder, TRAFFIC_FILE), laidOut.lab)
    if (records) await new KeysFile(dataFolder, box).write(records)
  } catch (cause) {
    if (!(cause instanceof LabError)) throw cause
    throw new LabError('restore-unfinished', `A restore broke off, and cannot be undone now. ${cause.message}`, { cause })
  } finally {
    await staging.remove()
  }
}

/** The log of the database of before goes first: it would be replayed into the one that comes. */
async function putInPlace(path: string, from: string): Promise<void> {
  const file = await open(from, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true })
  renameSync(from, path)
}
