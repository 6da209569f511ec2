import { COMPARED, type Compared, type ComparedCells, type ComparedRow, type ComparisonRun } from '../../../contract/comparison.ts'
import { say } from '../../i18n/say.ts'
import { countWords, lifetimeWords, msWords, octetsWords } from './figures.ts'

/** Octets of a session id as the server makes it. */
const SID_BITS = 192

/** One bar of a cell. Shares are of the greatest value that the mechanisms have in it. */
export interface Bar {
  readonly label: string
  readonly value: string
  readonly share: number
  /** `accent`: of the mechanism; `verdict`: allowed, the rest refused; `ink` and `quiet`: neither. */
  readonly tone: 'accent' | 'verdict' | 'ink' | 'quiet'
}

/** What a cell says. */
export interface CellFacts {
  readonly headline: string
  readonly reason: string
  readonly bars: readonly Bar[]
  /** What was measured for it. */
  readonly evidence: readonly { readonly label: string; readonly exchanges: readonly string[] }[]
  readonly tags: readonly string[]
}

type Words = (key: string, params?: Record<string, string | number>) => string
const words =
  (row: ComparedRow): Words =>
  (key, params = {}) =>
    say(`compare:${row}.${key}`, params)

const family = (compared: Compared): 'session' | 'jwt' => (compared === 'session' ? 'session' : 'jwt')

/** Octets that one login leaves in the server's database. */
export const serverBytes = ({ storage }: ComparedCells): number => storage.tables.reduce((sum, { bytes }) => sum + bytes, 0)
/** Octets that the client holds after a login. */
export const clientBytes = ({ storage }: ComparedCells): number => storage.credentialBytes + storage.refreshBytes

/** The greatest value that any mechanism of the run has. */
const greatest = (run: ComparisonRun, of: (cells: ComparedCells) => number): number =>
  Math.max(...COMPARED.flatMap((compared) => run.cells[compared] ?? []).map(of), Number.MIN_VALUE)

function storage(run: ComparisonRun, compared: Compared, cells: ComparedCells): CellFacts {
  const t = words('storage')
  const most = greatest(run, (each) => Math.max(serverBytes(each), clientBytes(each)))
  const bar = (label: string, value: number): Bar => ({ label, value: octetsWords(value), share: value / most, tone: 'accent' })
  const { credentialBytes, refreshBytes, exchanges } = cells.storage
  const params = { server: octetsWords(serverBytes(cells)), credential: octetsWords(credentialBytes), refresh: octetsWords(refreshBytes) }
  return {
    headline: t(`headline.${family(compared)}`, params),
    reason: t(`reason.${family(compared)}`, params),
    bars: [bar(t('client'), clientBytes(cells)), bar(t('server'), serverBytes(cells))],
    evidence: [{ label: t(`evidence.${family(compared)}`), exchanges }],
    tags: [],
  }
}

function scaling(_run: ComparisonRun, compared: Compared, { scaling: { calls, nodes, sound, broken } }: ComparedCells): CellFacts {
  const t = words('scaling')
  const bar = (label: string, refused: number): Bar => ({
    label,
    value: t('ok', { ok: countWords(calls - refused) }),
    share: (calls - refused) / Math.max(1, calls),
    tone: 'verdict',
  })
  const params = { refused: sound.refused, calls, broken: broken.refused, nodes }
  const kind = family(compared)
  return {
    headline: t(`headline.${kind}`, params),
    reason: t(`reason.${kind}`, params),
    bars: [bar(t(`sound.${kind}`), sound.refused), bar(t(`broken.${kind}`), broken.refused)],
    evidence: [
      { label: t(`sound.${kind}`), exchanges: sound.exchanges },
      { label: t(`broken.${kind}`), exchanges: broken.exchanges },
    ],
    tags: [],
  }
}

