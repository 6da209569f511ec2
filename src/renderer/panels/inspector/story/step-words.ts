import type { Exchange } from '../../../../contract/exchanges.ts'
import type { Step } from '../../../../contract/step.ts'
import type { Verdict } from '../../../../contract/verdict.ts'
import { i18n } from '../../../i18n/index.ts'
import { hasWords, type Params, say, sayFirst } from '../../../i18n/say.ts'
import { clockTime } from '../../../state/lab-time.ts'
import { labDate } from '../dates.ts'
import { storeOf } from '../sequence/store-steps.ts'

const SECONDS_BELOW = 100_000_000_000

/** Whether a point in time is in seconds, as claims have it (RFC 7519 §2 NumericDate); rows have milliseconds. */
export const isNumericDate = (value: number): boolean => value < SECONDS_BELOW

/** A point in time from evidence as Unix milliseconds. */
export const timeMs = (value: number): number => (isNumericDate(value) ? value * 1000 : value)

const TIME_KINDS: ReadonlySet<Step['kind']> = new Set([
  'token-expiry',
  'token-not-before',
  'token-account-not-before',
  'session-idle-timeout',
  'session-absolute-timeout',
  'refresh-expiry',
])
const TIME_NAMES: ReadonlySet<string> = new Set(['value', 'limit', 'now'])
/** Anything smaller is a duration or a count, not a point in time: 2001-09-09. */
const FIRST_TIME = 1_000_000_000

/** Whether this piece of evidence is a point in time. */
export const isTime = (kind: Step['kind'], name: string, value: unknown): value is number =>
  typeof value === 'number' && value >= FIRST_TIME && (TIME_KINDS.has(kind) ? TIME_NAMES.has(name) : false)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A limit a day or more from the moment it was looked at is shown with its date: the time of day alone would be that of today. */
function timeWords({ kind, evidence: { now } }: Step, value: number): string {
  return isTime(kind, 'now', now) ? labDate(timeMs(value), timeMs(now), i18n.language) : clockTime(timeMs(value))
}

function word(step: Step, name: string, value: unknown): string | number | null {
  if (isTime(step.kind, name, value)) return timeWords(step, value)
  const reason = `steps:refresh-reuse.reason.${String(value)}`
  if (name === 'revokedReason' && hasWords(reason)) return say(reason)
  if (typeof value === 'string' || typeof value === 'number') return value
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').join(' ') || null
  if (isObject(value) && typeof value['idleExpiresAt'] === 'number') return clockTime(value['idleExpiresAt'])
  return null
}

/** What the texts of a step may speak of: its evidence, the row it read, and the exchange around it. */
export function paramsOf(step: Step, exchange: Pick<Exchange, 'node' | 'status'>): Params {
  const { row, after } = step.evidence
  const account = isObject(row) ? row : isObject(after) ? after : {}
  const params: Record<string, string | number> = {}
  if (exchange.node !== null) params['node'] = exchange.node
  if (exchange.status !== null) params['status'] = exchange.status
  const named = { account: account['account'] ?? account['name'], role: account['role'], ...step.evidence }
  for (const [name, value] of Object.entries(named)) {
    const shown = word(step, name, value)
    if (shown !== null) params[name] = shown
  }
  return params
}

/** The step's title in the language in use; the server's English sentence where the words need something that is not there. */
export const stepTitle = (step: Step, params: Params): string => {
  const key = `steps:${step.kind}.${step.outcome}.title`
  const variant = step.evidence['isReached'] === false ? 'unreached' : storeOf(step)
  return sayFirst([`${key}_${variant}`, key], params) ?? step.title
}

/** What a sticky balancer made of the affinity cookie; null for any other step. */
function stickiness({ kind, evidence: { strategy, affinity, node } }: Step): 'pinned' | 'unpinned' | 'moved' | null {
  if (kind !== 'balancer-pick' || strategy !== 'sticky' || affinity === undefined) return null
  if (affinity === null) return 'unpinned'
  return affinity === node ? 'pinned' : 'moved'
}

/** The line under the title; null when the evidence does not fill one. */
export const stepDetail = (step: Step, params: Params): string | null => {
  const key = `steps:${step.kind}.${step.outcome}.detail`
  const variant = step.evidence['isReached'] === false ? 'unreached' : (stickiness(step) ?? storeOf(step))
  return sayFirst([`${key}_${variant}`, key, `${key}2`], params)
}

/** Why the step is there, in the words of the store it used. */
export const stepNote = (step: Step): string => say(`steps:${step.kind}.note`, { context: storeOf(step) ?? '' })

const DECISIVE: ReadonlyArray<Step['kind']> = [
  'session-overwrite',
  'session-save-refused',
  'session-lookup',
  'token-signature',
  'session-write',
  'session-destroy',
  'refresh-rotate',
  'token-issue',
  'refresh-revoke',
]

/** Place of the step that decided: the first that failed, else what went wrong unnoticed, the look into the store or at the signature; -1 when none did. */
export function decisiveStep(steps: readonly Step[]): number {
  const failed = steps.findIndex(({ outcome }) => outcome === 'fail')
  if (failed !== -1) return failed
  const kind = DECISIVE.find((candidate) => steps.some((step) => step.kind === candidate))
  return steps.findIndex((step) => step.kind === kind)
}

/** Verdicts that no standard is behind: nobody judged the credential. */
const UNJUDGED: ReadonlySet<Verdict | null> = new Set(['not-auth', 'no-node-available'])
/** Where the words of a verdict say more than what the step that decided is there for. */
const CLAUSES: Partial<Record<Verdict, string>> = {
  'no-credential': 'RFC 9110 §15.5.2',
  'bad-credentials': 'OWASP ASVS 5 V6.3.8',
  'store-unavailable': 'OWASP ASVS 5 V16.5.3',
}

/** The clause that a verdict goes by: that of the step that decided; null when none did. */
export function verdictClause({ verdict, steps }: Pick<Exchange, 'verdict' | 'steps'>): string | null {
  if (verdict === null || UNJUDGED.has(verdict)) return null
  const found = steps[decisiveStep(steps)]
  // That a session is stored is this lab's; that a login has a new one is not.
  const decisive = found?.kind === 'session-write' ? steps.find(({ kind }) => kind === 'session-regenerate') : found
  const own = decisive?.kind === 'client-authentication' ? undefined : CLAUSES[verdict]
  return own ?? decisive?.clause ?? null
}
