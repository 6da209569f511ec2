import Database from 'better-sqlite3'
import { SNAPSHOT_VERSION, type SnapshotHead } from '../../contract/snapshot.ts'
import { hideInHeader, hideInText } from '../../protocol/hide-secrets.ts'
import { AUDIT_SECRET } from '../lab-settings.ts'
import { createPrivate } from '../storage/open.ts'
import { APPLICATION_ID, ROWS } from './snapshot-format.ts'
import type { SnapshotOrder } from './snapshot-messages.ts'

type Writing = Extract<SnapshotOrder, { kind: 'write' }>

/** Tables of live credentials: not in a snapshot without secrets. */
const OF_CREDENTIALS: ReadonlySet<string> = new Set([
  'target_sessions',
  'target_account_sessions',
  'target_ended_sessions',
  'target_login_throttle',
  'target_refresh_families',
  'target_refresh_tokens',
  'target_denied_tokens',
  'target_account_marks',
  'lab_credential_records',
])

const tablesOf = (database: Database.Database, schema: string): string[] =>
  database
    .prepare(`SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .pluck()
    .all() as string[]

/** Writes both databases, as they are at one moment each, and what is kept beside them, into a new file that only its owner can read. */
export function writeSnapshot({ targetFile, labFile, file, head, text }: Writing): SnapshotHead {
  createPrivate(file)
  const snapshot = new Database(file)
  try {
    // Nobody reads it before it is whole, and whoever wanted it throws half a one away.
    snapshot.pragma('journal_mode = OFF')
    snapshot.pragma('synchronous = NORMAL')
    snapshot.pragma(`application_id = ${APPLICATION_ID}`)
    snapshot.pragma(`user_version = ${SNAPSHOT_VERSION}`)
    snapshot.prepare('ATTACH ? AS target').run(targetFile)
    snapshot.prepare('ATTACH ? AS lab').run(labFile)
    return snapshot.transaction(() => fill(snapshot, head, text))()
  } finally {
    snapshot.close()
  }
}

function fill(snapshot: Database.Database, head: SnapshotHead, text: Writing['text']): SnapshotHead {
  if (!head.hasSecrets) giveHiding(snapshot)
  snapshot.exec('CREATE TABLE main.snapshot (name TEXT PRIMARY KEY, value)')
  for (const schema of ['target', 'lab']) {
    for (const table of tablesOf(snapshot, schema)) {
      const name = `${schema}_${table}`
      snapshot.exec(
        `CREATE TABLE main.${name} AS ${head.hasSecrets ? `SELECT * FROM ${schema}.${table}` : withoutSecrets(snapshot, schema, table)}`,
      )
    }
  }
  const count = (table: string): number => snapshot.prepare(`SELECT count(*) FROM main.${table}`).pluck().get() as number
  const whole = { ...head, exchanges: count('lab_exchanges'), sessions: count('target_sessions') }
  const versionOf = (schema: string): unknown => snapshot.pragma(`${schema}.user_version`, { simple: true })
  const put = snapshot.prepare('INSERT INTO main.snapshot (name, value) VALUES (?, ?)')
  put.run(ROWS.head, JSON.stringify(whole))
  put.run(ROWS.schemas, JSON.stringify({ target: versionOf('target'), lab: versionOf('lab') }))
  put.run(ROWS.parts, text.parts)
  if (text.keys !== null) put.run(typeof text.keys === 'string' ? ROWS.keys : ROWS.sealedKeys, text.keys)
  return whole
}

/** What is read in the place of a column: nothing secret is written first and taken away again, for SQLite leaves traces of that. */
const HIDDEN_COLUMNS: Readonly<Record<string, string>> = {
  'target_accounts.password_hash': "''",
  // Where an injected script may have put a token that it took.
  'target_transfers.memo': 'hide_text(memo)',
  'lab_exchanges.path': 'hide_text(path)',
  'lab_exchange_messages.request_headers': 'hide_headers(request_headers)',
  'lab_exchange_messages.request_body': 'hide_body(request_body)',
  'lab_exchange_messages.response_headers': 'hide_headers(response_headers)',
  'lab_exchange_messages.response_body': 'hide_body(response_body)',
  'lab_exchange_messages.steps': 'hide_text(steps)',
}

/** SQL that reads a table without what is secret in it. */
function withoutSecrets(snapshot: Database.Database, schema: string, table: string): string {
  const name = `${schema}_${table}`
  const columns = snapshot.prepare('SELECT name FROM pragma_table_info(?, ?)').pluck().all(table, schema) as string[]
  const read = columns.map((column) => `${HIDDEN_COLUMNS[`${name}.${column}`] ?? `"${column}"`} AS "${column}"`)
  const rows = OF_CREDENTIALS.has(name) ? ' WHERE 0' : name === 'lab_settings' ? ` WHERE name <> '${AUDIT_SECRET}'` : ''
  return `SELECT ${read.join()} FROM ${schema}.${table}${rows}`
}

function giveHiding(snapshot: Database.Database): void {
  snapshot.function('hide_headers', (json) => hideInHeaders(String(json)))
  snapshot.function('hide_text', (value) => hideInText(String(value)))
  snapshot.function('hide_body', (body) => Buffer.from(hideInText(Buffer.from(body as Uint8Array).toString('latin1')), 'latin1'))
}

/** @param json names and values, one after the other */
function hideInHeaders(json: string): string {
  const parts = JSON.parse(json) as string[]
  return JSON.stringify(parts.map((part, index) => (index % 2 === 0 ? part : hideInHeader(parts[index - 1] ?? '', part))))
}