function revocation(run: ComparisonRun, compared: Compared, cells: ComparedCells): CellFacts {
  const t = words('revocation')
  const { accepted, replays, acceptedForMs, firstRefusedMs, exchanges } = cells.revocation
  const isAtOnce = firstRefusedMs !== null
  const livedMs = (each: ComparedCells): number => each.revocation.acceptedForMs + (each.revocation.firstRefusedMs ?? 0)
  const lived = isAtOnce ? msWords(firstRefusedMs) : lifetimeWords(acceptedForMs)
  const params = { time: lived, accepted, replays }
  const listed = run.cells['jwt-denylist']?.revocation.firstRefusedMs ?? null
  const most = greatest(run, livedMs)
  const reads: Bar = {
    label: t('reads'),
    value: t('perCall', { reads: countWords(cells.fits.storeReads) }),
    share:
      cells.fits.storeReads /
      Math.max(
        1,
        greatest(run, ({ fits }) => fits.storeReads),
      ),
    tone: 'accent',
  }
  const withList: Bar | null =
    !isAtOnce && listed !== null ? { label: t('withDenylist'), value: msWords(listed), share: listed / most, tone: 'ink' } : null
  return {
    headline: t(isAtOnce ? 'headline.atOnce' : 'headline.lives', params),
    reason: t(`reason.${compared === 'session' ? 'session' : isAtOnce ? 'denylist' : 'jwt'}`, params),
    bars: [{ label: t('accepted'), value: lived, share: livedMs(cells) / most, tone: 'ink' }, withList ?? reads],
    evidence: [{ label: t('evidence'), exchanges }],
    tags: [],
  }
}

function exposure(_run: ComparisonRun, compared: Compared, { exposure: measured }: ComparedCells): CellFacts {
  const t = words('exposure')
  const { tries, letIn, firstLetIn, afterRotation, exchanges } = measured
  const kind = family(compared)
  const params = { tries: countWords(tries), letIn: countWords(letIn), first: firstLetIn ?? 0, bits: SID_BITS }
  const isCostly = afterRotation.genuine !== 'allowed'
  return {
    headline: t(firstLetIn === null ? 'headline.none' : 'headline.let', params),
    reason: t(`reason.${kind}${kind === 'jwt' && isCostly ? 'Costly' : ''}`, params),
    bars: [
      { label: t('refused'), value: countWords(tries - letIn), share: (tries - letIn) / Math.max(1, tries), tone: 'quiet' },
      {
        label: t('letIn'),
        value: t('of', { letIn: countWords(letIn), tries: countWords(tries) }),
        share: letIn / Math.max(1, tries),
        tone: 'ink',
      },
    ],
    evidence: [{ label: t(`evidence.${kind}`, params), exchanges }],
    tags: [],
  }
}

function fits(run: ComparisonRun, compared: Compared, { fits: measured }: ComparedCells): CellFacts {
  const t = words('fits')
  const most = greatest(run, (each) => each.fits.p50Ms)
  const mostReads = Math.max(
    1,
    greatest(run, (each) => each.fits.storeReads),
  )
  return {
    headline: t(`headline.${compared}`),
    reason: t(`reason.${compared}`),
    bars: [
      { label: t('p50'), value: msWords(measured.p50Ms), share: measured.p50Ms / most, tone: 'accent' },
      { label: t('reads'), value: countWords(measured.storeReads), share: measured.storeReads / mostReads, tone: 'accent' },
    ],
    evidence: [{ label: t('evidence', { calls: measured.calls }), exchanges: measured.exchanges }],
    tags: ['first', 'second'].map((place) => t(`tag.${compared}.${place}`)),
  }
}

const FACTS: Readonly<Record<ComparedRow, (run: ComparisonRun, compared: Compared, cells: ComparedCells) => CellFacts>> = {
  storage,
  scaling,
  revocation,
  exposure,
  fits,
}

/** What a cell says; null when the run did not measure it. */
export function cellFacts(run: ComparisonRun, compared: Compared, row: ComparedRow): CellFacts | null {
  const cells = run.cells[compared]
  return cells ? FACTS[row](run, compared, cells) : null
}
