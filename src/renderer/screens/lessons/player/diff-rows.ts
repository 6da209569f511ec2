import type { Exchange, HttpMessage } from '../../../../contract/exchanges.ts'
import type { Step } from '../../../../contract/step.ts'

/** One line of a comparison of two exchanges. */
export interface DiffRow {
  readonly name: string
  readonly values: readonly [first: string, second: string]
  readonly isSame: boolean
  /** The values are as they were on the wire. */
  readonly isWire: boolean
}

/** The words of the lines; `absent` stands where one of the two has nothing. */
export interface DiffWords {
  readonly node: string
  readonly status: string
  readonly verdict: string
  readonly request: string
  readonly absent: string
  verdictOf(exchange: Exchange): string
  stepTitle(step: Step, exchange: Exchange): string
  list(items: readonly string[]): string
}

/** Differ with every connection, and say nothing of the credential. */
const LEFT_OUT = new Set(['host', 'connection', 'content-length', 'accept', 'x-authlab-client'])

const headersOf = ({ headers }: HttpMessage): Map<string, string> => {
  const found = new Map<string, string>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!LEFT_OUT.has(lower)) found.set(lower, found.has(lower) ? `${found.get(lower)}\n${value}` : value)
  }
  return found
}

const row = (name: string, first: string, second: string, isWire = true): DiffRow => ({
  name,
  values: [first, second],
  isSame: first === second,
  isWire,
})

/** Request line, headers of the request, each kind of step with what came of it, node, status and verdict, in this order. */
export function diffRows(first: Exchange, second: Exchange, words: DiffWords): DiffRow[] {
  const [one, two] = [headersOf(first.request), headersOf(second.request)]
  const names = [...new Set([...one.keys(), ...two.keys()])]
  const kinds = [...new Set([...first.steps, ...second.steps].map(({ kind }) => kind))].filter((kind) => kind !== 'answer')
  const done = (exchange: Exchange, kind: Step['kind']): string =>
    words.list(exchange.steps.filter((step) => step.kind === kind).map((step) => words.stepTitle(step, exchange))) || words.absent
  return [
    row(words.request, `${first.method} ${first.path}`, `${second.method} ${second.path}`),
    ...names.map((name) => row(name, one.get(name) ?? words.absent, two.get(name) ?? words.absent)),
    row(words.node, first.node ?? words.absent, second.node ?? words.absent),
    ...kinds.map((kind) => row(kind, done(first, kind), done(second, kind), false)),
    row(words.status, String(first.status ?? words.absent), String(second.status ?? words.absent)),
    row(words.verdict, words.verdictOf(first), words.verdictOf(second), false),
  ]
}
