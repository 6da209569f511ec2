import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type Database from 'better-sqlite3'
import type { SessionData } from 'express-session'
import { placeOfSid } from '../src/server/storage/sid-key.ts'
import { type BenchRow, row } from './bench-row.ts'
import { memory, npmPeer, ours, raw, type Subject, sampleSession } from './store-subjects.ts'

const OPERATIONS = ['get', 'set', 'touch'] as const
type Operation = (typeof OPERATIONS)[number]

const SMALL = { rows: 10_000, rounds: 9, operations: 10_000 }
const LARGE = { rows: 1_000_000, rounds: 5, operations: 10_000 }
const PURGES = 3
const SMALL_TARGETS: Record<Operation, number> = { get: 0.7, set: 0.9, touch: 1.0 }
const LARGE_TARGETS: Record<Operation, number> = { get: 4, set: 8, touch: 10 }

/** Ids as express-session makes them: 32 characters; the same in every run. */
const sidOf = (n: number): string => `sess-${String(n).padStart(9, '0')}-abcdefghijklmnopq`

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The same order of ids for every subject in one round, another one in the next. */
function* picks(rows: number, count: number, seed: number): Generator<number> {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  for (let n = 0; n < count; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield Math.floor((state / 2 ** 32) * rows)
  }
}

/** Operations per second over one round; what was put off is settled within the measured time. */
function measure(subject: Subject, operation: Operation, calls: { sid: string; data: SessionData }[]): number {
  const startedAt = performance.now()
  for (const { sid, data } of calls) subject[operation](sid, data)
  subject.settle()
  return (calls.length / (performance.now() - startedAt)) * 1000
}

type Rates = Map<string, Record<Operation, number[]>>

