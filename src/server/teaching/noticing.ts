import type { ClusterState } from '../../contract/cluster.ts'
import type { Exchange } from '../../contract/exchanges.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { LessonAction } from '../../contract/lessons/actions.ts'
import { readRequestLine } from './lesson-actions.ts'

/** Something that the participant did in the workbench, or that followed from it. */
export type Happening = { readonly exchange: Exchange } | { readonly operator: OperatorAction } | { readonly cluster: ClusterState }

const isRefresh = ({ steps }: Exchange): boolean => steps.some(({ kind }) => kind === 'refresh-lookup' || kind === 'refresh-rotate')

const isRequest = ({ method, path }: Exchange, line: string): boolean => {
  const wanted = readRequestLine(line)
  return method === wanted.method && path === wanted.path
}

function isThisExchange(action: LessonAction, exchange: Exchange): boolean {
  if (!('client' in action) || action.client !== exchange.client) return false
  switch (action.do) {
    case 'login':
      return isRequest(exchange, 'POST /session') || (isRequest(exchange, 'POST /token') && !isRefresh(exchange))
    case 'refresh':
      return isRequest(exchange, 'POST /token') && isRefresh(exchange)
    case 'logout':
      return isRequest(exchange, 'DELETE /session') || isRequest(exchange, 'POST /token/revoke')
    case 'injected-script':
      return isRequest(exchange, 'POST /transfer')
    case 'call':
    case 'tamper':
      return isRequest(exchange, action.request)
    case 'forge':
      return isRequest(exchange, action.as === 'script' ? action.request.replace(/^\S+/, 'OPTIONS') : action.request)
    case 'present':
      return action.token === 'access-token'
        ? isRequest(exchange, action.request)
        : isRequest(exchange, 'POST /token') && isRefresh(exchange)
    case 'replay':
      return action.request === undefined || isRequest(exchange, action.request)
    default:
      return false
  }
}

/** What the operator's rows in the traffic say of each action, and which of its fields have to be the same there. */
const NOTED: Partial<Record<LessonAction['do'], readonly [code: OperatorAction['action'], ...fields: string[]]>> = {
  'change-mechanism': ['client-mechanism-changed', 'client', 'mechanism'],
  'kill-node': ['node-killed', 'node'],
  'start-node': ['node-started', 'node'],
  'drain-node': ['node-draining', 'node'],
  'add-node': ['node-added'],
  'rotate-key': ['key-rotated'],
  'rotate-cookie-secret': ['cookie-secret-rotated'],
  'change-account': ['account-changed', 'account', 'role', 'disabled'],
  'end-sessions': ['account-logged-out', 'account'],
  'end-session': ['session-ended'],
  'expire-session': ['session-expired'],
  'revoke-token': ['token-revoked'],
  'revoke-device': ['family-revoked'],
}

function isThisOperation(action: LessonAction, { action: code, params }: OperatorAction): boolean {
  if (action.do === 'change-node') {
    return (
      code === 'node-changed' &&
      params['node'] === action.node &&
      Object.entries(action.change).every(([name, value]) => params[name] === value)
    )
  }
  if (action.do === 'attacker-site') return code === (action.on ? 'attacker-site-on' : 'attacker-site-off')
  if (action.do === 'weakness') return code === (action.on ? 'weakness-on' : 'weakness-off') && params['weakness'] === action.weakness
  const [noted, ...fields] = NOTED[action.do] ?? []
  const wanted = action as Readonly<Record<string, unknown>>
  return code === noted && fields.every((field) => wanted[field] === undefined || params[field] === wanted[field])
}

const STATE_NAMES: Readonly<Record<string, string>> = { storeOut: 'isStoreOut' }

/** Whether all of what is wanted is so, nested settings included. */
const contains = (state: unknown, wanted: unknown): boolean =>
  typeof wanted === 'object' && wanted !== null
    ? Object.entries(wanted).every(([name, value]) =>
        contains((state as Record<string, unknown> | undefined)?.[STATE_NAMES[name] ?? name], value),
      )
    : state === wanted

/** How far the clock has moved since the last action, milliseconds, and what may be missing of it for a step by hand to count. */
export interface ClockMove {
  readonly movedMs: number
  readonly toleranceMs: number
}

/** Whether what happened is this action, carried out by hand. The checkpoint judges what came of it. */
export function isThisAction(action: LessonAction, happening: Happening, { movedMs, toleranceMs }: ClockMove): boolean {
  if ('exchange' in happening) return isThisExchange(action, happening.exchange)
  if ('cluster' in happening) return action.do === 'change-cluster' && contains(happening.cluster, action.change)
  if (action.do === 'move-clock') {
    const left = action.seconds * 1000 - movedMs
    return happening.operator.action === 'clock-moved' && (action.seconds > 0 ? left <= toleranceMs : left >= -toleranceMs)
  }
  return isThisOperation(action, happening.operator)
}
