import type { OperatorAction } from '../../contract/lab.ts'
import { clockTime, countdown } from '../state/lab-time.ts'
import { hasWords, type Params, say, sayFirst } from './say.ts'

type Value = OperatorAction['params'][string] | undefined

const offsetWords = (offsetMs: number): string =>
  say(offsetMs < 0 ? 'actions:behind' : 'actions:ahead', { duration: countdown(Math.abs(offsetMs)) })

function accountChange({ role, disabled, scopes, password }: OperatorAction['params']): string[] {
  const words: string[] = []
  if (typeof role === 'string') words.push(say('actions:change.role', { role }))
  if (typeof disabled === 'boolean') words.push(say(disabled ? 'actions:change.disabled' : 'actions:change.enabled'))
  if (typeof scopes === 'string') words.push(say('actions:change.scopes', { scopes }))
  if (password === true) words.push(say('actions:change.password'))
  return words
}

function nodeChange({ clockSkewMs, latencyMs, jwksFrozen, ownCookieSecret }: OperatorAction['params']): string[] {
  const words: string[] = []
  if (clockSkewMs === 0) words.push(say('actions:change.noSkew'))
  else if (typeof clockSkewMs === 'number') {
    words.push(say(clockSkewMs < 0 ? 'actions:change.slow' : 'actions:change.fast', { duration: countdown(Math.abs(clockSkewMs)) }))
  }
  if (latencyMs === 0) words.push(say('actions:change.noLatency'))
  else if (typeof latencyMs === 'number') words.push(say('actions:change.latency', { latencyMs }))
  if (typeof jwksFrozen === 'boolean') words.push(say(jwksFrozen ? 'actions:change.keysFrozen' : 'actions:change.keysFollow'))
  if (typeof ownCookieSecret === 'boolean') words.push(say(ownCookieSecret ? 'actions:change.ownSecret' : 'actions:change.sharedSecret'))
  return words
}

const lifetimeChange = (params: OperatorAction['params']): string[] =>
  Object.entries(params).flatMap(([name, seconds]) => {
    const key = `actions:lifetime.${name}`
    return typeof seconds === 'number' && hasWords(key) ? say(key, { seconds }) : []
  })

const ID_SHOWN = 8

const nameOf = (key: string, id: string): string => (hasWords(key) ? say(key) : id)

function word(name: string, value: Value): string | number | null {
  if (typeof value === 'number' && name === 'until') return clockTime(value)
  if (typeof value === 'string' && name === 'id') return value.slice(0, ID_SHOWN)
  if (typeof value === 'string' && name === 'mechanism') return say(`traffic:mechanismName.${value}`)
  if (typeof value === 'string' && (name === 'store' || name === 'from')) return nameOf(`actions:store.${value}`, value)
  if (typeof value === 'string' && name === 'revocation') return nameOf(`actions:revocation.${value}`, value)
  if (typeof value === 'string' && name === 'weakness') return nameOf(`settings:weakness.${value}.name`, value)
  if (typeof value === 'string' && name === 'strategy') return nameOf(`status:strategy.${value}`, value)
  return typeof value === 'boolean' || value === undefined ? null : value
}

/** What has words of its own when it is set to 0, or to none. */
const GONE_AT_NOTHING: Partial<Record<OperatorAction['action'], string>> = {
  'store-latency-changed': 'latencyMs',
  'leeway-changed': 'seconds',
  'revocation-changed': 'revocation',
  'extra-claims-changed': 'groups',
  'key-schedule-changed': 'seconds',
}

/** What has words of its own when it is true. */
const SPECIAL = ['emergency', 'scheduled'] as const

/** What the operator or the lab did, in one line. Parameters that are missing lead to the plain words, never to a gap. */
export function actionWords({ action, params }: Pick<OperatorAction, 'action' | 'params'>): string {
  const filled: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(params)) {
    const shown = word(name, value)
    if (shown !== null) filled[name] = shown
  }
  const offset = params['offsetMs']
  if (typeof offset === 'number') filled['offset'] = offsetWords(offset)
  const { seconds } = params
  if (typeof seconds === 'number') filled['every'] = countdown(seconds * 1000)
  const changes = action === 'lifetimes-changed' ? lifetimeChange(params) : [...accountChange(params), ...nodeChange(params)]
  const change = changes.join(say('actions:and'))
  if (change !== '') filled['change'] = change
  const all: Params = filled
  const value = params[GONE_AT_NOTHING[action] ?? '']
  if (value === 0 || value === 'none') return say(`actions:${action}.none`)
  const special = SPECIAL.flatMap((name) => (params[name] === true ? [`actions:${action}.${name}`] : []))
  return (
    sayFirst([...special, `actions:${action}.full`, `actions:${action}.brief`, `actions:${action}.bare`], all) ??
    say(`actions:${action}.plain`)
  )
}
