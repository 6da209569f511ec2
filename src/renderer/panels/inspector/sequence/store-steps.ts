import { STORE_KINDS, type StoreKind } from '../../../../contract/cluster.ts'
import type { Step } from '../../../../contract/step.ts'
import { say } from '../../../i18n/say.ts'

const SESSION_KINDS: ReadonlySet<Step['kind']> = new Set(['session-lookup', 'session-write', 'session-touch', 'session-destroy'])
const SQL = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b/i

/** The store that a step used, as it says itself or by what it shows to have run there; null when it used none. A node's own memory runs nothing that shows. */
export function storeOf({ kind, evidence: { sql, store } }: Step): StoreKind | null {
  const told = STORE_KINDS.find((known) => known === store)
  if (told) return told
  if (typeof sql === 'string') return SQL.test(sql) ? 'sqlite' : 'redis'
  return SESSION_KINDS.has(kind) ? 'memory' : null
}

const READ_KINDS: ReadonlySet<Step['kind']> = new Set([
  'session-lookup',
  'refresh-lookup',
  'account-lookup',
  'account-recheck',
  'token-denylist',
  'token-account-not-before',
  'token-version',
])

/** Whether a step only asked: then what it learnt comes back. */
export const isRead = ({ kind, outcome }: Step): boolean => READ_KINDS.has(kind) || (kind === 'rate-limit' && outcome !== 'info')

function purposeOf(step: Step): string {
  switch (step.kind) {
    case 'session-lookup':
      return step.outcome === 'info' ? 'readSessions' : 'readSession'
    case 'session-write':
      return step.evidence['before'] ? 'updateSession' : 'insertSession'
    case 'session-touch':
      return 'touchSession'
    case 'session-destroy':
      return 'before' in step.evidence ? 'deleteSession' : 'deleteSessions'
    case 'refresh-lookup':
      return 'readRefreshToken'
    case 'refresh-rotate':
      return 'rotateRefreshToken'
    case 'token-denylist':
      return 'readDenylist'
    case 'token-account-not-before':
    case 'token-version':
      return 'readMark'
    case 'token-revoke':
      return 'revokeTokens'
    case 'account-recheck':
    case 'account-lookup':
      return 'readAccount'
    case 'rate-limit':
      return isRead(step) ? 'readLimit' : 'countFailure'
    default:
      return 'write'
  }
}

/** What was asked of the store, in a few words. */
export const wordsOfUse = (step: Step): string => say(`inspector:sequence.use.${purposeOf(step)}`)
