import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type Database from 'better-sqlite3'
import type { SessionData } from 'express-session'
import { placeOfSid } from '../src/server/storage/sid-key.ts'
import { type BenchRow, row } from './bench-row.ts'
import { least, map, memory, npmPeer, ours, raw, type Subject, sampleSession } from './store-subjects.ts'

const OPERATIONS = ['get', 'set', 'touch'] as const
type Operation = (typeof OPERATIONS)[number]

const SMALL = { rows: 10_000, rounds: 9, operations: 10_000 }
const LARGE = { rows: 1_000_000, rounds: 5, operations: 10_000 }
const PURGES = 3
const SMALL_TARGETS: Record<Operation, number> = { get: 0.7, set: 0.9, touch: 1.0 }
const LARGE_TARGETS: Record<Operation, number> = { get: 4, set: 8, touch: 10 }

/** Ids as express-session makes them, 32 characters of chance; the same in every run. */
const sidOf = (n: number): string => hash('sha256', `session ${n}`, 'base64url').slice(0, 32)

function* allSids(rows: number): Generator<string> {
  for (let n = 0; n < rows; n++) yield sidOf(n)
}

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

/**
 * Operations of one subject before the next has its turn: what else the machine does meets all of them alike. As many touches as the store
 * writes in one transaction; that those of one session within a second cost one write counts for nothing here.
 */
const SLICE = 250

/** Milliseconds of one subject in one round. */
interface Spent {
  /** On the thread that serves, with what was put off. */
  serving: number
  /** The part of it that was processor time: without waiting for the disk, or for a processor. */
  computing: number
  /** On the thread that copies the log. */
  copying: number
}

interface Call {
  sid: string
  data: SessionData
}

interface Slice {
  subject: Subject
  operation: Operation
  calls: Call[]
}

async function measureSlice({ subject, operation, calls }: Slice, spent: Spent): Promise<void> {
  const startedAt = performance.now()
  const before = process.threadCpuUsage()
  for (const { sid, data } of calls) subject[operation](sid, data)
  subject.settle()
  const { user, system } = process.threadCpuUsage(before)
  const servedAt = performance.now()
  spent.serving += servedAt - startedAt
  spent.computing += (user + system) / 1000
  if (operation !== 'get' && subject.drain) {
    await subject.drain()
    spent.copying += performance.now() - servedAt
  }
  // MemoryStore answers in the next tick; what it piled up must not fall into the next measurement.
  await new Promise((resolve) => setImmediate(resolve))
}

async function measureRound(subjects: Subject[], operation: Operation, picked: number[]): Promise<Spent[]> {
  const spent = subjects.map(() => ({ serving: 0, computing: 0, copying: 0 }))
  // Each its own objects, as its own `get` answered them: that is what express-session saves and touches.
  const held = (subject: Subject, n: number) => (operation !== 'get' && subject.held?.(sidOf(n))) || sampleSession(n)
  const calls = subjects.map((subject) => picked.map((n) => ({ sid: sidOf(n), data: held(subject, n) })))
  for (const subject of subjects) subject.cool?.()
  // Garbage of the preparation must not be collected within the measured time.
  collectGarbage()
  for (let from = 0; from < picked.length; from += SLICE) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + from / SLICE) % subjects.length
      const [subject, own, sum] = [subjects[index], calls[index], spent[index]]
      if (subject && own && sum) await measureSlice({ subject, operation, calls: own.slice(from, from + SLICE) }, sum)
    }
  }
  return spent
}

type Rates = Map<string, Record<Operation, number[]>>

