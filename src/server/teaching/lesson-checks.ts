import type { Exchange } from '../../contract/exchanges.ts'
import type { LessonCheck, LessonCheckOf } from '../../contract/lessons/checks.ts'
import { parseSetCookie } from '../../protocol/set-cookie.ts'
import { isAccessCookie, isRefreshCookie } from '../../protocol/token-cookies.ts'
import { claimsIn, credentialOf, headerValues, sessionReadsOf } from './exchange-facts.ts'
import type { StepContext } from './lesson-stage.ts'

/** What an assertion came to; `found` is what was there, as on the wire. */
export interface CheckResult {
  readonly isHeld: boolean
  readonly found: string
}

type Evaluate<Kind extends LessonCheck['check']> = (check: LessonCheckOf<Kind>, context: StepContext) => Promise<CheckResult>

const result = (isHeld: boolean, found: unknown): CheckResult => ({ isHeld, found: typeof found === 'string' ? found : String(found) })
const NOTHING: CheckResult = { isHeld: false, found: 'no such exchange' }

async function allOf({ stage, exchangesOf }: StepContext): Promise<Exchange[]> {
  const found = await Promise.all(exchangesOf().map((id) => stage.lab.recorder.get(id)))
  return found.filter((exchange) => exchange !== null)
}

/** Looks at one exchange; an assertion on one that is not there does not hold. */
const onExchange =
  <Check extends { nth: number; step?: string | undefined }>(look: (exchange: Exchange, check: Check) => CheckResult) =>
  async (check: Check, { stage, exchangesOf }: StepContext): Promise<CheckResult> => {
    const id = exchangesOf(check.step)[check.nth - 1]
    const exchange = id === undefined ? null : await stage.lab.recorder.get(id)
    return exchange ? look(exchange, check) : NOTHING
  }

const isWithin = (
  count: number,
  { atLeast = 0, atMost = Number.POSITIVE_INFINITY }: { atLeast?: number | undefined; atMost?: number | undefined },
) => count >= atLeast && count <= atMost

const isList = <T>(found: readonly T[], wanted: readonly T[]): boolean =>
  found.length === wanted.length && wanted.every((value, index) => found[index] === value)

const isSame = (found: unknown, wanted: unknown): boolean => JSON.stringify(found) === JSON.stringify(wanted)

function checkStep({ steps }: Exchange, { kind, outcome, evidence = {} }: LessonCheckOf<'step'>): CheckResult {
  const ofKind = steps.filter((step) => step.kind === kind)
  const isMeant = (step: (typeof ofKind)[number]): boolean =>
    (outcome === undefined || step.outcome === outcome) &&
    Object.entries(evidence).every(([name, value]) => isSame(step.evidence[name], value))
  const shown = ofKind.map((step) => {
    const fields = Object.keys(evidence).map((name) => ` ${name}=${JSON.stringify(step.evidence[name])}`)
    return `${step.kind} ${step.outcome}${fields.join('')}`
  })
  return result(ofKind.some(isMeant), shown.join(', ') || `no ${kind}`)
}

function checkSetCookie({ response }: Exchange, { name, attributes = [] }: LessonCheckOf<'set-cookie'>): CheckResult {
  const line = headerValues(response, 'set-cookie').find((candidate) => parseSetCookie(candidate)?.name === name)
  if (line === undefined) return result(false, `no Set-Cookie: ${name}`)
  const [, ...rest] = line.split(';').map((part) => part.trim())
  const has = (wanted: string): boolean => rest.some((part) => part.toLowerCase() === wanted.toLowerCase())
  return result(attributes.every(has), rest.join('; '))
}

function checkHeader(exchange: Exchange, { in: side, name, contains = '', isPresent = true }: LessonCheckOf<'header'>): CheckResult {
  const values = headerValues(exchange[side], name)
  const isThere = values.some((value) => value.includes(contains))
  return result(isThere === isPresent, values.length === 0 ? `no ${name}` : values.join(', '))
}

function checkBody(exchange: Exchange, { in: side, contains, isPresent = true }: LessonCheckOf<'body'>): CheckResult {
  const isThere = exchange[side].body.includes(contains)
  return result(isThere === isPresent, isThere ? contains : `no ${contains}`)
}

function checkClaim(exchange: Exchange, { in: side, name, is }: LessonCheckOf<'claim'>): CheckResult {
  const claims = claimsIn(exchange, side)
  if (!claims) return result(false, `no access token in the ${side}`)
  const value = claims[name]
  return result(is === undefined ? value !== undefined : isSame(value, is), value === undefined ? `no ${name}` : JSON.stringify(value))
}

const COOKIES: Record<LessonCheckOf<'holds'>['what'], (name: string) => boolean> = {
  'session-cookie': (name) => name === 'sid',
  'access-token': isAccessCookie,
  'refresh-token': isRefreshCookie,
}

