import Database from 'better-sqlite3'
import { SNAPSHOT_VERSION, SnapshotHead } from '../../contract/snapshot.ts'
import { newestSchema } from '../storage/open.ts'
import type { SchemaVersions, SnapshotText } from './snapshot-messages.ts'

/** Marks the file as a snapshot (`PRAGMA application_id`): "AuLb". */
export const APPLICATION_ID = 0x41754c62

/** Names of the rows of the table `snapshot`. */
export const ROWS = { head: 'head', schemas: 'schemas', parts: 'parts', keys: 'keys', sealedKeys: 'sealed-keys' } as const

/** What is wrong with a file that was given as a snapshot, in words for whoever gave it. */
export class Refusal extends Error {}

const DAMAGED = 'This snapshot is damaged: take another copy of it. Nothing of the lab was changed.'

/** What a file is refused with that was a snapshot once. */
export const damaged = (cause?: unknown): Refusal => new Refusal(DAMAGED, { cause })

const FOREIGN = 'This file is no AuthLab snapshot: choose one that ends in .authlab. Nothing of the lab was changed.'

/** A table of the one or the other database, and under which name it stands in a snapshot. */
const TABLE = /^(?:target|lab)_[a-z_]+$/

/**
 * Opens a file that claims to be a snapshot.
 * @param isChecked whether every page of it is read
 * @throws Refusal when it is none, is damaged, or was written by a newer AuthLab
 */
export function openSnapshot(file: string, isChecked = true): Database.Database {
  let database: Database.Database | undefined
  try {
    database = new Database(file, { readonly: true, fileMustExist: true })
    // Whatever the file holds, none of its own code runs.
    database.pragma('trusted_schema = OFF')
    if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new Refusal(FOREIGN)
    const version = database.pragma('user_version', { simple: true }) as number
    if (version > SNAPSHOT_VERSION) throw newer(`format ${version}`, `format ${SNAPSHOT_VERSION}`)
    if (version < 1) throw damaged()
    if (isChecked && database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damaged()
    requireTablesOnly(database)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof Refusal) throw error
    throw isNoDatabase(error) ? new Refusal(FOREIGN, { cause: error }) : damaged(error)
  }
}

const isNoDatabase = (error: unknown): boolean => error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB'

const newer = (found: string, known: string): Refusal =>
  new Refusal(`This snapshot was written by a newer AuthLab (${found}, this one knows ${known}): open it with that version.`)

/** Plain tables under the names that we give; a view, a trigger or a virtual table is not of our making. */
function requireTablesOnly(database: Database.Database): void {
  const objects = database.prepare('SELECT type, name, sql FROM sqlite_schema').all() as {
    type: string
    name: string
    sql: string | null
  }[]
  for (const { type, name, sql } of objects) {
    const isOurs = (name === 'snapshot' || TABLE.test(name)) && type === 'table' && /^CREATE TABLE /i.test(sql ?? '')
    if (!isOurs && !name.startsWith('sqlite_autoindex_snapshot')) throw damaged()
  }
}

function readRow(database: Database.Database, name: string): string | Uint8Array | null {
  const found = database.prepare('SELECT value FROM snapshot WHERE name = ?').pluck().get(name)
  return typeof found === 'string' || found instanceof Uint8Array ? found : null
}

const asJson = (value: string | Uint8Array | null): unknown => (typeof value === 'string' ? JSON.parse(value) : null)

/** What an open snapshot tells of itself. @throws Refusal */
export function readHead(database: Database.Database): SnapshotHead {
  try {
    return SnapshotHead.parse(asJson(readRow(database, ROWS.head)))
  } catch (error) {
    throw damaged(error)
  }
}

/** Versions of the schemas that its rows were written under. @throws Refusal when they are newer than ours */
export function readSchemas(database: Database.Database): SchemaVersions {
  const { target, lab } = (asJson(readRow(database, ROWS.schemas)) ?? {}) as Partial<Record<keyof SchemaVersions, unknown>>
  const known = { target: newestSchema('target'), lab: newestSchema('lab') }
  if (!Number.isInteger(target) || !Number.isInteger(lab)) throw damaged()
  const versions = { target: target as number, lab: lab as number }
  if (versions.target > known.target || versions.lab > known.lab) {
    throw newer(`schemas ${versions.target} and ${versions.lab}`, `${known.target} and ${known.lab}`)
  }
  if (versions.target < 1 || versions.lab < 1) throw damaged()
  return versions
}

/** What is kept beside the databases. @throws Refusal */
export function readText(database: Database.Database): SnapshotText {
  const parts = readRow(database, ROWS.parts)
  if (typeof parts !== 'string') throw damaged()
  return { parts, keys: readRow(database, ROWS.keys) ?? readRow(database, ROWS.sealedKeys) }
}
