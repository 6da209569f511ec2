import { COMPARED, type Compared, type ComparedCells, type ComparedRow, type ComparisonRun } from '../../../contract/comparison.ts'
import { type Answers, QUESTION_NAMES, QUESTIONS, type Question } from '../../state/answers.ts'

/**
 * What can come of a decision. `session`: server-side sessions; `jwt-short`: short access tokens with a refresh token; `jwt-denylist`: the same,
 * with a denylist; `edge-session`: a session between browser and edge, a token from there on.
 */
export const RECOMMENDATIONS = ['session', 'jwt-short', 'jwt-denylist', 'edge-session'] as const
/** What can come of a decision. */
export type Recommendation = (typeof RECOMMENDATIONS)[number]

const LESSONS: Readonly<Record<Recommendation, string>> = {
  session: 'force-offline',
  'jwt-short': 'token-in-a-cluster',
  'jwt-denylist': 'many-devices',
  'edge-session': 'one-request-both-ways',
}

/** The lesson that shows what a recommendation rests on. */
export const lessonOf = (recommendation: Recommendation): string => LESSONS[recommendation]

/** A measured value, with what it is a value of. */
export type Figure =
  | { readonly unit: 'ms' | 'lifetime' | 'bytes' | 'count'; readonly value: number }
  | { readonly unit: 'name'; readonly value: string }

/** A reason, with the figures of the run that it rests on. */
export interface Reason {
  /** Names its words. */
  readonly key: string
  readonly figures: Readonly<Record<string, Figure>>
  /** Where the figures were measured. */
  readonly proof: readonly { readonly compared: Compared; readonly row: ComparedRow }[]
}

/** An answer that would lead elsewhere, all others being the same. */
export interface Flip {
  readonly question: Question
  readonly answer: string
  readonly to: Recommendation
}

/** A recommendation with all that speaks for it. */
export interface Decision {
  readonly recommendation: Recommendation
  /** Which way each answer points. */
  readonly leans: Readonly<Record<Question, 'session' | 'jwt'>>
  /** At least three. */
  readonly reasons: readonly Reason[]
  readonly flips: readonly Flip[]
}

const SESSION_ANSWERS: Readonly<Record<Question, string>> = { logout: 'at-once', callers: 'web', store: 'yes', key: 'own', rate: 'low' }

/** Which way an answer points when it is looked at alone. */
export const leanOf = (question: Question, answer: string): 'session' | 'jwt' => (SESSION_ANSWERS[question] === answer ? 'session' : 'jwt')

/** Callers that are browsers: a cookie that no script can read, and an edge that can hold it. */
function forWeb({ logout, store, key, rate }: Answers): Recommendation {
  if (key === 'others') return logout === 'minutes' && store === 'no' ? 'jwt-short' : 'edge-session'
  if (store === 'no') return logout === 'at-once' ? 'edge-session' : 'jwt-short'
  return logout === 'minutes' && rate === 'high' ? 'jwt-short' : 'session'
}

/** Callers that hold a token: one look-up a call is the price of ending it at once, by whichever name. */
function forTokens({ logout, callers, store, key }: Answers): Recommendation {
  if (logout === 'minutes' || store === 'no') return 'jwt-short'
  return callers === 'mobile' && key === 'own' ? 'session' : 'jwt-denylist'
}

/** What the answers lead to. Every combination leads somewhere. */
export const recommend = (answers: Answers): Recommendation => (answers.callers === 'web' ? forWeb(answers) : forTokens(answers))

/** Single answers that would lead elsewhere. */
function flipsOf(answers: Answers): Flip[] {
  const own = recommend(answers)
  return QUESTION_NAMES.flatMap((question) =>
    QUESTIONS[question].flatMap((answer) => {
      if (answer === answers[question]) return []
      const to = recommend({ ...answers, [question]: answer })
      return to === own ? [] : [{ question, answer, to }]
    }),
  )
}

/** The figures of a run that measured everything. */
export type WholeCells = Readonly<Record<Compared, ComparedCells>>

/** The cells of a run; null when it left a mechanism out. */
export function wholeCells({ cells }: ComparisonRun): WholeCells | null {
  return COMPARED.every((compared) => cells[compared]) ? (cells as WholeCells) : null
}

const ms = (value: number): Figure => ({ unit: 'ms', value })
const count = (value: number): Figure => ({ unit: 'count', value })
const bytes = (value: number): Figure => ({ unit: 'bytes', value })
const lifetime = (value: number): Figure => ({ unit: 'lifetime', value })
const name = (value: string): Figure => ({ unit: 'name', value })

/** The mechanism whose figures stand for a recommendation. */
export const measuredAs = (recommendation: Recommendation, { callers }: Answers): Compared => {
  if (recommendation === 'jwt-denylist') return 'jwt-denylist'
  if (recommendation === 'jwt-short') return callers === 'web' ? 'jwt-cookie' : 'jwt-bearer'
  return 'session'
}

