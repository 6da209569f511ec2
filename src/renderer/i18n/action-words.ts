import type { OperatorAction } from '../../contract/lab.ts'
import { clockTime, countdown } from '../state/lab-time.ts'
import { type Params, say, sayFirst } from './say.ts'

type Value = OperatorAction['params'][string] | undefined

const offsetWords = (offsetMs: number): string =>
  say(offsetMs < 0 ? 'actions:behind' : 'actions:ahead', { duration: countdown(Math.abs(offsetMs)) })

function changeWords(params: OperatorAction['params']): string {
  const words: string[] = []
  const { role, disabled, scopes } = params
  if (typeof role === 'string') words.push(say('actions:change.role', { role }))
  if (typeof disabled === 'boolean') words.push(say(disabled ? 'actions:change.disabled' : 'actions:change.enabled'))
  if (typeof scopes === 'string') words.push(say('actions:change.scopes', { scopes }))
  return words.join(', ')
}

const ID_SHOWN = 8

function word(name: string, value: Value): string | number | null {
  if (typeof value === 'number' && name === 'until') return clockTime(value)
  if (typeof value === 'string' && name === 'id') return value.slice(0, ID_SHOWN)
  if (typeof value === 'string' && name === 'mechanism') return say(`traffic:mechanismName.${value}`)
  return typeof value === 'boolean' || value === undefined ? null : value
}

/** What the operator or the lab did, in one line. Parameters that are missing lead to the plain words, never to a gap. */
export function actionWords({ action, params }: OperatorAction): string {
  const filled: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(params)) {
    const shown = word(name, value)
    if (shown !== null) filled[name] = shown
  }
  const offset = params['offsetMs']
  if (typeof offset === 'number') filled['offset'] = offsetWords(offset)
  const change = changeWords(params)
  if (change !== '') filled['change'] = change
  const all: Params = filled
  return sayFirst([`actions:${action}.full`], all) ?? say(`actions:${action}.plain`)
}
