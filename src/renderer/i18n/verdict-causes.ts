import { STORE_KINDS, type StoreKind } from '../../contract/cluster.ts'
import type { ExchangeSummary } from '../../contract/exchanges.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Step } from '../../contract/step.ts'
import { currentLab } from '../state/use-lab.ts'

/** NumericDate is whole seconds, and a request takes a moment to its node. */
const SAME_CLOCK_MS = 2000

const isStoreKind = (value: unknown): value is StoreKind => STORE_KINDS.some((kind) => kind === value)

/** The session store in use when the exchange with this `seq` was made, by the changes that are on record. */
export function storeAt(seq: number, actions: readonly OperatorAction[], now: StoreKind): StoreKind {
  const next = actions.find(({ action, afterExchange }) => action === 'store-changed' && afterExchange >= seq)
  const from = next?.params['from']
  return isStoreKind(from) ? from : now
}

type Subject = Pick<ExchangeSummary, 'verdict' | 'node'> & Partial<Pick<ExchangeSummary, 'seq' | 'labTime' | 'durationMs'>>

const evidenceOf = (steps: readonly Step[], kind: Step['kind']): Step['evidence'] =>
  steps.find((step) => step.kind === kind)?.evidence ?? {}

/** The node's time when it judged a token (RFC 7519 §2: seconds) or a session, Unix milliseconds; null when it judged neither. */
function nodeTime(steps: readonly Step[]): number | null {
  const seconds = evidenceOf(steps, 'token-expiry')['now'] ?? evidenceOf(steps, 'token-not-before')['now']
  if (typeof seconds === 'number') return seconds * 1000
  const ms = evidenceOf(steps, 'session-idle-timeout')['now'] ?? evidenceOf(steps, 'session-absolute-timeout')['now']
  return typeof ms === 'number' ? ms : null
}

/** Whether the node's clock was off from the lab's when it judged the credential's times, as its evidence shows. */
function clockOf({ labTime, durationMs }: Subject, steps: readonly Step[]): 'fast' | 'slow' | null {
  const now = nodeTime(steps)
  if (now === null || labTime === undefined) return null
  const aheadMs = now - labTime
  if (aheadMs < -SAME_CLOCK_MS) return 'slow'
  return aheadMs > SAME_CLOCK_MS + (durationMs ?? 0) ? 'fast' : null
}

/** Why a token was accepted although the lab clock had passed its `exp`. */
function lateVariant(subject: Subject, steps: readonly Step[]): string | null {
  const { value: exp, leewaySeconds } = evidenceOf(steps, 'token-expiry')
  if (typeof exp !== 'number' || subject.labTime === undefined || exp * 1000 > subject.labTime) return null
  if (clockOf(subject, steps) === 'slow') return 'slowClock'
  return typeof leewaySeconds === 'number' && leewaySeconds > 0 ? 'leeway' : null
}

/** Whether each node kept its own sessions when the exchange was made. */
export function isInMemory({ seq }: Subject): boolean {
  const { actions, cluster } = currentLab()
  return storeAt(seq ?? Number.POSITIVE_INFINITY, actions, cluster.store) === 'memory'
}

/** Which of a verdict's texts says what part the cluster had in it; null when it had none. */
export function clusterCause(subject: Subject, steps: readonly Step[]): string | null {
  const { nodes } = currentLab()
  switch (subject.verdict) {
    case 'unknown-session':
      return isInMemory(subject) ? 'memory' : null
    case 'unknown-key':
      return nodes.find(({ id }) => id === subject.node)?.jwksFrozen ? 'frozen' : null
    case 'bad-cookie-signature':
      return nodes.some(({ hasOwnCookieSecret }) => hasOwnCookieSecret) ? 'ownSecret' : null
    case 'store-unavailable':
      return steps.some(({ kind, outcome }) => kind === 'password-verify' && outcome === 'pass') ? 'login' : null
    case 'session-expired':
    case 'token-expired':
      return clockOf(subject, steps) === 'fast' ? 'fastClock' : null
    case 'token-not-yet-valid':
      return clockOf(subject, steps) === 'slow' ? 'slowClock' : null
    case 'allowed':
      return steps.some(({ kind, outcome }) => kind === 'session-overwrite' && outcome !== 'pass')
        ? 'overwrote'
        : lateVariant(subject, steps)
    default:
      return null
  }
}