const CALLS_A_SECOND = { low: 500, high: 5000 } as const

function logoutReason({ logout }: Answers, recommendation: Recommendation, cells: WholeCells): Reason {
  const bare = cells['jwt-bearer'].revocation
  const proof = [{ compared: 'jwt-bearer', row: 'revocation' }] as const
  if (logout === 'minutes') return { key: 'logoutMinutes', figures: { lifetime: lifetime(bare.acceptedForMs) }, proof }
  if (recommendation === 'jwt-short') return { key: 'logoutUnmet', figures: { lifetime: lifetime(bare.acceptedForMs) }, proof }
  const quick = recommendation === 'jwt-denylist' ? 'jwt-denylist' : 'session'
  const { firstRefusedMs, accepted, replays } = cells[quick].revocation
  return {
    key: recommendation === 'edge-session' ? 'logoutEdge' : `logout.${quick}`,
    figures: { ms: ms(firstRefusedMs ?? 0), accepted: count(accepted), replays: count(replays), lifetime: lifetime(bare.acceptedForMs) },
    proof: [{ compared: quick, row: 'revocation' }, ...proof],
  }
}

function priceReason({ rate }: Answers, recommendation: Recommendation, measured: Compared, cells: WholeCells): Reason {
  const own = cells[measured].fits
  const other = measured === 'session' || measured === 'jwt-denylist' ? 'jwt-bearer' : 'session'
  const calls = CALLS_A_SECOND[rate]
  const figures = {
    reads: count(own.storeReads),
    p50: ms(own.p50Ms),
    otherReads: count(cells[other].fits.storeReads),
    otherP50: ms(cells[other].fits.p50Ms),
    calls: count(calls),
    readsASecond: count(Math.round(calls * own.storeReads)),
    otherReadsASecond: count(Math.round(calls * cells[other].fits.storeReads)),
  }
  const kind = recommendation === 'jwt-short' ? 'saved' : recommendation === 'edge-session' ? 'edge' : 'paid'
  return {
    key: `price.${kind}`,
    figures,
    proof: [
      { compared: measured, row: 'fits' },
      { compared: other, row: 'fits' },
    ],
  }
}

function storeReason({ store }: Answers, recommendation: Recommendation, cells: WholeCells): Reason {
  const { calls, nodes, broken } = cells.session.scaling
  const missed = cells['jwt-bearer'].scaling.broken
  return {
    key: store === 'no' ? (recommendation === 'edge-session' ? 'store.edge' : 'store.no') : 'store.yes',
    figures: { refused: count(broken.refused), calls: count(calls), nodes: count(nodes), missed: count(missed.refused) },
    proof: [
      { compared: 'session', row: 'scaling' },
      { compared: 'jwt-bearer', row: 'scaling' },
    ],
  }
}

function keyReason({ key }: Answers, algorithm: string, cells: WholeCells): Reason {
  const session = cells.session.exposure
  const token = cells['jwt-bearer'].exposure
  const isShared = algorithm.startsWith('HS')
  return {
    key: key === 'own' ? 'key.own' : isShared ? 'key.othersShared' : 'key.others',
    figures: {
      tries: count(session.tries),
      letIn: count(session.letIn),
      first: count(token.firstLetIn ?? 0),
      forged: count(token.letIn),
      sent: count(token.tries),
      algorithm: name(algorithm),
    },
    proof: [
      { compared: 'session', row: 'exposure' },
      { compared: 'jwt-bearer', row: 'exposure' },
    ],
  }
}

function sizeReason(measured: Compared, cells: WholeCells): Reason {
  const other = measured === 'session' ? 'jwt-bearer' : 'session'
  return {
    key: measured === 'session' ? 'size.session' : 'size.jwt',
    figures: { own: bytes(cells[measured].fits.credentialBytes), other: bytes(cells[other].fits.credentialBytes) },
    proof: [
      { compared: measured, row: 'storage' },
      { compared: other, row: 'storage' },
    ],
  }
}

/** What the answers lead to, with the figures of the run that speak for it. Null when the run left a mechanism out. */
export function decide(answers: Answers, run: ComparisonRun): Decision | null {
  const cells = wholeCells(run)
  if (!cells) return null
  const recommendation = recommend(answers)
  const measured = measuredAs(recommendation, answers)
  const leans = Object.fromEntries(QUESTION_NAMES.map((question) => [question, leanOf(question, answers[question])]))
  return {
    recommendation,
    leans: leans as Decision['leans'],
    reasons: [
      logoutReason(answers, recommendation, cells),
      priceReason(answers, recommendation, measured, cells),
      storeReason(answers, recommendation, cells),
      keyReason(answers, run.settings.algorithm, cells),
      sizeReason(measured, cells),
    ],
    flips: flipsOf(answers),
  }
}
