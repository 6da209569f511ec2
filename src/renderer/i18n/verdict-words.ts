import type { ExchangeSummary } from '../../contract/exchanges.ts'
import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { Step } from '../../contract/step.ts'
import { NEUTRAL_VERDICTS, type Verdict } from '../../contract/verdict.ts'
import { hasWords, say } from './say.ts'
import { clusterCause, isInMemory } from './verdict-causes.ts'

/** Class name of the colours of a verdict: green only for allowed, red only for denied by the server, ink for everything else. */
export type Tone = 'ok' | 'no' | 'neutral'

/** The colours of a verdict; null while in flight. */
export function toneOf(verdict: Verdict | null): Tone {
  if (verdict === 'allowed') return 'ok'
  return verdict === null || NEUTRAL_VERDICTS.includes(verdict) ? 'neutral' : 'no'
}

/** `session` or `jwt`; null when the exchange showed no mechanism. */
export const familyOf = (mechanism: ExchangeMechanism): 'session' | 'jwt' | null =>
  mechanism === 'none' ? null : mechanism === 'session' ? 'session' : 'jwt'

type Subject = Pick<ExchangeSummary, 'verdict' | 'mechanism' | 'method' | 'path' | 'node' | 'status'> &
  Partial<Pick<ExchangeSummary, 'seq' | 'labTime' | 'durationMs'>>

const isLogin = ({ method, path }: Subject): boolean => method === 'POST' && /^\/(session|token)(\?|$)/.test(path)

function allowedVariant({ mechanism, method, path }: Subject): string {
  const family = familyOf(mechanism)
  const [route = ''] = path.split('?', 1)
  if (method === 'POST' && route === '/token' && family !== 'session') return 'jwtIssued'
  if (method === 'POST' && route === '/token/revoke') return 'refreshRevoked'
  if (method === 'DELETE' && route === '/sessions') return 'sessionsEnded'
  if (family !== 'session') return family ?? 'any'
  if (method === 'POST' && route === '/session') return 'sessionCreated'
  return method === 'DELETE' && /^\/sessions?(\/|$)/.test(route) ? 'sessionEnded' : 'session'
}

/** Why a request was not judged: the client left (status 0), nothing is there, it was refused or the server failed, or nobody had to. */
function unjudgedVariant({ status }: Subject): string {
  if (status === 0) return 'left'
  if (status === 404) return 'missing'
  if (status === null || status < 400) return 'any'
  return status < 500 ? 'refused' : 'failed'
}

/** By which step a token was found to be revoked. */
const REVOKED_BY: Readonly<Partial<Record<Step['kind'], string>>> = {
  'token-denylist': 'denylist',
  'token-account-not-before': 'notBefore',
  'token-version': 'version',
  'account-recheck': 'password',
}

const ASKS_A_STORE: ReadonlySet<Step['kind']> = new Set(['token-denylist', 'token-account-not-before', 'token-version', 'account-recheck'])

/** What the steps add to a request that was let through; null when they add nothing. */
function allowedExtra(variant: string, steps: readonly Step[]): string | null {
  if (steps.some(({ kind, outcome }) => kind === 'token-revoke' && outcome === 'pass')) return `${variant}Tokens`
  return variant === 'jwt' && steps.some(({ kind }) => ASKS_A_STORE.has(kind)) ? 'jwtAsked' : null
}

/** With a re-check these go by the account, whatever the token says. */
const JUDGED_BY_ROLE: ReadonlySet<Verdict | null> = new Set(['insufficient-role', 'insufficient-scope'])

const CLIENT_VERDICTS: ReadonlySet<Verdict | null> = new Set(['no-credential', 'bad-credentials'])

/** An OAuth client could not prove who it is: these endpoints authenticate nobody else; `POST /token` answers 401 to nobody else (RFC 6749 §5.2). */
const isClientRefused = ({ verdict, path, status }: Subject, failed: Step['kind'] | undefined): boolean =>
  CLIENT_VERDICTS.has(verdict) &&
  (failed === 'client-authentication' ||
    // Two Authorization fields at the token endpoint: no password was looked at.
    (verdict === 'bad-credentials' && failed === 'authorization-parse') ||
    /^\/token\/(revoke|introspect)(\?|$)/.test(path) ||
    (/^\/token(\?|$)/.test(path) && status === 401))

/** Which of a verdict's texts fits this exchange. The steps are needed to tell what exactly has failed. */
function variantOf(subject: Subject, steps: readonly Step[] = []): string {
  if (subject.verdict === 'allowed') return allowedVariant(subject)
  if (subject.verdict === 'not-auth') return unjudgedVariant(subject)
  if (subject.verdict === 'no-node-available') return subject.node === null ? 'unpicked' : 'broken'
  if (subject.verdict === 'token-revoked' && isLogin(subject)) return 'refresh'
  const failed = steps.find((step) => step.outcome === 'fail')?.kind
  if (isClientRefused(subject, failed)) return 'client'
  // A login that was refused has no session or token yet.
  if (isLogin(subject)) return 'any'
  if (subject.verdict === 'token-revoked') return (failed && REVOKED_BY[failed]) ?? 'any'
  if (JUDGED_BY_ROLE.has(subject.verdict) && steps.some(({ kind }) => kind === 'account-recheck')) return 'recheck'
  if (failed === 'session-idle-timeout') return 'idle'
  if (failed === 'session-absolute-timeout') return 'absolute'
  return familyOf(subject.mechanism) ?? 'any'
}

function verdictText(part: 'short' | 'headline' | 'why', subject: Subject, steps: readonly Step[]): string {
  const variant = variantOf(subject, steps)
  const extra = subject.verdict === 'allowed' ? allowedExtra(variant, steps) : null
  const variants = [clusterCause(subject, steps), extra, ...(isInMemory(subject) ? [`${variant}Memory`] : []), variant]
  const keys = variants.map((variant) => `verdicts:${subject.verdict}.${part}.${variant}`)
  const key = keys.find(hasWords) ?? `verdicts:${subject.verdict}.${part}.any`
  return say(key, { node: subject.node ?? say('verdicts:unknownNode') })
}

/** A few words on the verdict, for a table. */
export const shortVerdict = (exchange: ExchangeSummary): string => verdictText('short', exchange, [])
/** The verdict as a headline. */
export const verdictHeadline = (exchange: ExchangeSummary, steps: readonly Step[]): string => verdictText('headline', exchange, steps)
/** Why the server decided so. */
export const verdictWhy = (exchange: ExchangeSummary, steps: readonly Step[]): string => verdictText('why', exchange, steps)
