import type { Exchange } from '../../../contract/exchanges.ts'
import type { Step } from '../../../contract/step.ts'
import { familyOf, toneOf } from '../../i18n/verdict-words.ts'
import { LINKS, STAGES, type Stage } from './flow.ts'

/** What the exchange did at a stage. */
export interface Lit {
  readonly tone: 'ok' | 'no' | 'neutral'
  /** What its steps took on the node, microseconds; null where no step stands for it. */
  readonly durationUs: number | null
  /** What stands in the place of the time: the node, the status; null where the time does. */
  readonly note: string | null
}

/** What an exchange lights. */
export interface LitFlow {
  /** By the id of the stage. */
  readonly stages: ReadonlyMap<string, Lit>
  /** The links it went along, as `from>to`. */
  readonly links: ReadonlySet<string>
  /** The stage it went to the answer from, past all that did not run; null when it went the whole way. */
  readonly leftFrom: string | null
}

/** The flow before any exchange. */
export const UNLIT: LitFlow = { stages: new Map(), links: new Set(), leftFrom: null }

/** Stages in which something is judged; the others only do what they do. */
const JUDGING: ReadonlySet<string> = new Set([
  'password',
  'check-mac',
  'ask-store',
  'check-limits',
  'check-form',
  'check-signature',
  'check-claims',
  'read-account',
  'check-revocation',
  'authorize',
  'refresh',
])

/** The name of a link. */
export const linkId = (from: string, to: string): string => `${from}>${to}`

const has = (steps: readonly Step[], ...kinds: Step['kind'][]): boolean => steps.some(({ kind }) => kinds.includes(kind))

const isLogin = ({ method, path, steps }: Exchange): boolean =>
  method === 'POST' && /^\/(session|token)(\?|$)/.test(path) && has(steps, 'password-verify', 'rate-limit')

function litBySteps({ id, kinds }: Stage, exchange: Exchange): Lit | null {
  // A login looks the account up for its password; later it is read for what it may do.
  if (id === 'read-account' && (exchange.mechanism !== 'session' || isLogin(exchange))) return null
  const own = exchange.steps.filter(({ kind }) => kinds.includes(kind))
  if (own.length === 0) return null
  const hasFailed = own.some(({ outcome }) => outcome === 'fail')
  const isPassed = JUDGING.has(id) && own.some(({ outcome }) => outcome === 'pass')
  const durationUs = own.reduce((sum, step) => sum + step.durationUs, 0)
  return { tone: hasFailed ? 'no' : isPassed ? 'ok' : 'neutral', durationUs, note: id === 'balance' ? exchange.node : null }
}

/** Stages that no step stands for, told from the exchange and from the stages that steps lit. */
function litByExchange(exchange: Exchange, lit: ReadonlyMap<string, Lit>): string[] {
  const { path, mechanism, verdict, steps } = exchange
  const stages: string[] = []
  if (isLogin(exchange)) {
    stages.push('choose', path.startsWith('/session') ? 'ask-session' : 'ask-token')
    if (verdict === 'allowed' && mechanism === 'session') stages.push('hand-cookie')
  }
  if (has(steps, 'token-issue')) stages.push('hand-token')
  if (lit.has('check-mac')) stages.push('carry-cookie')
  if (lit.has('check-form')) stages.push('carry-token')
  return stages
}

/** The links along one side, as far as it went. A stage that nothing stood for was passed by when a later one was reached. */
function litLinks(exchange: Exchange, stages: ReadonlyMap<string, Lit>): Pick<LitFlow, 'links' | 'leftFrom'> {
  const links = new Set<string>()
  const own = familyOf(exchange.mechanism)
  const walk = (phase: Stage['phase']): string | null => {
    const path = STAGES.filter((stage) => stage.phase === phase && (stage.side === 'both' || stage.side === own))
    const failed = path.findIndex(({ id }) => stages.get(id)?.tone === 'no')
    const begun = path.findIndex(({ id }) => stages.has(id))
    const reached = path.findLastIndex(({ id }) => stages.has(id))
    const end = failed === -1 ? reached : failed
    for (let index = begun; index >= 0 && index < end; index++) links.add(linkId(path[index]?.id ?? '', path[index + 1]?.id ?? ''))
    return failed === -1 || path[failed + 1] === undefined ? null : (path[failed]?.id ?? null)
  }
  walk('login')
  if (!stages.has('carry-cookie') && !stages.has('carry-token')) return { links, leftFrom: stages.has('balance') ? 'balance' : null }
  const leftFrom = walk('request')
  if (leftFrom === 'authorize') links.add(linkId('authorize', 'answer'))
  return { links, leftFrom: leftFrom === 'authorize' ? null : leftFrom }
}

/** What an exchange lights in the flow. One that is still open lights nothing. */
export function litFlow(exchange: Exchange): LitFlow {
  const { verdict, status } = exchange
  if (verdict === null) return UNLIT
  const stages = new Map<string, Lit>()
  for (const stage of STAGES) {
    const found = litBySteps(stage, exchange)
    if (found) stages.set(stage.id, found)
  }
  for (const id of litByExchange(exchange, stages)) {
    if (!stages.has(id)) stages.set(id, { tone: 'neutral', durationUs: null, note: null })
  }
  if (verdict === 'account-disabled' && stages.has('check-limits')) stages.set('read-account', { tone: 'no', durationUs: null, note: null })
  stages.set('answer', { tone: toneOf(verdict), durationUs: null, note: status === null ? null : String(status) })
  const { links, leftFrom } = litLinks(exchange, stages)
  const known = new Set(LINKS.map(([from, to]) => linkId(from, to)))
  return { stages, links: new Set([...links].filter((link) => known.has(link))), leftFrom }
}
