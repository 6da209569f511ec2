import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { migrationsUrl } from '../assets.ts'
import { LabError } from '../errors.ts'

/** A database that is ready for use. */
export interface Opened {
  database: Database.Database
  /** Where a damaged file was moved to; null when the file was sound or new. */
  movedAside: string | null
}

/** How long one statement may block its thread while another writer holds the lock, milliseconds. Whoever serves requests retries without blocking. */
export const BUSY_TIMEOUT_MS = 50
/**
 * Pages in the log before a commit copies them into the database: 128 MiB. The commit that crosses the line holds up its thread for a tenth of
 * a second and more, so it should never come to that: `Checkpoints` copies from the first page on, in a thread of its own, and a purge of a
 * million sessions brought the log to 80 MiB. Without that thread it is what bounds the log.
 */
const AUTOCHECKPOINT_PAGES = 32_768
/** The files that belong to a database: itself, its log and the index of the log. */
const PARTS = ['', '-wal', '-shm'] as const
/** For the owner alone: the databases hold password hashes, and recorded credentials that are still good. */
const OWNER_ONLY = 0o600

interface Migration {
  version: number
  sql: string
}

/**
 * Connects to a database that was opened before: same settings, no check, no migration. For workers.
 *
 * WAL with `synchronous = NORMAL`: a commit is in the operating system's hands before it returns, so it outlives a killed process (SIGKILL
 * included); only a power failure or a crash of the system itself may take the last commits with it, and the file stays sound even then.
 * @throws LabError `database-gone` when somebody has deleted it since
 */
export function connectDatabase(file: string): Database.Database {
  // SQLite would make an empty one in its place, and that would be found damaged or lacking its tables.
  if (!existsSync(file)) throw new LabError('database-gone', `${file} is gone: close AuthLab and start it again.`)
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Opens a database, creates it when there is none, checks its integrity and brings its schema up to date. A damaged file is moved aside with
 * its log, never deleted, and a fresh one takes its place.
 * @throws LabError `data-dir-unwritable`, `newer-schema`, `database-locked` or `migration-failed`.
 */
export function openDatabase(file: string, migrations: 'target' | 'lab'): Opened {
  requireWritable(file)
  keepPrivate(file)
  const known = readMigrations(migrations)
  const isSound = isSoundDatabase(file)
  const movedAside = isSound ? null : moveAside(file)
  createPrivate(file)
  const database = connectOrExplain(file)
  try {
    migrate(database, known, file)
    return { database, movedAside }
  } catch (error) {
    database.close()
    throw error
  }
}

function requireWritable(file: string): void {
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    for (const part of PARTS) if (existsSync(file + part)) accessSync(file + part, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

const unwritable = (file: string, cause: unknown): LabError =>
  new LabError(
    'data-dir-unwritable',
    `Cannot write ${file}: make the folder writable, free some space, or choose another with --data-dir DIR or --fresh.`,
    { cause },
  )

/** Takes what is there from everybody but its owner. SQLite gives log and index the mode of their database. */
function keepPrivate(file: string): void {
  for (const part of PARTS) {
    try {
      if (existsSync(file + part)) chmodSync(file + part, OWNER_ONLY)
    } catch {
      // A file system without modes, or a file of somebody else who lets us write: then it stays as its owner made it.
    }
  }
}

/** Makes the file before anything is in it: SQLite would let everybody read it. */
export function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', OWNER_ONLY))
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

function readMigrations(name: 'target' | 'lab'): Migration[] {
  const folder = migrationsUrl(name)
  return readdirSync(fileURLToPath(folder))
    .filter((entry) => /^\d+-.*\.sql$/.test(entry))
    .map((entry) => ({ version: Number.parseInt(entry, 10), sql: readFileSync(new URL(entry, folder), 'utf8') }))
    .sort((a, b) => a.version - b.version)
}

/**
 * False only when SQLite itself calls the file damaged; a lock or a full disk says nothing about that. Read-only: another connection would, when
 * it closes, copy the log into the damaged file and delete it, and the log may be what the data can be saved from.
 */
function isSoundDatabase(file: string): boolean {
  if (!existsSync(file) || statSync(file).size === 0) return !existsSync(`${file}-wal`)
  let database: Database.Database | undefined
  try {
    database = new Database(file, { readonly: true, timeout: BUSY_TIMEOUT_MS })
    return database.pragma('quick_check(1)', { simple: true }) === 'ok'
  } catch (error) {
    if (isDamage(error)) return false
    throw explain(error, file)
  } finally {
    database?.close()
  }
}

/** Renames file, log and index together: a log left behind would be replayed into the fresh file. */
function moveAside(file: string): string {
  const target = freeName(`${file}.damaged-${new Date().toISOString().replaceAll(':', '-')}`)
  try {
    for (const part of PARTS) if (existsSync(file + part)) renameSync(file + part, target + part)
  } catch (cause) {
    throw unwritable(file, cause)
  }
  return target
}

function freeName(wanted: string): string {
  let name = wanted
  for (let count = 2; PARTS.some((part) => existsSync(name + part)); count++) name = `${wanted}-${count}`
  return name
}

function connectOrExplain(file: string): Database.Database {
  try {
    return connectDatabase(file)
  } catch (error) {
    throw explain(error, file)
  }
}

/** Version of the schema that this AuthLab knows. */
export const newestSchema = (migrations: 'target' | 'lab'): number => readMigrations(migrations).at(-1)?.version ?? 0

/** Brings an open database to a version of the schema, from whichever it has; to the newest unless one is given. */
export function bringUpTo(database: Database.Database, migrations: 'target' | 'lab', version = Number.POSITIVE_INFINITY): void {
  const has = database.pragma('user_version', { simple: true }) as number
  for (const migration of readMigrations(migrations)) {
    if (migration.version <= has || migration.version > version) continue
    database.exec(migration.sql)
    database.pragma(`user_version = ${migration.version}`)
  }
}

/** One transaction for all steps, with the version read inside it: two processes that start at once do not run a step twice. */
function migrate(database: Database.Database, known: Migration[], file: string): void {
  const newest = known.at(-1)?.version ?? 0
  const run = database.transaction(() => {
    const version = database.pragma('user_version', { simple: true }) as number
    if (version > newest) {
      throw new LabError(
        'newer-schema',
        `${file} was written by a newer AuthLab (schema ${version}, this one knows ${newest}): start that version, or choose another folder with --data-dir DIR.`,
      )
    }
    for (const migration of known) {
      if (migration.version <= version) continue
      database.exec(migration.sql)
      database.pragma(`user_version = ${migration.version}`)
    }
  })
  try {
    run.immediate()
  } catch (error) {
    throw explain(error, file)
  }
}

const sqliteCode = (error: unknown): string => (error instanceof Database.SqliteError ? error.code : '')

const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(sqliteCode(error))

/** True when another connection holds the lock that this statement needs. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error))

function explain(error: unknown, file: string): Error {
  if (error instanceof LabError) return error
  if (isBusy(error)) {
    return new LabError(
      'database-locked',
      `${file} is locked by another program: close it, or choose another folder with --data-dir DIR.`,
      { cause: error },
    )
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|FULL|IOERR)/.test(sqliteCode(error))) return unwritable(file, error)
  return new LabError('migration-failed', `${file} could not be brought up to date: choose another folder with --data-dir DIR.`, {
    cause: error,
  })
}