async function interleave(subjects: Subject[], size: { rows: number; rounds: number; operations: number }): Promise<Rates> {
  const rates: Rates = new Map(subjects.map((subject) => [subject.name, { get: [], set: [], touch: [] }]))
  for (let round = -1; round < size.rounds; round++) {
    for (const operation of OPERATIONS) {
      const rows = [...picks(size.rows, size.operations, round + 2)]
      const order = round % 2 === 0 ? subjects : subjects.toReversed()
      for (const subject of order) {
        // Fresh objects for each: nothing may live off what an earlier operation left on them.
        const calls = rows.map((n) => ({ sid: sidOf(n), data: sampleSession(n) }))
        // Garbage of the preparation must not be collected within the measured time.
        collectGarbage()
        const rate = measure(subject, operation, calls)
        if (round >= 0) rates.get(subject.name)?.[operation].push(rate)
        // MemoryStore answers in the next tick; what it piled up must not fall into the next measurement.
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }
  return rates
}

const ratios = (rates: Rates, of: string, to: string, operation: Operation): number[] => {
  const base = rates.get(to)?.[operation] ?? []
  return (rates.get(of)?.[operation] ?? []).map((rate, round) => rate / (base[round] ?? Number.NaN))
}

async function smallTable(folder: string): Promise<BenchRow[]> {
  const subjects = [ours(folder), raw(folder, true), raw(folder, false), npmPeer(folder), memory()]
  for (const subject of subjects) for (let n = 0; n < SMALL.rows; n++) subject.set(sidOf(n), sampleSession(n))
  const rates = await interleave(subjects, SMALL)
  for (const subject of subjects) subject.close()
  return OPERATIONS.flatMap((operation) => [
    row(`store, 10,000 rows, ${operation}: ours / raw prepared statement (index on expiry)`, ratios(rates, 'ours', 'raw', operation), 'x', [
      '>=',
      SMALL_TARGETS[operation],
    ]),
    row(
      `store, 10,000 rows, ${operation}: ours / raw without index on expiry`,
      ratios(rates, 'ours', 'raw without expiry index', operation),
      'x',
    ),
    row(
      `store, 10,000 rows, ${operation}: better-sqlite3-session-store / raw`,
      ratios(rates, 'better-sqlite3-session-store', 'raw', operation),
      'x',
    ),
    row(`store, 10,000 rows, ${operation}: MemoryStore / raw`, ratios(rates, 'MemoryStore', 'raw', operation), 'x'),
    row(
      `store, 10,000 rows, ${operation}: ours`,
      (rates.get('ours')?.[operation] ?? []).map((rate) => rate / 1000),
      'k/s',
    ),
  ])
}

/** Fills in random order, as logins do, so that pages are as full as in a table that grew; fast settings only for the filling. */
function fill(database: Database.Database, insert: (n: number) => void): void {
  database.pragma('cache_size = -1500000')
  database.pragma('synchronous = OFF')
  database.transaction(() => {
    for (let n = 0; n < LARGE.rows; n++) insert(n)
  })()
  database.pragma('wal_checkpoint(TRUNCATE)')
}

const INSERT =
  'INSERT INTO sessions (key, hash, account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, node, device, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'

/** @param expiresAt when the idle limit of every row passes, Unix milliseconds */
function fillOurs(database: Database.Database, expiresAt: number): void {
  const insert = database.prepare(INSERT)
  const data = JSON.stringify(sampleSession(1))
  fill(database, (n) => {
    const { key, id } = placeOfSid(sidOf(n))
    insert.run(
      key,
      id,
      `account-${n % 5000}`,
      expiresAt,
      expiresAt,
      expiresAt,
      expiresAt,
      'bench',
      'Mozilla/5.0 (X11; Linux x64) bench',
      data,
    )
  })
}

async function largeTable(folder: string): Promise<BenchRow[]> {
  const filling = [ours(folder, 'large.db'), raw(folder, true)] as const
  fillOurs(filling[0].database, Date.now() + 3_600_000)
  const insert = filling[1].database.prepare('INSERT INTO sessions VALUES (?, ?, ?)')
  const data = JSON.stringify(sampleSession(1))
  const order = shuffled(LARGE.rows)
  fill(filling[1].database, (n) => insert.run(sidOf(order[n] ?? n), Date.now() + 3_600_000 + (n % 100_000), data))
  for (const subject of filling) subject.close()
  // Connected anew: with the cache that each has in use.
  const subjects = [ours(folder, 'large.db'), raw(folder, true)]
  const rates = await interleave(subjects, LARGE)
  for (const subject of subjects) subject.close()
  return OPERATIONS.map((operation) =>
    row(`store, 1,000,000 rows, ${operation}: ours / plain schema`, ratios(rates, 'ours', 'raw', operation), 'x', [
      '>=',
      LARGE_TARGETS[operation],
    ]),
  )
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, n) => n)
  const random = picks(2 ** 31, count, 7)
  for (let n = count - 1; n > 0; n--) {
    const other = (random.next().value ?? 0) % (n + 1)
    const kept = order[n] ?? 0
    order[n] = order[other] ?? 0
    order[other] = kept
  }
  return order
}

async function purgeLarge(folder: string): Promise<BenchRow[]> {
  const seconds: number[] = []
  const stalls: number[] = []
  for (let round = 0; round < PURGES; round++) {
    const filling = ours(folder, `purge-${round}.db`)
    fillOurs(filling.database, Date.now() - 1000)
    filling.close()
    const { store, close } = ours(folder, `purge-${round}.db`)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    await new Promise((resolve) => setTimeout(resolve, 50))
    delay.enable()
    const startedAt = performance.now()
    const { deleted } = await store.purge()
    seconds.push((performance.now() - startedAt) / 1000)
    // One more turn, so that a stall at the very end counts too.
    await new Promise((resolve) => setTimeout(resolve, 5))
    delay.disable()
    stalls.push(delay.max / 1e6)
    if (deleted !== LARGE.rows) throw new Error(`The purge left ${LARGE.rows - deleted} rows.`)
    close()
    rmSync(join(folder, `purge-${round}.db`))
  }
  return [
    row('purge of 1,000,000 expired rows, in all', seconds, ' s', ['<=', 3]),
    row('purge of 1,000,000 expired rows, longest event-loop stall', stalls, ' ms', ['<=', 20]),
  ]
}

/** What the session store costs next to a raw statement, a plain schema and npm's stores. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const part of [smallTable, largeTable, purgeLarge]) {
    const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-store-'))
    try {
      rows.push(...(await part(folder)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return rows
}
