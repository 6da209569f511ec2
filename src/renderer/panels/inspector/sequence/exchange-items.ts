import type { StoreKind } from '../../../../contract/cluster.ts'
import type { Exchange } from '../../../../contract/exchanges.ts'
import type { Step } from '../../../../contract/step.ts'
import { say } from '../../../i18n/say.ts'
import { shortVerdict, toneOf } from '../../../i18n/verdict-words.ts'
import { strategyName } from '../../../screens/frame/lab-words.ts'
import { accentOf } from '../../../ui/mechanism-tag.tsx'
import { paramsOf, stepTitle } from '../story/step-words.ts'
import { givenCredential, requestLine, sentCredential } from './carried.ts'
import { type Accent, type Item, type Message, type Remark, remarkLine } from './sequence.ts'
import { isRead, storeOf, wordsOfUse } from './store-steps.ts'

/** Participant ids. */
export const PARTY = {
  client: (client: string | null): string => `client:${client ?? ''}`,
  balancer: 'balancer',
  node: (node: string): string => `node:${node}`,
  store: (store: StoreKind): string => `store:${store}`,
} as const

/** Checks that decide; the others are drawn when they fail. */
const DECISIVE: ReadonlySet<Step['kind']> = new Set([
  'node-latency',
  'cookie-signature',
  'session-idle-timeout',
  'session-absolute-timeout',
  'token-signature',
  'token-expiry',
  'password-verify',
  'role',
  'scope',
  'session-regenerate',
  'session-overwrite',
  'session-save-refused',
  'refresh-reuse',
  'refresh-rotate',
  'token-issue',
])

const SAYS_ALL_ROLES: ReadonlySet<Step['kind']> = new Set(['role', 'scope'])

const isRemarkable = ({ kind, outcome }: Step): boolean =>
  outcome === 'fail' || (DECISIVE.has(kind) && !(outcome === 'info' && SAYS_ALL_ROLES.has(kind)))

/** The balancer's word on a node that broke off. */
const isBroken = ({ kind, outcome }: Step): boolean => kind === 'answer' && outcome === 'fail'

interface Surroundings {
  readonly exchange: Exchange
  readonly accent: Accent
  /** The session store when the exchange was made. */
  readonly store: StoreKind
}

type Draft = Pick<Message, 'from' | 'to' | 'lines' | 'accent'> & Partial<Pick<Message, 'way' | 'tone'>>
const message = (draft: Draft): Message => ({ type: 'message', way: 'call', tone: null, ...draft })

const remark = (over: string, text: string, outcome: Remark['lines'][number]['outcome'] = 'info'): Remark => ({
  type: 'remark',
  over,
  lines: [{ outcome, text }],
})

const keeperOf = (store: StoreKind, node: string): string => (store === 'memory' ? PARTY.node(node) : PARTY.store(store))

/** A use of a store: what was asked, and what came back when something was to be learnt. */
function storeItems(step: Step, node: string, { exchange, accent }: Surroundings): Item[] {
  const store = storeOf(step)
  if (store === null) return []
  const from = PARTY.node(node)
  const to = keeperOf(store, node)
  const isLater = step.evidence['isDeferred'] === true
  const isWriteLost = !isRead(step) && step.outcome === 'fail'
  const asked = isLater ? [wordsOfUse(step), say('inspector:sequence.later')] : [wordsOfUse(step)]
  const title = stepTitle(step, paramsOf(step, exchange))
  if (store === 'memory') {
    const found = isRead(step) ? [remarkLine({ outcome: step.outcome, text: title })] : []
    return [message({ from, to, lines: [say('inspector:sequence.ownMemory', { use: wordsOfUse(step) }), ...found], accent })]
  }
  const call = message({ from, to, lines: asked, accent, way: isWriteLost ? 'lost' : isLater ? 'later' : 'call' })
  return isRead(step) ? [call, message({ from: to, to: from, lines: [title], accent, way: 'reply' })] : [call]
}

