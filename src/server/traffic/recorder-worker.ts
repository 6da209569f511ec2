import { readdirSync, readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { migrationsUrl } from '../assets.ts'
import { connectDatabase, isBusy } from '../storage/open.ts'
import { replaceAllRows, replacePages } from '../storage/replace-rows.ts'
import { ExchangeTable } from './exchange-table.ts'
import { KeptRecords } from './kept-records.ts'
import type { Batch, Contents, FromWorker, Question, RecorderWorkerData, Row, ToWorker } from './recorder-messages.ts'

/** Rows sent in one message: small enough that reading it never holds up the thread that serves. */
const ROWS_PER_MESSAGE = 100
/** Exchanges deleted in one transaction. */
const DROPPED_AT_ONCE = 500
/** Exchanges kept when the disk takes no more and recording goes on in memory. */
const KEPT_IN_MEMORY = 2000

/** How long one attempt waits for another writer, milliseconds, and how many attempts there are. */
const BUSY_WAIT_MS = 5000
const BUSY_ATTEMPTS = 12

const port = parentPort
if (!port) throw new Error('recorder-worker runs as a worker thread only')
const send = (message: FromWorker): void => port.postMessage(message)
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const settings = workerData as RecorderWorkerData
let capacity = settings.capacity
let database = connectDatabase(settings.databaseFile)
database.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
let table = new ExchangeTable(database)
let records = new KeptRecords(database)
let isInMemory = false
let isTrimming = false

const openInMemory = (): Database.Database => {
  const memory = new Database(':memory:')
  const folder = migrationsUrl('lab')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  for (const name of files.sort()) memory.exec(readFileSync(new URL(name, folder), 'utf8'))
  return memory
}

/** The disk is full or read-only: what comes from now on is kept in memory, within a bound, and said so once. */
const moveToMemory = (cause: unknown): void => {
  if (isInMemory) throw cause
  isInMemory = true
  const lost = database
  database = openInMemory()
  table = new ExchangeTable(database)
  records = new KeptRecords(database)
  capacity = Math.min(capacity, KEPT_IN_MEMORY)
  lost.close()
  send({ kind: 'problem', message: messageOf(cause) })
}

/** Nobody waits on this thread, so it waits for a lock of another writer; only a disk that takes no more sends it to memory. */
const write = (change: () => void): void => {
  for (let attempt = 1; ; attempt++) {
    try {
      change()
      return
    } catch (error) {
      if (isBusy(error) && attempt < BUSY_ATTEMPTS) continue
      moveToMemory(error)
    }
  }
}

const trim = (): void => {
  isTrimming = false
  if (waiting) return
  const surplus = table.count - capacity
  if (surplus <= 0) return
  write(() => table.dropOldest(Math.min(Math.max(0, table.count - capacity), DROPPED_AT_ONCE)))
  send({ kind: 'trimmed', oldestSeq: table.oldestSeq() ?? 0, count: table.count })
  trimSoon()
}

/** One small transaction a turn, so that questions are answered in between. */
const trimSoon = (): void => {
  if (isTrimming || table.count <= capacity) return
  isTrimming = true
  setImmediate(trim)
}

const insert = (batch: Batch): void => {
  write(() => table.insert(batch))
  send({ kind: 'stored', rows: batch.summaries.length, count: table.count })
  if (table.count > capacity && table.count - capacity <= DROPPED_AT_ONCE) trim()
  else trimSoon()
}

const reply = (askId: number, rows: Iterable<Row>): void => {
  let part: Row[] = []
  for (const row of rows) {
    part.push(row)
    if (part.length < ROWS_PER_MESSAGE) continue
    send({ kind: 'rows', askId, rows: part, isLast: false })
    part = []
  }
  send({ kind: 'rows', askId, rows: part, isLast: true })
}

const contents = (): Contents => ({ lastSeq: table.lastSeq(), count: table.count, actions: table.actions() })

const answer = (question: Exclude<Question, { kind: 'replace' }>): Iterable<Row> => {
  switch (question.kind) {
    case 'summaries':
      return table.summaries(question.query)
    case 'list':
      return table.list(question.query)
    case 'get': {
      const found = table.get(Number.parseInt(question.id, 10) || 0, question.id)
      return found ? [found] : []
    }
    case 'clear':
      write(() => table.clear(question.lastSeq))
      return []
    case 'kept':
      return records.read(question.record)
    case 'forget-kept':
      write(() => records.clear())
      return []
    case 'close':
      database.close()
      return []
  }
}

/** What comes while the database is replaced, which takes several turns and its lock: everything is carried out in order. */
let waiting: ToWorker[] | null = null

const replace = async (askId: number, from: string): Promise<void> => {
  waiting = []
  try {
    if (isInMemory) replaceAllRows(database, from)
    else await replacePages(settings.databaseFile, from)
    table = new ExchangeTable(database)
    reply(askId, [contents()])
  } catch (error) {
    send({ kind: 'failed', askId, message: messageOf(error) })
  }
  const later = waiting
  waiting = null
  trimSoon()
  for (const message of later) handle(message)
}

const handle = (message: ToWorker): void => {
  if (waiting) waiting.push(message)
  else if (message.kind === 'insert') insert(message.batch)
  else if (message.kind === 'keep') write(() => records.write(message.record, message.changes))
  else if (message.kind === 'action') write(() => table.insertAction(message.action))
  else if (message.kind === 'capacity') {
    capacity = isInMemory ? Math.min(message.capacity, KEPT_IN_MEMORY) : message.capacity
    trimSoon()
  } else if (message.question.kind === 'replace') void replace(message.askId, message.question.from)
  else {
    try {
      reply(message.askId, answer(message.question))
    } catch (error) {
      send({ kind: 'failed', askId: message.askId, message: messageOf(error) })
    }
    if (message.question.kind === 'close') port.close()
  }
}

port.on('message', handle)
send({ kind: 'ready', ...contents() })
trimSoon()
