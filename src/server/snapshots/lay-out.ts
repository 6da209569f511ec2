import Database from 'better-sqlite3'
import { z } from 'zod'
import { Account } from '../../contract/accounts.ts'
import { AuditEntry, MAX_AUDIT } from '../../contract/audit.ts'
import { OperatorAction } from '../../contract/lab.ts'
import { ExchangeMechanism } from '../../contract/mechanism.ts'
import { MAX_REVOCATIONS, Revocation } from '../../contract/revocations.ts'
import { IssuedToken, MAX_TOKENS } from '../../contract/tokens.ts'
import { Verdict } from '../../contract/verdict.ts'
import { isNoRoom } from '../no-room.ts'
import { isOwnHash } from '../passwords.ts'
import { AccountRows } from '../storage/account-rows.ts'
import { bringUpTo, connectDatabase, createPrivate } from '../storage/open.ts'
import { copyTables, replaceAllRows } from '../storage/replace-rows.ts'
import { ExchangeTable } from '../traffic/exchange-table.ts'
import { damaged, openSnapshot, Refusal, readHead, readSchemas, readText } from './snapshot-format.ts'
import type { SnapshotAnswers, SnapshotOrder } from './snapshot-messages.ts'

type Opening = Extract<SnapshotOrder, { kind: 'open' }>
type Replacing = Extract<SnapshotOrder, { kind: 'replace-target' }>

const Token = IssuedToken.omit({ state: true }).extend({ ordinal: z.number().int(), version: z.number().nullable() })
const Kept = z.object({
  ordinal: z.number().int(),
  inForceAt: z.number(),
  lastOrdinal: z.number().int(),
  sessionIds: z.array(z.string()),
  revocation: Revocation,
})

/**
 * Reads a snapshot and lays its databases out as files of their own, as this AuthLab keeps them: rows go into tables that our own migrations
 * made, of the version they were written under, and those are brought up to date as a data folder is.
 * @throws Refusal when the file is none, is damaged or too new
 */
export function layOut({ file, targetFile, labFile }: Opening): SnapshotAnswers['open'] {
  const snapshot = openSnapshot(file)
  let opened: SnapshotAnswers['open']
  let schemas: { target: number; lab: number }
  try {
    opened = { head: readHead(snapshot), text: readText(snapshot) }
    schemas = readSchemas(snapshot)
  } finally {
    snapshot.close()
  }
  try {
    layOutOne(file, { into: targetFile, schema: 'target', version: schemas.target }, checkTarget)
    layOutOne(file, { into: labFile, schema: 'lab', version: schemas.lab }, checkLab)
  } catch (error) {
    // What does not fit the tables was not written by us, or is not whole any more.
    throw error instanceof Refusal || isNoRoom(error) ? error : damaged(error)
  }
  return opened
}

function layOutOne(
  file: string,
  { into, schema, version }: { into: string; schema: 'target' | 'lab'; version: number },
  check: (database: Database.Database) => void,
): void {
  createPrivate(into)
  const database = new Database(into)
  try {
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    bringUpTo(database, schema, version)
    database.prepare('ATTACH ? AS snapshot').run(file)
    database.transaction(() => copyTables(database, 'snapshot', `${schema}_`))()
    database.exec('DETACH snapshot')
    bringUpTo(database, schema)
    if (database.pragma('foreign_key_check', { simple: true }) !== undefined) throw damaged()
    check(database)
  } finally {
    database.close()
  }
}

const isNone = (database: Database.Database, sql: string): boolean => (database.prepare(sql).pluck().get() as number) === 0

function checkTarget(database: Database.Database): void {
  z.array(Account).parse(new AccountRows(database).list())
  const hashes = database.prepare('SELECT DISTINCT password_hash FROM accounts').pluck().all() as string[]
  if (!hashes.every((hash) => hash === '' || isOwnHash(hash))) throw damaged()
  if (!isNone(database, 'SELECT count(*) FROM sessions WHERE NOT json_valid(data)')) throw damaged()
}

function checkLab(database: Database.Database): void {
  const distinct = (column: string): unknown[] => database.prepare(`SELECT DISTINCT ${column} FROM exchanges`).pluck().all()
  z.array(Verdict).parse(distinct('verdict'))
  z.array(ExchangeMechanism).parse(distinct('mechanism'))
  const message = 'json_valid(request_headers) AND json_valid(response_headers) AND json_valid(steps)'
  const arrays = `${message} AND json_type(request_headers) = 'array' AND json_type(response_headers) = 'array' AND json_type(steps) = 'array'`
  if (!isNone(database, `SELECT count(*) FROM exchange_messages WHERE NOT (${arrays})`)) throw damaged()
  if (!isNone(database, 'SELECT count(*) FROM exchanges LEFT JOIN exchange_messages m USING (seq) WHERE m.seq IS NULL')) throw damaged()
  if (!isNone(database, 'SELECT count(*) FROM settings WHERE NOT json_valid(value)')) throw damaged()
  z.array(OperatorAction).parse(new ExchangeTable(database).actions())
  const records = (kind: string): unknown[] =>
    (database.prepare('SELECT record FROM credential_records WHERE kind = ? ORDER BY ordinal').pluck().all(kind) as string[]).map((json) =>
      JSON.parse(json),
    )
  z.array(Token).max(MAX_TOKENS).parse(records('token'))
  z.array(Kept).max(MAX_REVOCATIONS).parse(records('revocation'))
  z.array(AuditEntry).max(MAX_AUDIT).parse(records('audit'))
}

/** How long the swap waits for another writer, milliseconds. */
const BUSY_WAIT_MS = 5000

/** Takes the rows that were laid out in the place of those of a database in use, all or none. */
export function replaceRows({ targetFile, from }: Replacing): void {
  const database = connectDatabase(targetFile)
  try {
    database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
    replaceAllRows(database, from)
  } finally {
    database.close()
  }
}
