import { setTimeout as wait } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import { isBusy } from '../../storage/open.ts'

/** How a purge went. */
export interface Purged {
  deleted: number
  batches: number
}

/** What to purge and how gently. */
export interface PurgeOptions {
  /** Sessions that expired at or before this lab time go. */
  before: number
  /** Tombstones set at or before this real time go. */
  tombstonesBefore: number
  /** Rows walked over in one transaction. */
  batchRows?: number
  signal?: AbortSignal
}

/** About 2 ms of work and of holding the lock. Batches of 200 write half as much again to the log, because neighbours share pages. */
const BATCH_ROWS = 1000
/** Batches run on until this much time has gone, milliseconds. */
const SLICE_MS = 3
/** Between two slices the event loop has its turn, and so have other writers: the lock is free, milliseconds. */
const PAUSE_MS = 1
const PATIENCE_MS = 2000
const RETRY_MS = 5

/** One table to walk along: where a batch ends, and what of it goes. */
interface Walk<Cursor> {
  start: Cursor
  /** The last place of the batch after this one; undefined when fewer rows are left. */
  endOfBatch(from: Cursor): Cursor | undefined
  /** How many rows went; null = up to the end of the table. */
  remove(from: Cursor, to: Cursor | null): number
}

/**
 * Deletes expired sessions and old tombstones by walking along the integer key in small batches. No index on expiry is needed, and none has
 * to be kept by every touch.
 */
export async function purge(database: Database.Database, options: PurgeOptions): Promise<Purged> {
  const { before, tombstonesBefore, batchRows = BATCH_ROWS, signal } = options
  const isOver = 'expired_at <= @limit OR idle_expires_at <= @limit OR absolute_expires_at <= @limit'
  const sessions = await run(database, byKey(database, 'sessions', isOver, before, batchRows), signal)
  const lists = sessions.deleted > 0 ? await run(database, byAccount(database, batchRows), signal) : NOTHING
  const tombstones = await run(database, byKey(database, 'ended_sessions', 'ended_at <= @limit', tombstonesBefore, batchRows), signal)
  return { deleted: sessions.deleted, batches: sessions.batches + lists.batches + tombstones.batches }
}

const NOTHING: Purged = { deleted: 0, batches: 0 }
const MAX_KEY = (1n << 63n) - 1n

function byKey(database: Database.Database, table: string, isOver: string, limit: number, batchRows: number): Walk<bigint> {
  const end = database
    .prepare<[bigint, number], bigint>(`SELECT key FROM ${table} WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?`)
    .pluck()
    .safeIntegers()
  const remove = database.prepare(`DELETE FROM ${table} WHERE key > @from AND key <= @to AND (${isOver})`)
  return {
    start: -1n,
    endOfBatch: (from) => end.get(from, batchRows - 1),
    remove: (from, to) => remove.run({ from, to: to ?? MAX_KEY, limit }).changes,
  }
}

interface Entry {
  account: string
  key: bigint
}

/** What purged sessions left in the lists of their accounts. */
function byAccount(database: Database.Database, batchRows: number): Walk<Entry> {
  const end = database
    .prepare<unknown[], Entry>(
      'SELECT account, key FROM account_sessions WHERE (account, key) > (@account, @key) ORDER BY account, key LIMIT 1 OFFSET @skip',
    )
    .safeIntegers()
  const isOrphan = 'NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.key = account_sessions.key)'
  const from = '(account, key) > (@account, @key)'
  const removeUpTo = database.prepare(
    `DELETE FROM account_sessions WHERE ${from} AND (account, key) <= (@toAccount, @toKey) AND ${isOrphan}`,
  )
  const removeRest = database.prepare(`DELETE FROM account_sessions WHERE ${from} AND ${isOrphan}`)
  return {
    start: { account: '', key: -1n },
    endOfBatch: (after) => end.get({ ...after, skip: batchRows - 1 }),
    remove: (after, to) => (to ? removeUpTo.run({ ...after, toAccount: to.account, toKey: to.key }) : removeRest.run({ ...after })).changes,
  }
}

async function run<Cursor>(database: Database.Database, walk: Walk<Cursor>, signal: AbortSignal | undefined): Promise<Purged> {
  const result: Purged = { deleted: 0, batches: 0 }
  let from: Cursor | null = walk.start
  let lastWorkedAt = performance.now()
  while (from !== null && !signal?.aborted && database.open) {
    const start: Cursor = from
    from = withoutWaiting(database, () => slice(walk, start, result))
    if (from !== start) {
      lastWorkedAt = performance.now()
      await wait(PAUSE_MS)
    } else if (performance.now() - lastWorkedAt < PATIENCE_MS) await wait(RETRY_MS, undefined, { ref: false })
    else return result
  }
  return result
}

/** Batches until the slice is over or the lock is held; from where to go on, null at the end. */
function slice<Cursor>(walk: Walk<Cursor>, start: Cursor, result: Purged): Cursor | null {
  const end = performance.now() + SLICE_MS
  let from: Cursor | null = start
  try {
    do {
      const to: Cursor | null = walk.endOfBatch(from) ?? null
      result.deleted += walk.remove(from, to)
      result.batches += 1
      from = to
    } while (from !== null && performance.now() < end)
  } catch (error) {
    if (!isBusy(error)) throw error
  }
  return from
}

/** A purge can wait for a lock; the requests of this thread should not wait with it inside SQLite. */
function withoutWaiting<T>(database: Database.Database, work: () => T): T {
  const busyTimeout = database.pragma('busy_timeout', { simple: true })
  database.pragma('busy_timeout = 0')
  try {
    return work()
  } finally {
    database.pragma(`busy_timeout = ${busyTimeout}`)
  }
}