async function checkHolds({ client, what, isHeld }: LessonCheckOf<'holds'>, { stage }: StepContext): Promise<CheckResult> {
  const found = (await stage.operations.clients.list()).find(({ id }) => id === client)
  const inJar = found?.cookies.some(({ name }) => COOKIES[what](name)) ?? false
  const inVault = found?.vault.some(({ kind }) => `${kind}-token` === what) ?? false
  return result((inJar || inVault) === isHeld, inJar || inVault ? 'held' : 'not held')
}

const EVALUATE: { [Kind in LessonCheck['check']]: Evaluate<Kind> } = {
  verdict: onExchange(({ verdict }, { is }) => result(verdict === is, verdict ?? 'in flight')),
  status: onExchange(({ status }, { is }) => result(status === is, status)),
  node: onExchange(({ node }, { is }) => result(node === is, node ?? 'no node')),
  verdicts: async ({ are }, context) => {
    const found = (await allOf(context)).map(({ verdict }) => verdict ?? 'in flight')
    return result(isList<string>(found, are), found.join(', '))
  },
  nodes: async ({ are }, context) => {
    const found = (await allOf(context)).map(({ node }) => node ?? 'no node')
    return result(isList(found, are), found.join(', '))
  },
  step: onExchange(checkStep),
  'no-step': onExchange(({ steps }, { kind }) => {
    const count = steps.filter((step) => step.kind === kind).length
    return result(count === 0, count === 0 ? `no ${kind}` : `${count} ${kind}`)
  }),
  'session-reads': onExchange((exchange, range) => result(isWithin(sessionReadsOf(exchange), range), sessionReadsOf(exchange))),
  claim: onExchange(checkClaim),
  'set-cookie': onExchange(checkSetCookie),
  header: onExchange(checkHeader),
  body: onExchange(checkBody),
  'same-credential': async ({ of }, context) => {
    const exchanges = await allOf(context)
    const [first, second] = of.map((nth) => exchanges[nth - 1])
    if (!first || !second) return NOTHING
    const isEqual = credentialOf(first) !== null && credentialOf(first) === credentialOf(second)
    return result(isEqual, isEqual ? 'the same' : 'not the same')
  },
  duration: onExchange(({ durationMs }, { atLeastMs }) => result((durationMs ?? 0) >= atLeastMs, `${Math.round(durationMs ?? 0)} ms`)),
  'session-row': async ({ client, isPresent }, { stage, lastSessions }) => {
    const id = lastSessions.get(client)
    const row = id === undefined ? null : await stage.lab.stores.directory.find(id)
    return result((row !== null) === isPresent, row ? row.id.slice(0, 8) : 'no row')
  },
  'session-count': async ({ account, ...range }, { stage }) => {
    const { length } = await stage.lab.stores.directory.list(account === undefined ? {} : { account })
    return result(isWithin(length, range), length)
  },
  'accepted-after-revocation': async (range, { stage }) => {
    const newest = (await stage.operations.revocations.list())[0]
    return newest ? result(isWithin(newest.accepted, range), newest.accepted) : result(false, 'nothing was revoked')
  },
  revocation: async ({ what, ...range }, { stage }) => {
    const newest = (await stage.operations.revocations.list())[0]
    if (!newest) return result(false, 'nothing was revoked')
    const count = { refused: newest.refused, 'rows-kept': newest.rowsKept ?? 0, collateral: newest.collateral }[what]
    return result(isWithin(count, range), count)
  },
  'refresh-families': async ({ account, state, reason, ...range }, { stage }) => {
    const families = await stage.operations.refreshFamilies.list({ account, limit: 1000 })
    const meant = families.filter(
      (family) => (state === undefined || family.state === state) && (reason === undefined || family.revokedReason === reason),
    )
    return result(isWithin(meant.length, range), meant.length)
  },
  keys: async ({ state, ...range }, { stage }) => {
    const { length } = (await stage.operations.keys.list()).keys.filter((key) => key.state === state)
    return result(isWithin(length, range), length)
  },
  holds: checkHolds,
  'node-state': async ({ node, is }, { stage }) => {
    const state = stage.lab.cluster.nodes().find(({ id }) => id === node)?.state
    return result(state === is, state ?? `no ${node}`)
  },
  cluster: async ({ name, is }, { stage }) => {
    const value = (stage.lab.settings.state() as Record<string, unknown>)[name]
    return result(isSame(value, is), JSON.stringify(value) ?? `no ${name}`)
  },
}

/** Holds an assertion against what really happened. Something that cannot be looked at does not hold, and `found` says why. */
export async function evaluateCheck(check: LessonCheck, context: StepContext): Promise<CheckResult> {
  try {
    return await (EVALUATE[check.check] as Evaluate<LessonCheck['check']>)(check as never, context)
  } catch (error) {
    return result(false, error instanceof Error ? error.message : String(error))
  }
}
