import { parentPort, workerData } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import type { CheckpointOrder } from './checkpoints.ts'
import { connectDatabase } from './open.ts'

/** How often it looks whether something was written, milliseconds. */
const PAUSE_MS = 250
/** Pages in the log from which on it does not wait for a pause of the writers to begin the log anew: 32 MiB. */
const RESTART_PAGES = 8192
/** How long it waits for the writers' lock then, milliseconds: nobody waits for this thread. */
const PATIENCE_MS = 1000

/** What SQLite answers to a checkpoint, in pages; -1 when there is no log. */
interface Progress {
  log: number
}

const port = parentPort
if (!port) throw new Error('checkpoint-worker runs as a worker thread only')

const databases = (workerData as { databaseFiles: string[] }).databaseFiles.map(connectDatabase)
for (const database of databases) database.pragma(`busy_timeout = ${PATIENCE_MS}`)
/** The version of each database when it was last copied; null = to be copied again. */
const copied = new Map<Database.Database, unknown>()

const checkpoint = (database: Database.Database, mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): number => {
  const [progress] = database.pragma(`wal_checkpoint(${mode})`) as Progress[]
  return progress?.log ?? 0
}

/** Copies what was committed; how many pages the log had. */
const copy = (database: Database.Database): number => {
  const version = database.pragma('data_version', { simple: true })
  if (copied.get(database) === version) return 0
  copied.set(database, null)
  const pages = checkpoint(database, 'PASSIVE')
  if (pages >= RESTART_PAGES) {
    // Writers that never pause would let the log grow for ever. They are held up for what little they wrote since the pass before.
    checkpoint(database, 'PASSIVE')
    checkpoint(database, 'RESTART')
  }
  copied.set(database, version)
  return pages
}

/** A lock or a full disk keeps the pages in the log, where nothing is lost: the next turn tries again. */
const attempt = (database: Database.Database, work: (database: Database.Database) => number): number => {
  try {
    return work(database)
  } catch {
    return 0
  }
}

const copyAll = (): number => Math.max(...databases.map((database) => attempt(database, copy)))

let timer: NodeJS.Timeout
const turn = (): void => {
  const isBusy = copyAll() >= RESTART_PAGES / 8
  timer = setTimeout(turn, isBusy ? 0 : PAUSE_MS)
}

const close = (): void => {
  clearTimeout(timer)
  for (const database of databases) {
    attempt(database, (open) => checkpoint(open, 'TRUNCATE'))
    database.close()
  }
  port.close()
}

port.on('message', (order: CheckpointOrder) => {
  if (order === 'close') return close()
  copyAll()
  port.postMessage('done')
})
turn()