/** Operations a second of each round; by wall clock; under `<name> and its thread` with the copying of the log as if the same thread did it. */
async function interleave(subjects: Subject[], size: { rows: number; rounds: number; operations: number }): Promise<Rates> {
  const rates: Rates = new Map()
  const add = (name: string, operation: Operation, milliseconds: number): void => {
    const known = rates.get(name) ?? { get: [], set: [], touch: [] }
    known[operation].push((size.operations / milliseconds) * 1000)
    rates.set(name, known)
  }
  for (let round = -1; round < size.rounds; round++) {
    for (const operation of OPERATIONS) {
      const spent = await measureRound(subjects, operation, [...picks(size.rows, size.operations, round + 2)])
      if (round < 0) continue
      for (const [index, { name }] of subjects.entries()) {
        const { serving, computing, copying } = spent[index] ?? { serving: Number.NaN, computing: Number.NaN, copying: 0 }
        add(name, operation, serving)
        add(`${name} by processor time`, operation, computing)
        add(`${name} and its thread`, operation, serving + copying)
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
  for (const subject of subjects) await subject.close()
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
    row(`store, 10,000 rows, ${operation}: ours with its thread's time / raw`, ratios(rates, 'ours and its thread', 'raw', operation), 'x'),
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
  // All of it on the disk: the first sync of a measurement must not pay for the filling.
  database.pragma('synchronous = FULL')
  database.pragma('wal_checkpoint(TRUNCATE)')
}

const INSERT =
  'INSERT INTO sessions (key, hash, account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, node, device, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'

/** @param expiresAt when the idle limit of every row passes, Unix milliseconds */
function fillOurs(database: Database.Database, expiresAt: number): void {
  const insert = database.prepare(INSERT)
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
      JSON.stringify(sampleSession(n)),
    )
  })
}

async function largeTable(folder: string): Promise<BenchRow[]> {
  const filling = [ours(folder, 'large.db'), raw(folder, true)] as const
  fillOurs(filling[0].database, Date.now() + 3_600_000)
  const insert = filling[1].database.prepare('INSERT INTO sessions VALUES (?, ?, ?)')
  fill(filling[1].database, (n) =>
    insert.run(sidOf(n), Date.now() + 3_600_000 + ((n * 7919) % 3_600_000), JSON.stringify(sampleSession(n))),
  )
  for (const subject of filling) await subject.close()
  // Connected anew: with the cache that each has in use.
  const subjects = [ours(folder, 'large.db'), raw(folder, true), least(folder, 'large.db'), map(allSids(LARGE.rows))]
  const rates = await interleave(subjects, LARGE)
  for (const subject of subjects) await subject.close()
  const against = (operation: Operation, what: string, name: string, limit?: ['>=', number]): BenchRow =>
    row(`store, 1,000,000 rows, ${operation}: ${what} / plain schema`, ratios(rates, name, 'raw', operation), 'x', limit)
  return OPERATIONS.flatMap((operation) => [
    against(operation, 'ours', 'ours', ['>=', LARGE_TARGETS[operation]]),
    row(
      `store, 1,000,000 rows, ${operation}: ours / plain schema by processor time of the thread that serves`,
      ratios(rates, 'ours by processor time', 'raw by processor time', operation),
      'x',
    ),
    against(operation, "ours with its thread's time", 'ours and its thread'),
    against(operation, 'limit of one statement by integer key', 'least'),
    against(operation, 'limit of a Map of JSON', 'Map'),
    row(
      `store, 1,000,000 rows, ${operation}: plain schema`,
      (rates.get('raw')?.[operation] ?? []).map((rate) => rate / 1000),
      'k/s',
    ),
  ])
}

async function purgeLarge(folder: string): Promise<BenchRow[]> {
  const seconds: number[] = []
  const computing: number[] = []
  const stalls: number[] = []
  const logs: number[] = []
  for (let round = 0; round < PURGES; round++) {
    const filling = ours(folder, `purge-${round}.db`)
    fillOurs(filling.database, Date.now() - 1000)
    await filling.close()
    const { store, drain, close } = ours(folder, `purge-${round}.db`)
    // The thread that copies the log is there, as in a lab that runs.
    await drain?.()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    await new Promise((resolve) => setTimeout(resolve, 50))
    delay.enable()
    const startedAt = performance.now()
    const before = process.threadCpuUsage()
    const { deleted } = await store.purge()
    seconds.push((performance.now() - startedAt) / 1000)
    const { user, system } = process.threadCpuUsage(before)
    computing.push((user + system) / 1e6)
    logs.push(statSync(join(folder, `purge-${round}.db-wal`)).size / 2 ** 20)
    // One more turn, so that a stall at the very end counts too.
    await new Promise((resolve) => setTimeout(resolve, 5))
    delay.disable()
    stalls.push(delay.max / 1e6)
    if (deleted !== LARGE.rows) throw new Error(`The purge left ${LARGE.rows - deleted} rows.`)
    await close()
    rmSync(join(folder, `purge-${round}.db`))
  }
  return [
    row('purge of 1,000,000 expired rows, in all', seconds, ' s', ['<=', 3]),
    row('purge of 1,000,000 expired rows, processor time of the thread that serves', computing, ' s'),
    row('purge of 1,000,000 expired rows, largest log', logs, ' MiB'),
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
