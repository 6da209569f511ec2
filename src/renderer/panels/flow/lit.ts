import type { Exchange } from '../../../contract/exchanges.ts'
import type { Step } from '../../../contract/step.ts'
import { toneOf } from '../../i18n/verdict-words.ts'
import { STAGES, type Stage } from './flow.ts'

/** What the exchange did at a stage. */
export interface Lit {
  readonly tone: 'ok' | 'no' | 'neutral'
  /** What its steps took on the node, microseconds; null where no step stands for it. */
  readonly durationUs: number | null
}

/** The stages that an exchange passed, by id. */
export type LitStages = ReadonlyMap<string, Lit>

/** Steps in which something is judged; the others only do what they do. */
const JUDGING: ReadonlySet<string> = new Set([
  'password',
  'check-mac',
  'ask-store',
  'check-limits',
  'check-form',
  'check-signature',
  'check-claims',
  'check-revocation',
  'authorize',
  'refresh',
])

function litBySteps({ id, kinds }: Stage, steps: readonly Step[]): Lit | null {
  const own = steps.filter(({ kind }) => kinds.includes(kind))
  if (own.length === 0) return null
  const hasFailed = own.some(({ outcome }) => outcome === 'fail')
  const tone = hasFailed ? 'no' : JUDGING.has(id) && own.some(({ outcome }) => outcome === 'pass') ? 'ok' : 'neutral'
  return { tone, durationUs: own.reduce((sum, { durationUs }) => sum + durationUs, 0) }
}

/** Stages that no step stands for, told from the exchange and from the stages that steps lit. */
function litByExchange({ method, path, mechanism, verdict, steps }: Exchange, lit: LitStages): string[] {
  const [route = ''] = path.split('?', 1)
  const isSession = mechanism === 'session'
  const has = (...kinds: Step['kind'][]): boolean => steps.some(({ kind }) => kinds.includes(kind))
  const isLogin = has('password-verify', 'rate-limit', 'account-lookup') && method === 'POST' && /^\/(session|token)$/.test(route)
  const stages: string[] = []
  if (isLogin) stages.push('choose', route === '/session' ? 'ask-session' : 'ask-token')
  if (isLogin && verdict === 'allowed' && isSession) stages.push('hand-cookie')
  if (has('token-issue')) stages.push('hand-token')
  if (lit.has('check-mac')) stages.push('carry-cookie')
  if (lit.has('check-form') || lit.has('refresh')) stages.push('carry-token')
  const wasChecked = steps.some(({ kind, outcome }) => kind === 'session-absolute-timeout' && outcome === 'pass')
  if (wasChecked && verdict !== 'account-disabled') stages.push('read-account')
  return stages
}

/** What an exchange lights in the flow. An exchange that is still open lights nothing. */
export function litStages(exchange: Exchange): LitStages {
  const { verdict, steps } = exchange
  const lit = new Map<string, Lit>()
  if (verdict === null) return lit
  for (const stage of STAGES) {
    const found = litBySteps(stage, steps)
    if (found) lit.set(stage.id, found)
  }
  for (const id of litByExchange(exchange, lit)) if (!lit.has(id)) lit.set(id, { tone: 'neutral', durationUs: null })
  if (verdict === 'account-disabled' && lit.has('check-limits')) lit.set('read-account', { tone: 'no', durationUs: null })
  lit.set('answer', { tone: toneOf(verdict), durationUs: null })
  return lit
}
