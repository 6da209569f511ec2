import type Database from 'better-sqlite3'
import type { Exchange, ExchangeQuery, ExchangeSummary } from '../../contract/exchanges.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import { toSql } from './exchange-query.ts'
import { SUMMARY_COLUMNS, SUMMARY_SELECT, toExchange, WHOLE_SELECT, type WholeRow } from './exchange-row.ts'
import type { Batch } from './recorder-messages.ts'

/** How many operator actions are kept. */
const KEPT_ACTIONS = 1000
const LAST_SEQ = 'traffic-last-seq'

const marks = (columns: string): string => columns.replace(/[^,]+/g, '?')

/** Recorded traffic in SQLite. Every method is one transaction at most. */
export class ExchangeTable {
  readonly #database: Database.Database
  readonly #insertSummary: Database.Statement
  readonly #insertMessages: Database.Statement
  readonly #insertAction: Database.Statement
  readonly #trimActions: Database.Statement
  readonly #find: Database.Statement
  readonly #insertBatch: (batch: Batch) => void
  readonly #dropOldest: (limit: number) => void
  #count: number

  constructor(database: Database.Database) {
    this.#database = database
    this.#insertSummary = database.prepare(`INSERT OR REPLACE INTO exchanges (${SUMMARY_COLUMNS}) VALUES (${marks(SUMMARY_COLUMNS)})`)
    this.#insertMessages = database.prepare('INSERT OR REPLACE INTO exchange_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#insertAction = database.prepare(
      'INSERT INTO actions (id, after_exchange, at, lab_time, action, params) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#trimActions = database.prepare(`DELETE FROM actions WHERE ordinal <= (SELECT max(ordinal) FROM actions) - ${KEPT_ACTIONS}`)
    this.#find = database.prepare(
      `SELECT ${WHOLE_SELECT} FROM exchanges e JOIN exchange_messages m USING (seq) WHERE e.seq = ? AND e.id = ?`,
    )
    this.#insertBatch = database.transaction((batch: Batch) => this.#insertAll(batch))
    const oldest = database.prepare('SELECT seq FROM exchanges ORDER BY seq LIMIT 1 OFFSET ?').pluck()
    const dropSummaries = database.prepare('DELETE FROM exchanges WHERE seq < ?')
    const dropMessages = database.prepare('DELETE FROM exchange_messages WHERE seq < ?')
    this.#dropOldest = database.transaction((limit: number) => {
      const firstKept = oldest.get(limit) ?? Number.MAX_SAFE_INTEGER
      dropMessages.run(firstKept)
      this.#count -= dropSummaries.run(firstKept).changes
    })
    this.#count = database.prepare('SELECT count(*) FROM exchanges').pluck().get() as number
  }

  get count(): number {
    return this.#count
  }

  /** `seq` of the oldest exchange that is kept, or null. */
  oldestSeq(): number | null {
    return this.#database.prepare('SELECT min(seq) FROM exchanges').pluck().get() as number | null
  }

  /** The greatest `seq` ever given, also when its exchange is gone; 0 before the first. */
  lastSeq(): number {
    const greatest = this.#database.prepare('SELECT max(seq) FROM exchanges').pluck().get() as number | null
    const noted = this.#database.prepare('SELECT value FROM settings WHERE name = ?').pluck().get(LAST_SEQ) as string | undefined
    return Math.max(greatest ?? 0, Number(noted ?? 0))
  }

  insert(batch: Batch): void {
    this.#insertBatch(batch)
    this.#count += batch.summaries.length
  }

  #insertAll(batch: Batch): void {
    let at = 0
    for (const [index, summary] of batch.summaries.entries()) {
      const message = batch.messages[index]
      if (!message) break
      const requestEnd = at + message.requestKeptBytes
      const responseEnd = requestEnd + message.responseKeptBytes
      this.#insertSummary.run(summary)
      this.#insertMessages.run(
        summary[0],
        message.requestHeaders,
        batch.bodies.subarray(at, requestEnd),
        message.requestBodyBytes,
        message.responseHeaders,
        batch.bodies.subarray(requestEnd, responseEnd),
        message.responseBodyBytes,
        message.steps,
      )
      at = responseEnd
    }
  }

  /** Deletes the oldest `limit` exchanges at most. */
  dropOldest(limit: number): void {
    this.#dropOldest(limit)
  }

  insertAction(action: OperatorAction): void {
    this.#insertAction.run(action.id, action.afterExchange, action.at, action.labTime, action.action, JSON.stringify(action.params))
    this.#trimActions.run()
  }

  /** All actions that are kept, oldest first. */
  actions(): OperatorAction[] {
    const rows = this.#database
      .prepare('SELECT id, after_exchange AS afterExchange, at, lab_time AS labTime, action, params FROM actions ORDER BY ordinal')
      .all() as (Omit<OperatorAction, 'params'> & { params: string })[]
    return rows.map((row) => ({ ...row, params: JSON.parse(row.params) as OperatorAction['params'] }))
  }

  /** Forgets all exchanges and actions, but not which `seq` comes next. */
  clear(lastSeq: number): void {
    this.#database.transaction(() => {
      for (const table of ['exchanges', 'exchange_messages', 'actions']) this.#database.exec(`DELETE FROM ${table}`)
      this.#database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)').run(LAST_SEQ, String(lastSeq))
    })()
    this.#count = 0
  }

  summaries(query: ExchangeQuery): ExchangeSummary[] {
    const sql = toSql(query)
    const rows = this.#database
      .prepare(`SELECT ${SUMMARY_SELECT} FROM exchanges e ${sql.where} ${sql.order}`)
      .all(sql.values) as ExchangeSummary[]
    return sql.isNewestFirst ? rows.reverse() : rows
  }

  /** Whole exchanges, oldest first, read while they are iterated. */
  *list(query: ExchangeQuery): Generator<Exchange> {
    for (const { seq, id } of this.summaries(query)) {
      const exchange = this.get(seq, id)
      if (exchange) yield exchange
    }
  }

  get(seq: number, id: string): Exchange | null {
    const row = this.#find.get(seq, id) as WholeRow | undefined
    return row ? toExchange(row) : null
  }
}
