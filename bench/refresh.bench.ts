import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { Checkpoints } from '../src/server/storage/checkpoints.ts'
import { connectDatabase, openDatabase } from '../src/server/storage/open.ts'
import { RefreshRows } from '../src/server/storage/refresh-rows.ts'
import { retryBusy } from '../src/server/target/retry-busy.ts'
import { type BenchRow, median, row } from './bench-row.ts'

const FAMILIES = 1000
/** Of each family before anything counts: a used token stays as long as its family. */
const USED_BEFORE = 50
const ROUNDS = 9
const SLICES = 10
/** Of each subject before the other has its turn. */
const SLICE = 250

const newToken = (): string => randomBytes(32).toString('base64url')

type Rotate = (family: number) => Promise<void>

async function ours(database: Database.Database): Promise<Rotate> {
  const rows = new RefreshRows(database, retryBusy)
  const now = Date.now()
  const limits = { idleExpiresAt: now + 86_400_000, absoluteExpiresAt: now + 604_800_000 }
  const tokens = Array.from({ length: FAMILIES }, newToken)
  for (const [index, token] of tokens.entries()) {
    const family = { account: `account-${index % 50}`, clientId: 'bench', scope: 'profile orders:read', device: 'bench', ...limits }
    await rows.begin(token, family, now)
  }
  return async (family) => {
    const [token, next] = [tokens[family] ?? '', newToken()]
    const { state } = await rows.rotate({ token, next, now: Date.now(), idleExpiresAt: limits.idleExpiresAt, graceMs: 0 })
    if (state !== 'rotated') throw new Error(`The token is ${state}.`)
    tokens[family] = next
  }
}

/**
 * The limit of any store in this SQLite that commits each rotation: one row changed and one inserted, by integer key, without a look at what
 * state the token and its family are in.
 */
function least(database: Database.Database): Rotate {
  database.exec('CREATE TABLE least (key INTEGER PRIMARY KEY, used_at INTEGER, text TEXT NOT NULL)')
  const insert = database.prepare('INSERT INTO least (key, text) VALUES (?, ?)')
  const use = database.prepare('UPDATE least SET used_at = ? WHERE key = ?')
  const newKey = (): bigint => randomBytes(8).readBigUInt64BE() >> 1n
  const keys = Array.from({ length: FAMILIES }, newKey)
  for (const key of keys) insert.run(key, 'x'.repeat(150))
  const rotate = database.transaction((old: bigint, next: bigint) => {
    use.run(Date.now(), old)
    insert.run(next, 'x'.repeat(150))
  })
  return async (family) => {
    const next = newKey()
    rotate.immediate(keys[family] ?? 0n, next)
    keys[family] = next
  }
}

async function slice(rotate: Rotate, from: number): Promise<number> {
  const startedAt = performance.now()
  for (let count = 0; count < SLICE; count++) await rotate((from + count) % FAMILIES)
  return (SLICE / (performance.now() - startedAt)) * 1000
}

/** Rotations a second of each round, by subject; the median of slices in turn. */
async function interleave(subjects: readonly Rotate[]): Promise<number[][]> {
  for (let used = 0; used < (USED_BEFORE * FAMILIES) / SLICE; used++) for (const rotate of subjects) await slice(rotate, used * SLICE)
  const rates: number[][] = subjects.map(() => [])
  for (let round = 0; round < ROUNDS; round++) {
    const slices: number[][] = subjects.map(() => [])
    for (let turn = 0; turn < SLICES * subjects.length; turn++) {
      const index = turn % subjects.length
      slices[index]?.push(await slice(subjects[index] as Rotate, turn * SLICE))
    }
    for (const [index, found] of slices.entries()) rates[index]?.push(median(found))
  }
  return rates
}

/** How fast refresh tokens are given for new ones, each in a transaction of its own, on one connection to SQLite. */
export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-refresh-'))
  const files = ['target.db', 'least.db'].map((name) => join(folder, name))
  const connections = files.map((file) => {
    openDatabase(file, 'target').database.close()
    return connectDatabase(file)
  })
  // The thread that copies the log is there, as in a lab that runs.
  const checkpoints = new Checkpoints({ databaseFiles: files, onProblem: (message) => console.error(message) })
  const [database, bare] = connections as [Database.Database, Database.Database]
  try {
    const [rates = [], limit = []] = await interleave([await ours(database), least(bare)])
    return [
      row('rotations a second, SQLite', rates, '/s', ['>=', 5000]),
      row(
        'rotations: ours / one row changed and one inserted in a transaction',
        rates.map((rate, round) => rate / (limit[round] ?? Number.NaN)),
        'x',
      ),
    ]
  } finally {
    await checkpoints.close()
    for (const connection of connections) connection.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