/** The balancer's choices. All but the last are nodes that could not be reached. */
function pickItems(step: Step, isLast: boolean, { accent }: Surroundings): Item[] {
  const { node, strategy } = step.evidence
  const words = typeof strategy === 'string' ? [strategyName(strategy)] : []
  if (typeof node !== 'string') return [remark(PARTY.balancer, say('inspector:sequence.noNode'), 'fail')]
  if (isLast) return [message({ from: PARTY.balancer, to: PARTY.node(node), lines: words, accent })]
  const lines = [...words, say('inspector:sequence.notReached')]
  return [message({ from: PARTY.balancer, to: PARTY.node(node), lines, accent, way: 'lost' })]
}

/** What the node did, in the order it reported. Checks in a row share one remark. */
function stepItems(around: Surroundings): Item[] {
  const { exchange } = around
  const items: Item[] = []
  const lastPick = exchange.steps.findLast(({ kind }) => kind === 'balancer-pick')
  for (const step of exchange.steps) {
    if (step.kind === 'balancer-pick') items.push(...pickItems(step, step === lastPick, around))
    else if (isBroken(step) || exchange.node === null) continue
    else if (storeOf(step) !== null) items.push(...storeItems(step, exchange.node, around))
    else if (isRemarkable(step)) addCheck(items, PARTY.node(exchange.node), step, exchange)
  }
  return items
}

function addCheck(items: Item[], over: string, step: Step, exchange: Exchange): void {
  const line = { outcome: step.outcome, text: stepTitle(step, paramsOf(step, exchange)) }
  const last = items.at(-1)
  if (last?.type === 'remark' && last.over === over) items[items.length - 1] = { ...last, lines: [...last.lines, line] }
  else items.push({ type: 'remark', over, lines: [line] })
}

/** That a store was tried in vain, or that none was needed: both would not show otherwise. */
function storeRemarks({ exchange, accent, store }: Surroundings, hasUsed: boolean): Item[] {
  if (exchange.node === null) return []
  const node = PARTY.node(exchange.node)
  if (exchange.verdict === 'store-unavailable') {
    return [
      message({ from: node, to: keeperOf(store, exchange.node), lines: [say('inspector:sequence.storeSilent')], accent, way: 'lost' }),
    ]
  }
  if (hasUsed || exchange.steps.length === 0 || exchange.steps.some(isBroken)) return []
  return [remark(keeperOf(store, exchange.node), say(`inspector:sequence.${store === 'memory' ? 'memoryUntouched' : 'untouched'}`))]
}

/** The answer on its way back, as far as it came. */
function answerItems({ exchange, accent }: Surroundings): Item[] {
  const { node, status, verdict } = exchange
  const back = { from: PARTY.balancer, to: PARTY.client(exchange.client), accent } as const
  const items: Item[] = []
  if (node !== null) {
    const isBrokenOff = exchange.steps.some(isBroken)
    const lines = [isBrokenOff ? say('inspector:sequence.wentDown') : status === 0 ? '…' : String(status ?? '…')]
    items.push(message({ from: PARTY.node(node), to: PARTY.balancer, lines, accent, way: isBrokenOff ? 'lost' : 'reply' }))
  }
  const words = verdict === null ? '' : shortVerdict(exchange)
  if (status === 0) return [...items, message({ ...back, lines: [words], way: 'lost' })]
  const given = givenCredential(exchange)
  const lines = [[status ?? '…', words].filter(Boolean).join(' · '), ...(given === null ? [] : [given])]
  return [...items, message({ ...back, lines, way: 'reply', tone: toneOf(verdict) })]
}

/** All that happened for one exchange, in order. */
export function itemsOf(exchange: Exchange, store: StoreKind): Item[] {
  const around: Surroundings = { exchange, store, accent: accentOf(exchange.mechanism) }
  const hasUsed = exchange.steps.some((step) => storeOf(step) !== null)
  return [
    message({
      from: PARTY.client(exchange.client),
      to: PARTY.balancer,
      lines: [requestLine(exchange), sentCredential(exchange)],
      accent: around.accent,
    }),
    ...stepItems(around),
    ...storeRemarks(around, hasUsed),
    ...answerItems(around),
  ]
}
