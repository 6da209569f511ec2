import { setImmediate as nextTick, setTimeout as wait } from 'node:timers/promises'
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

/** Walking over this many rows takes a fraction of a millisecond: other nodes hardly wait for the lock. */
const BATCH_ROWS = 200
/** Batches run on until this much time has gone, then the event loop has its turn, milliseconds. */
const SLICE_MS = 3
const PATIENCE_MS = 2000

/**
 * Deletes expired sessions and old tombstones by walking along the integer key in small batches. No index on expiry is needed, and none has
 * to be kept by every touch.
 */
export async function purge(database: Database.Database, options: PurgeOptions): Promise<Purged> {
  const sessions = await walk(
    database,
    'sessions',
    '(expired_at <= @limit OR idle_expires_at <= @limit OR absolute_expires_at <= @limit)',
    {
      ...options,
      limit: options.before,
    },
  )
  const tombstones = await walk(database, 'ended_sessions', 'ended_at <= @limit', { ...options, limit: options.tombstonesBefore })
  return { deleted: sessions.deleted, batches: sessions.batches + tombstones.batches }
}

async function walk(
  database: Database.Database,
  table: 'sessions' | 'ended_sessions',
  isOver: string,
  { limit, batchRows = BATCH_ROWS, signal }: PurgeOptions & { limit: number },
): Promise<Purged> {
  const findEnd = database
    .prepare<[bigint, number], bigint>(`SELECT key FROM ${table} WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?`)
    .pluck()
    .safeIntegers()
  const remove = database.prepare(`DELETE FROM ${table} WHERE key > @from AND key <= @to AND ${isOver}`)
  const result: Purged = { deleted: 0, batches: 0 }
  let from: bigint | null = -1n
  let busySince: number | null = null
  while (from !== null) {
    const sliceEnd = performance.now() + SLICE_MS
    try {
      do {
        const to: bigint | undefined = findEnd.get(from, batchRows - 1)
        result.deleted += remove.run({ from, to: to ?? MAX_KEY, limit }).changes
        result.batches += 1
        from = to ?? null
      } while (from !== null && performance.now() < sliceEnd)
      busySince = null
      await nextTick()
    } catch (error) {
      if (!isBusy(error)) throw error
      busySince ??= performance.now()
      if (performance.now() - busySince > PATIENCE_MS) return result
      await wait(20, undefined, { ref: false })
    }
    if (signal?.aborted || !database.open) return result
  }
  return result
}

const MAX_KEY = (1n << 63n) - 1n
