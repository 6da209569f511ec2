import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryRevocationRecords } from '../src/server/storage/memory-revocation-records.ts'
import { connectDatabase, openDatabase } from '../src/server/storage/open.ts'
import type { DeniedToken, RevocationRecords } from '../src/server/storage/revocation-records.ts'
import { RevocationRows } from '../src/server/storage/revocation-rows.ts'
import { retryBusy } from '../src/server/target/retry-busy.ts'
import { type BenchRow, median, row } from './bench-row.ts'

const ROWS = 1_000_000
/** Entries that one revocation adds here while the list is filled. */
const CHUNK = 10_000
const ROUNDS = 9
const SLICES = 100
/** Look-ups at a time. */
const SLICE = 50

/** What a look-up is given: the claims of a token. */
interface Presented {
  readonly jti: string
  readonly sid: string
}

type LookUp = (token: Presented) => DeniedToken | null

/** One in ten ends a whole family, the others one token each. */
function* entries(now: number): Generator<DeniedToken> {
  for (let n = 0; n < ROWS; n++) {
    const value = n % 10 === 0 ? randomUUID().replaceAll('-', '') : randomUUID()
    yield { kind: n % 10 === 0 ? 'sid' : 'jti', value, account: `account-${n % 5000}`, addedAt: now, expiresAt: now + 900_000 }
  }
}

/** Adds all entries and answers the tokens of some of them, from all over the list. */
async function fill(records: RevocationRecords): Promise<Presented[]> {
  const denied: Presented[] = []
  const now = Date.now()
  let chunk: DeniedToken[] = []
  for (const entry of entries(now)) {
    chunk.push(entry)
    if (chunk.length < CHUNK) continue
    await records.deny(chunk, now)
    for (const { kind, value } of chunk.filter((_entry, index) => index % 50 < 2))
      denied.push(kind === 'jti' ? { jti: value, sid: newSid() } : { jti: randomUUID(), sid: value })
    chunk = []
  }
  return denied
}

const newSid = (): string => randomUUID().replaceAll('-', '')

const microseconds = (lookUp: LookUp, tokens: readonly Presented[], isDenied: boolean): number => {
  const startedAt = performance.now()
  for (const token of tokens) if ((lookUp(token) !== null) !== isDenied) throw new Error('The look-up found the wrong thing.')
  return ((performance.now() - startedAt) * 1000) / tokens.length
}

/** As it is nearly always: the token is not on the list, and neither is its family. */
const strangers = (): Presented[] => Array.from({ length: SLICE }, () => ({ jti: randomUUID(), sid: newSid() }))

const picked = (denied: readonly Presented[]): Presented[] =>
  Array.from({ length: SLICE }, () => denied[Math.floor(Math.random() * denied.length)] as Presented)

/** Microseconds of a look-up in each round; the median of short slices, since one in which something else had the processor says nothing. */
function measure(where: string, lookUp: LookUp, denied: readonly Presented[], limit: number): BenchRow[] {
  const [absent, found]: [number[], number[]] = [[], []]
  for (let round = -1; round < ROUNDS; round++) {
    const slices: [number[], number[]] = [[], []]
    for (let slice = 0; slice < SLICES; slice++) {
      slices[0].push(microseconds(lookUp, strangers(), false))
      slices[1].push(microseconds(lookUp, picked(denied), true))
    }
    if (round < 0) continue
    absent.push(median(slices[0]))
    found.push(median(slices[1]))
  }
  const what = `1,000,000 ended tokens, look-up in ${where}`
  return [row(`${what}: not among them`, absent, ' us', ['<=', limit]), row(`${what}: among them`, found, ' us', ['<=', limit])]
}

async function inMemory(): Promise<BenchRow[]> {
  const records = new MemoryRevocationRecords()
  const denied = await fill(records)
  return measure('memory', ({ jti, sid }) => records.findDenied(jti, sid), denied, 5)
}

async function inSqlite(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-denylist-'))
  const file = join(folder, 'target.db')
  const { database } = openDatabase(file, 'target')
  try {
    // Fast settings only for the filling.
    database.pragma('synchronous = OFF')
    database.pragma('cache_size = -1000000')
    const denied = await fill(new RevocationRows(database, retryBusy))
    database.pragma('wal_checkpoint(TRUNCATE)')
    // Connected anew: with the cache that a node has.
    const connection = connectDatabase(file)
    const records = new RevocationRows(connection, retryBusy)
    const rows = measure('SQLite', ({ jti, sid }) => records.findDenied(jti, sid), denied, 15)
    connection.close()
    return rows
  } finally {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What it costs to look up whether a token was ended before its time, by `jti` and `sid` at once, among 1,000,000 that were. */
export const run = async (): Promise<BenchRow[]> => [...(await inSqlite()), ...(await inMemory())]
