import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Step, StepKind } from '../../contract/step.ts'
import type { Verdict } from '../../contract/verdict.ts'
import type { AuditNote, CredentialNotes, IssuedTokenNote, PresentedToken, RevocationNote } from '../credential-notes.ts'
import { type StepValues, sourceText } from '../storage/step-record.ts'

/** What the target did for one exchange; posted once, after the answer. */
export interface ExchangeTrace extends CredentialNotes {
  exchangeId: string
  verdict: Verdict
  mechanism: ExchangeMechanism
  /** Null when the exchange proved no account. */
  account: string | null
  /** For `readSteps`, when someone asks. */
  stepsJson: string
  /** Session rows written or touched, as they are now. */
  sessions: SessionRow[]
  /** Ids of the session rows that are gone. */
  endedSessions: string[]
}

/** The fixed part of a step: what it is, who asks for it, where it is done. */
export interface StepSource {
  kind: StepKind
  /** The clause of the standard that asks for it. */
  clause?: string
  /** File under `src/server/target/`. */
  file: string
  symbol: string
}

/** What one run of a step found. Evidence is built after the answer. */
export interface StepResult {
  outcome: Step['outcome']
  /** From {@link startTimer}. */
  startedAt: number
  title: string
  evidence?: () => Record<string, unknown>
}

/** The steps of the exchange in hand, in order. */
export class Trace {
  readonly exchangeId: string
  verdict: Verdict = 'not-auth'
  mechanism: ExchangeMechanism = 'none'
  account: string | null = null
  /** The row behind the session cookie as the store found it; null when there was none or nobody looked. */
  row: SessionRow | null = null
  token: PresentedToken | null = null
  sessionId: string | null = null
  issued: IssuedTokenNote[] = NOTHING
  revocations: RevocationNote[] = NOTHING
  audits: AuditNote[] = NOTHING
  readonly sessions = new Map<string, SessionRow>()
  readonly endedSessions = new Set<string>()
  /** Ids of sessions that had ended when this exchange wanted to save them. */
  readonly refusedSaves = new Set<string>()
  #sources: StepSource[] = []
  #results: StepResult[] = []
  /** Of each step, in tenths of a microsecond. */
  #durations: number[] = []

  constructor(exchangeId: string) {
    this.exchangeId = exchangeId
  }

