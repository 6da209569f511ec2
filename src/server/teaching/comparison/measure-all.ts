import { COMPARED, type Compared, type ComparedCells, type ComparedRow, type ComparisonSettings } from '../../../contract/comparison.ts'
import type { LessonLab } from '../../../contract/lessons/lesson.ts'
import type { ApartStage } from '../lesson-stage.ts'
import { benchClients } from './bench-client.ts'
import { NODES, RowMeasure } from './measure-rows.ts'

/** Told before each row of a mechanism, or of several. */
export type Advance = (row: ComparedRow) => void

type Cells = Map<Compared, Partial<ComparedCells>>

/** The lab that a run measures on. */
export const labFor = ({ algorithm, lifetimes, extraClaims, storeLatencyMs }: ComparisonSettings): LessonLab => ({
  nodes: NODES,
  algorithm,
  settings: { lifetimes, extraClaims, storeLatencyMs },
  clients: benchClients(),
})

/** How often {@link measureAll} tells that it goes on. */
export function countOfRows(mechanisms: readonly Compared[]): number {
  const inPhases = PHASES.map((phase) => phase.filter((each) => mechanisms.includes(each))).filter((phase) => phase.length > 0)
  const ownRows = 4 * mechanisms.length
  return (
    ownRows +
    inPhases.length +
    inPhases.filter((phase) => phase.some((each) => each !== 'session')).length +
    (mechanisms.includes('session') ? 1 : 0)
  )
}

/** What is measured in one state of the lab; the second needs the nodes to look up what was revoked. */
const PHASES: readonly (readonly Compared[])[] = [COMPARED.filter((each) => each !== 'jwt-denylist'), ['jwt-denylist']]

interface Phase {
  /** What is measured. */
  readonly phase: readonly Compared[]
  /** What is measured in the other state of the lab. */
  readonly others: readonly Compared[]
}

/** Everything but memory per node, of mechanisms that the lab as it is now can measure. */
async function measurePhase({ phase, others }: Phase, measure: RowMeasure, cells: Cells, advance: Advance): Promise<void> {
  const put = (each: Compared, row: Partial<ComparedCells>): void => {
    cells.set(each, { ...cells.get(each), ...row })
  }
  for (const each of phase) {
    advance('storage')
    put(each, { storage: await measure.storage(each) })
  }
  const sound = new Map<Compared, ComparedCells['scaling']['sound']>()
  for (const each of phase) {
    advance('scaling')
    sound.set(each, await measure.callsByTurns(each))
  }
  for (const each of phase) {
    advance('revocation')
    put(each, { revocation: await measure.revocation(each) })
  }
  for (const each of phase) {
    advance('exposure')
    put(each, { exposure: await measure.exposure(each) })
  }
  const tokens = phase.filter((each) => each !== 'session')
  if (tokens.length > 0) advance('scaling')
  const missed = tokens.length > 0 ? await measure.callsWithMissedKey(tokens) : new Map<Compared, ComparedCells['scaling']['broken']>()
  for (const [each, series] of sound) {
    const none = { refused: 0, verdict: null, exchanges: [] }
    put(each, { scaling: { calls: series.exchanges.length, nodes: NODES, sound: series, broken: missed.get(each) ?? none } })
  }
  // Last, when nodes and balancer are warm: what is timed first would look slow.
  advance('fits')
  for (const each of [...phase, ...others]) await measure.clients.login(each)
  for (const [each, fits] of await measure.fits(phase, others)) put(each, { fits })
}

async function measureMemory(stage: ApartStage, measure: RowMeasure, cells: Cells): Promise<void> {
  await stage.operations.cluster.change({ store: 'memory' })
  await measure.clients.login('session')
  const broken = await measure.callsByTurns('session')
  const own = cells.get('session')
  if (own?.scaling) cells.set('session', { ...own, scaling: { ...own.scaling, broken } })
}

/** Measures every row of some mechanisms. The lab is used up afterwards. */
export async function measureAll(
  stage: ApartStage,
  mechanisms: readonly Compared[],
  advance: Advance,
): Promise<{ cells: Partial<Record<Compared, ComparedCells>>; exchanges: number }> {
  const measure = new RowMeasure(stage)
  const cells: Cells = new Map()
  const [plain = [], looked = []] = PHASES.map((phase) => phase.filter((each) => mechanisms.includes(each)))
  if (plain.length > 0) await measurePhase({ phase: plain, others: looked }, measure, cells, advance)
  if (mechanisms.includes('session')) {
    advance('scaling')
    await measureMemory(stage, measure, cells)
  }
  if (looked.length > 0) {
    await stage.operations.cluster.change({ store: 'sqlite', revocation: 'denylist' })
    await measurePhase({ phase: looked, others: plain }, measure, cells, advance)
  }
  return { cells: Object.fromEntries(cells) as Partial<Record<Compared, ComparedCells>>, exchanges: measure.clients.sent }
}
