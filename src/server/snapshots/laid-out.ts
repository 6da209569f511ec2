import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { SnapshotHead } from '../../contract/snapshot.ts'
import { LabError } from '../errors.ts'
import { parseKeyRecords } from '../key-records.ts'
import { hashPassword } from '../passwords.ts'
import type { SecretBox } from '../secret-box.ts'
import { AccountRows } from '../storage/account-rows.ts'
import { damaged } from './snapshot-format.ts'
import { SnapshotKeys, SnapshotParts } from './snapshot-parts.ts'
import type { SnapshotThread } from './snapshot-thread.ts'

/** A snapshot that was read, checked and laid out: a lab can be put back from it. */
export interface Laid {
  readonly head: SnapshotHead
  readonly parts: SnapshotParts
  /** Null when it was written without: the lab gets new ones. */
  readonly keys: SnapshotKeys | null
  /** Paths of both databases. */
  readonly laidOut: { readonly target: string; readonly lab: string }
}

/**
 * @param folder made for it; whoever asks removes it
 * @throws LabError `bad-request` when it is no snapshot that can be opened here
 */
export async function layOutSnapshot(file: string, folder: string, box: SecretBox | null, thread: SnapshotThread): Promise<Laid> {
  mkdirSync(folder, { mode: 0o700 })
  const laidOut = { target: join(folder, 'target.db'), lab: join(folder, 'lab.db') }
  const { head, text } = await thread.carryOut({ kind: 'open', file, targetFile: laidOut.target, labFile: laidOut.lab })
  const parts = parse(SnapshotParts, text.parts)
  const keys = text.keys === null ? null : parse(SnapshotKeys, typeof text.keys === 'string' ? text.keys : await unseal(text.keys, box))
  if (head.hasSecrets !== (keys !== null) || (keys && !parseKeyRecords(keys.records))) throw refused()
  if (!head.hasSecrets) await setStartingPasswords(laidOut.target)
  return { head, parts, keys, laidOut }
}

const refused = (cause?: unknown): LabError => new LabError('bad-request', damaged().message, { cause })

function parse<T>(schema: { parse(value: unknown): T }, json: string): T {
  try {
    return schema.parse(JSON.parse(json))
  } catch (cause) {
    throw refused(cause)
  }
}

async function unseal(sealed: Uint8Array, box: SecretBox | null): Promise<string> {
  const text = await box?.open(sealed).catch(() => null)
  if (text != null) return text
  throw new LabError(
    'bad-request',
    'The desktop app has sealed the keys of this checkpoint, and it alone can open them. Nothing was changed.',
  )
}

/** Hashes of passwords are secrets, too: without them everybody has the password that the lab's starting accounts have. */
async function setStartingPasswords(targetFile: string): Promise<void> {
  const database = new Database(targetFile)
  try {
    const accounts = new AccountRows(database)
    const withoutPassword = database.prepare("SELECT name FROM accounts WHERE password_hash = ''").pluck().all() as string[]
    for (const name of withoutPassword) accounts.setPasswordHash(name, await hashPassword(`${name}-pass`), 0)
    database.exec('UPDATE accounts SET password_changed_at = NULL')
  } finally {
    database.close()
  }
}