  add(source: StepSource, result: StepResult): void {
    // Too late: it has been posted.
    if (this.#results === NOTHING) return
    this.#durations.push(Math.round((performance.now() - result.startedAt) * 10_000))
    this.#sources.push(source)
    this.#results.push(result)
  }

  /** Value of a `Server-Timing` header (W3C Server Timing), in milliseconds; cut at 24 steps. */
  serverTiming(): string {
    let value = ''
    const count = Math.min(this.#sources.length, MAX_TIMED)
    for (let index = 0; index < count; index++) {
      const microseconds = Math.round((this.#durations[index] ?? 0) / 10)
      value += `${index === 0 ? '' : ', '}${this.#sources[index]?.kind};dur=${microseconds / 1000}`
    }
    return value
  }

  /** What there is to post. The trace is empty from then on: whatever still holds the response must not hold all the evidence with it. */
  finish(): ExchangeTrace {
    const { exchangeId, verdict, mechanism, account, token, sessionId, issued, revocations, audits } = this
    const sessions = [...this.sessions.values()].filter((row) => !this.endedSessions.has(row.id))
    const endedSessions = [...this.endedSessions]
    const stepsJson = this.#stepsJson()
    this.#sources = NOTHING
    this.#results = NOTHING
    this.#durations = NOTHING
    this.row = null
    this.sessions.clear()
    this.endedSessions.clear()
    return { exchangeId, verdict, mechanism, account, stepsJson, sessions, endedSessions, token, sessionId, issued, revocations, audits }
  }

  #stepsJson(): string {
    const values: StepValues[number][] = []
    this.#results.forEach(({ outcome, title, evidence }, index) => {
      values.push(fixedPart(this.#sources[index] as StepSource), outcome, this.#durations[index] ?? 0, title, evidence?.() ?? null)
    })
    return JSON.stringify(values)
  }
}

const NOTHING: never[] = []
const MAX_TIMED = 24

/** Put together once a source. */
const fixedPart = (source: StepSource): string => {
  let text = fixedParts.get(source)
  if (text === undefined) {
    text = sourceText({ ...source, file: `src/server/target/${source.file}` })
    fixedParts.set(source, text)
  }
  return text
}
const fixedParts = new WeakMap<StepSource, string>()

const current = new AsyncLocalStorage<Trace>()

/** The trace of the exchange in hand; undefined when tracing is off. */
export const currentTrace = (): Trace | undefined => current.getStore()

/** A point in time for {@link StepResult}. */
export const startTimer = (): number => performance.now()

/** Reports a step of the exchange in hand; does nothing when tracing is off. */
export const report = (source: StepSource, result: StepResult): void => current.getStore()?.add(source, result)

/** Notes how the client of the exchange in hand tries to prove who it is, or what it has earned. */
export const noteMechanism = (mechanism: ExchangeMechanism): void => {
  const trace = current.getStore()
  if (trace) trace.mechanism = mechanism
}

/** Notes the account that the exchange in hand has proved. */
export const noteAccount = (account: string): void => {
  const trace = current.getStore()
  if (trace) trace.account = account
}

/** Notes session rows that the exchange in hand ended. */
export const noteEnded = (ids: readonly string[]): void => {
  for (const id of ids) current.getStore()?.endedSessions.add(id)
}

/** Notes the access token that the exchange in hand presented, once its signature has verified. */
export const notePresented = (token: PresentedToken): void => {
  const trace = current.getStore()
  if (trace) trace.token = token
}

/** Notes the session that the cookie of the exchange in hand names. @param sessionId its public id */
export const noteSession = (sessionId: string): void => {
  const trace = current.getStore()
  if (trace) trace.sessionId = sessionId
}

/** Notes an access token that the exchange in hand issued. */
export const noteIssued = (token: IssuedTokenNote): void => {
  const trace = current.getStore()
  if (trace) trace.issued = [...trace.issued, token]
}

/** Notes what the client of the exchange in hand revoked. */
export const noteRevocation = (revocation: RevocationNote): void => {
  const trace = current.getStore()
  if (trace) trace.revocations = [...trace.revocations, revocation]
}

/** Notes what belongs into an audit log: who logged in, or tried to (OWASP ASVS 5 V16.3.1). */
export const noteAudit = (audit: AuditNote): void => {
  const trace = current.getStore()
  if (trace) trace.audits = [...trace.audits, audit]
}

/** Notes the verdict for the trace. */
export const noteVerdict = (verdict: Verdict): void => {
  const trace = current.getStore()
  if (trace) trace.verdict = verdict
}

/** Ids from the balancer look like its own: anything else is replaced, so that no stranger writes into logs. */
const EXCHANGE_ID = /^[\w-]{1,64}$/

/** Gives every exchange its id and node headers; with tracing on, collects its steps and posts them once after the answer. */
export const traceExchanges = (options: { nodeId: string; isTracing: boolean; onTrace(trace: ExchangeTrace): void }): RequestHandler => {
  const { nodeId, isTracing, onTrace } = options
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.headers['x-authlab-exchange']
    const exchangeId = typeof given === 'string' && EXCHANGE_ID.test(given) ? given : randomUUID()
    response.setHeader('X-AuthLab-Node', nodeId)
    response.setHeader('X-AuthLab-Exchange', exchangeId)
    if (!isTracing) {
      next()
      return
    }
    const trace = new Trace(exchangeId)
    addServerTiming(response, trace)
    // 'close' comes after 'finish', and also when the client left before the answer.
    response.on('close', () => onTrace(trace.finish()))
    current.run(trace, next)
  }
}

const ANSWER = { kind: 'answer', clause: 'RFC 9110 §15', file: 'trace.ts', symbol: 'addServerTiming' } as const

/** `Server-Timing` has to be set at the last moment before the head goes out: the session is saved just before it. */
const addServerTiming = (response: Response, trace: Trace): void => {
  const writeHead = response.writeHead
  const writeTimed = (...args: Parameters<typeof writeHead>): Response => {
    if (!response.headersSent) {
      const status = typeof args[0] === 'number' ? args[0] : response.statusCode
      trace.add(ANSWER, { outcome: 'info', startedAt: startTimer(), title: `Answered ${status}`, evidence: () => ({ status }) })
      response.setHeader('Server-Timing', trace.serverTiming())
    }
    return Reflect.apply(writeHead, response, args)
  }
  response.writeHead = writeTimed as typeof writeHead
}
