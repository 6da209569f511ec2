import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ComparisonRun, type ComparisonSummary, KEPT_RUNS } from '../../../contract/comparison.ts'
import type { Exchange, ExchangeSummary } from '../../../contract/exchanges.ts'
import { LabError } from '../../errors.ts'
import { ExchangeTable } from '../../traffic/exchange-table.ts'

const FOLDER = 'comparisons'
const RUN = '.json'
/** The whole traffic of a run. */
const TRAFFIC = '.db'
/** More than a run sends. */
const MOST_EXCHANGES = 5000
/** For the owner alone, as the traffic of the lab. */
const OWNER_ONLY = 0o600

const summaryOf = ({ cells: _, ...summary }: ComparisonRun): ComparisonSummary => summary

/** The newest runs, each with the exchanges that it measured, in the data folder. */
export class KeptRuns {
  readonly #folder: string

  /** @param dataDir the data folder */
  constructor(dataDir: string) {
    this.#folder = join(dataDir, FOLDER)
  }

  /** Where the traffic of a run has to be put before {@link keep}. */
  trafficFile(id: string): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    return join(this.#folder, `${id}${TRAFFIC}`)
  }

  /** Keeps a run; the oldest leave. It is whole on disk or not there. */
  keep(run: ComparisonRun): void {
    const file = join(this.#folder, `${run.id}${RUN}`)
    writeFileSync(`${file}.new`, JSON.stringify(run), { mode: OWNER_ONLY })
    renameSync(`${file}.new`, file)
    const kept = new Set(this.#ids().slice(0, KEPT_RUNS))
    for (const name of readdirSync(this.#folder)) {
      const id = name.split('.')[0] ?? ''
      if (!kept.has(id)) rmSync(join(this.#folder, name), { force: true })
    }
  }

  /** Newest first. A file that cannot be read is none. */
  list(): ComparisonSummary[] {
    return this.#ids().flatMap((id) => {
      const run = this.#read(id)
      return run ? [summaryOf(run)] : []
    })
  }

  /** Null before the first. */
  last(): ComparisonRun | null {
    for (const id of this.#ids()) {
      const run = this.#read(id)
      if (run) return run
    }
    return null
  }

  /** @throws LabError `not-found` */
  get(id: string): ComparisonRun {
    const run = this.#read(id)
    if (!run) throw this.#notFound(id)
    return run
  }

  /** All of its traffic, in order. @throws LabError `not-found` */
  exchanges(id: string): ExchangeSummary[] {
    return this.#traffic(id, (table) => table.summaries({ limit: MOST_EXCHANGES }))
  }

  /** @throws LabError `not-found` */
  exchange(id: string, exchange: string): Exchange {
    const found = this.#traffic(id, (table) => table.get(Number.parseInt(exchange, 10) || 0, exchange))
    if (!found) throw new LabError('not-found', `The run ${id} has no exchange ${exchange}.`)
    return found
  }

  #traffic<T>(id: string, read: (table: ExchangeTable) => T): T {
    const file = join(this.#folder, `${id}${TRAFFIC}`)
    if (!existsSync(file)) throw this.#notFound(id)
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      return read(new ExchangeTable(database))
    } finally {
      database.close()
    }
  }

  #notFound(id: string): LabError {
    return new LabError('not-found', `There is no run ${id}: the newest ${KEPT_RUNS} are kept.`)
  }

  /** Ids begin with the time of the run. */
  #ids(): string[] {
    if (!existsSync(this.#folder)) return []
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(RUN))
    return names.map((name) => name.slice(0, -RUN.length)).sort((one, other) => (one < other ? 1 : -1))
  }

  #read(id: string): ComparisonRun | null {
    const file = join(this.#folder, `${id}${RUN}`)
    if (!existsSync(file)) return null
    try {
      return ComparisonRun.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      // Written by another version, or by somebody else.
      return null
    }
  }
}
