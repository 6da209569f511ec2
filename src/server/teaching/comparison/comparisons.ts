import { randomBytes } from 'node:crypto'
import { cpus, release, type } from 'node:os'
import {
  COMPARED,
  type Compared,
  type ComparisonProgress,
  type ComparisonRun,
  type ComparisonSettings,
  type ComparisonSummary,
  MAX_COMPARED_LATENCY_MS,
} from '../../../contract/comparison.ts'
import type { Exchange, ExchangeSummary } from '../../../contract/exchanges.ts'
import type { LabParts } from '../../control/lab-parts.ts'
import { LabError } from '../../errors.ts'
import { readVersion } from '../../version.ts'
import type { StartApartStage } from '../lesson-stage.ts'
import { KeptRuns } from './kept-runs.ts'
import { countOfRows, labFor, measureAll } from './measure-all.ts'

/** The lab has to be started, and to be ended. */
const ENDS = 2

/** What comparisons are made with. */
export interface ComparisonsOptions {
  readonly dataDir: string
  readonly startStage: StartApartStage
  operatorsLab(): LabParts
  /** Null when the run has ended. */
  onProgress(progress: ComparisonProgress | null): void
}

const machine = (): ComparisonSummary['machine'] => {
  const cores = cpus()
  return { cpu: cores[0]?.model.trim() ?? '', cores: cores.length, system: `${type()} ${release()}`, node: process.versions.node }
}

const settingsOf = ({ settings, keys }: LabParts): ComparisonSettings => {
  const { lifetimes, extraClaims, storeLatencyMs } = settings.state()
  return { algorithm: keys.algorithm, lifetimes, extraClaims, storeLatencyMs: Math.min(storeLatencyMs, MAX_COMPARED_LATENCY_MS) }
}

/** Sorts by time: the names of files do. */
const newId = (now: Date): string => `${now.toISOString().replaceAll(/[-:.]/g, '').slice(0, 18)}-${randomBytes(2).toString('hex')}`

/** Compares the mechanisms by measuring them on a lab apart; the operator's is untouched. */
export class Comparisons {
  readonly #options: ComparisonsOptions
  readonly #kept: KeptRuns
  #running: Promise<ComparisonRun> | null = null
  /** What asks a run to stop where it is. */
  #isClosing = false

  constructor(options: ComparisonsOptions) {
    this.#options = options
    this.#kept = new KeptRuns(options.dataDir)
  }

  /** Null before the first. */
  last(): ComparisonRun | null {
    return this.#kept.last()
  }

  /** Newest first. */
  list(): ComparisonSummary[] {
    return this.#kept.list()
  }

  /** @throws LabError `not-found` */
  get(id: string): ComparisonRun {
    return this.#kept.get(id)
  }

  /** All that a run sent, in order. @throws LabError `not-found` */
  exchanges(id: string): ExchangeSummary[] {
    return this.#kept.exchanges(id)
  }

  /** One that a run measured, whole. @throws LabError `not-found` */
  exchange(id: string, exchange: string): Exchange {
    return this.#kept.exchange(id, exchange)
  }

  /**
   * Measures and keeps the run.
   * @param order `like`: a run whose settings and mechanisms are taken
   * @throws LabError `conflict` while another one is measured, `not-found` when there is no such run
   */
  async run(order: { mechanisms?: Compared[] | undefined; like?: string | undefined }): Promise<ComparisonRun> {
    if (this.#running) throw new LabError('conflict', 'A comparison is being measured: wait until it has ended.')
    const like = order.like === undefined ? null : this.get(order.like)
    const wanted = order.mechanisms ?? like?.mechanisms ?? COMPARED
    const mechanisms = COMPARED.filter((each) => wanted.includes(each))
    this.#running = this.#measure(mechanisms, like?.settings ?? settingsOf(this.#options.operatorsLab()))
    try {
      return await this.#running
    } finally {
      this.#running = null
      this.#options.onProgress(null)
    }
  }

  /** A run that is under way ends without a result. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#running?.catch(() => undefined)
  }

  async #measure(mechanisms: readonly Compared[], settings: ComparisonSettings): Promise<ComparisonRun> {
    const startedAt = Date.now()
    const began = performance.now()
    const id = newId(new Date(startedAt))
    const total = countOfRows(mechanisms) + ENDS
    let done = 0
    const advance = (row: ComparisonProgress['row']): void => {
      if (this.#isClosing) throw new LabError('conflict', 'The lab is being closed: the comparison was not finished.')
      this.#options.onProgress({ done: done++, total, row })
    }
    advance(null)
    const stage = await this.#options.startStage(labFor(settings))
    let keepAs: string | null = null
    try {
      const { cells, exchanges } = await measureAll(stage, mechanisms, advance)
      advance(null)
      keepAs = this.#kept.trafficFile(id)
      const durationMs = Math.round(performance.now() - began)
      const run = {
        id,
        startedAt,
        durationMs,
        version: readVersion(),
        machine: machine(),
        settings,
        mechanisms: [...mechanisms],
        exchanges,
        cells,
      }
      await stage.close(keepAs)
      this.#kept.keep(run)
      return run
    } finally {
      if (keepAs === null) await stage.close(null)
    }
  }
}
