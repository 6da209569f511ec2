import type { AuditEntry } from '../../contract/audit.ts'
import type { LabChange, ListName } from '../../contract/events.ts'
import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { RevocationWay } from '../../contract/revocation.ts'
import type { Revocation } from '../../contract/revocations.ts'
import { NEUTRAL_VERDICTS, type Verdict } from '../../contract/verdict.ts'
import type { Clock } from '../clock.ts'
import type { CredentialNotes, PresentedToken, RevocationNote } from '../credential-notes.ts'
import type { SeenExchange } from '../traffic/recorded-exchange.ts'
import type { Recorder } from '../traffic/recorder.ts'
import { AuditLog } from './audit-log.ts'
import { IssuedTokens, type TokenRecord, type TokenUse } from './issued-tokens.ts'
import { ACCEPTED, type KeptRevocation, Stopwatches } from './stopwatches.ts'

/** How long changes are gathered before they are written and announced, milliseconds. */
const GATHER_MS = 200
/** Tokens written at once: more would hold up the thread that serves. */
const WRITTEN_AT_ONCE = 500

/** Ways that know accounts only: to revoke one token they revoke all of the account. */
const ACCOUNT_WIDE: ReadonlySet<RevocationWay> = new Set(['not-before', 'version'])

const outcomeOf = (verdict: Verdict): TokenUse['outcome'] =>
  ACCEPTED.has(verdict) ? 'accepted' : NEUTRAL_VERDICTS.includes(verdict) ? null : 'refused'

/** What a node tells of one exchange, as far as it concerns credentials. */
export interface CredentialTrace extends CredentialNotes {
  readonly exchangeId: string
  readonly verdict: Verdict
  readonly mechanism: ExchangeMechanism
  readonly account: string | null
  readonly endedSessions: readonly string[]
}

/** What was revoked. Of a session nobody tells more than its id. */
export interface Revoked extends Omit<RevocationNote, 'account'> {
  /** Null when nobody knows whose it was. */
  readonly account: string | null
  /** Public ids of the sessions that were ended; empty unless the scope is `session`. */
  readonly sessionIds: readonly string[]
  /** When the last of these sessions would have expired by itself, lab time; null when unknown. */
  readonly sessionsEndAt: number | null
}

/** When and by whom something was revoked. */
interface Occasion {
  readonly by: 'operator' | 'client'
  /** Real time from which on it is in force, milliseconds. */
  readonly inForceAt: number
  /** `lastOrdinal` of the tokens when it was asked for. */
  readonly lastOrdinal: number
  readonly rowsKept: number | null
}

/** What the watch is made of. */
export interface CredentialWatchOptions {
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'keep' | 'kept' | 'forgetKept'>
  /** What unknown names in the audit log are hashed with. */
  readonly auditSecret: string
  /** The way of revocation in force. */
  way(): RevocationWay
  publish(change: LabChange): void
  stale(lists: readonly ListName[]): void
}

/** Real time on a clock that never goes back while the lab runs, milliseconds; comparable with that of an earlier run. */
export const realTimeMs = (monotonic = performance.now()): number => performance.timeOrigin + monotonic

/** What the lab knows of credentials from the traffic: the tokens that were issued, and what became of those that were revoked. */
export class CredentialWatch {
  readonly tokens: IssuedTokens
  readonly audit: AuditLog
  readonly #options: CredentialWatchOptions
  readonly #stopwatches: Stopwatches
  #timer: NodeJS.Timeout | null = null

  constructor(options: CredentialWatchOptions) {
    this.#options = options
    this.tokens = new IssuedTokens(options.clock)
    this.audit = new AuditLog(options.clock, options.auditSecret, () => this.#listsChanged('audit'))
    this.#stopwatches = new Stopwatches(() => this.#soon())
  }

  /** Reads what the last run has kept. */
  async restore(): Promise<void> {
    const { recorder } = this.#options
    const [tokens, revocations, audit] = await Promise.all([recorder.kept('token'), recorder.kept('revocation'), recorder.kept('audit')])
    this.tokens.restore(tokens.map((json) => JSON.parse(json) as TokenRecord))
    this.audit.restore(audit.map((json) => JSON.parse(json) as AuditEntry))
    this.#stopwatches.restore(revocations.map((json) => JSON.parse(json) as KeptRevocation))
  }

  /** Newest first. */
  revocations(): Revocation[] {
    return this.#stopwatches.list()
  }

  /** @param seen what the balancer saw of it; null when it has been given up meanwhile */
  observe(trace: CredentialTrace, seen: SeenExchange | null): void {
    const { token, sessionId, issued, revocations, mechanism } = trace
    this.audit.observe(trace, seen)
    if (token && mechanism !== 'session') this.#countToken(trace, token, seen)
    else if (sessionId !== null && mechanism === 'session' && seen) this.#count(trace, { token: null, ordinal: null, sessionId }, seen)
    for (const note of revocations) this.#revokedByClient(trace, note, seen)
    for (const one of issued) this.tokens.add(one)
    if (issued.length > 0) this.#listsChanged('tokens', 'families')
    else if (trace.verdict === 'refresh-reused') this.#listsChanged('families')
  }

  /**
   * Starts the stopwatch of something that the operator revoked and that is in force now.
   * @param lastOrdinal of the tokens when the operator asked for it
   */
  revokedByOperator(revoked: Revoked, { lastOrdinal, rowsKept }: Pick<Occasion, 'lastOrdinal' | 'rowsKept'>): Revocation {
    return this.#revoked(revoked, { by: 'operator', inForceAt: realTimeMs(), lastOrdinal, rowsKept })
  }

  /** Forgets all. */
  async clear(): Promise<void> {
    this.tokens.clear()
    this.audit.clear()
    this.#stopwatches.clear()
    await this.#options.recorder.forgetKept()
  }

  /** Forgets all, and reads what is kept now. */
  async reload(): Promise<void> {
    this.tokens.clear()
    this.#stopwatches.clear()
    await this.restore()
  }

  /** Hands over what is not written yet. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#write(Number.POSITIVE_INFINITY)
  }

  #countToken(trace: CredentialTrace, token: PresentedToken, seen: SeenExchange | null): void {
    const at = seen?.labTime ?? this.#options.clock.nowMs()
    const isKnown = this.tokens.use(token.jti, { at, node: seen?.node ?? null, outcome: outcomeOf(trace.verdict) })
    if (isKnown) this.#listsChanged('tokens')
    if (seen) this.#count(trace, { token, ordinal: this.tokens.find(token.jti)?.ordinal ?? null, sessionId: null }, seen)
  }

  #count(
    { exchangeId, verdict }: CredentialTrace,
    credential: { token: PresentedToken | null; ordinal: number | null; sessionId: string | null },
    { begunAt, labTime, isKept }: SeenExchange,
  ): void {
    this.#stopwatches.use({ exchangeId: isKept ? exchangeId : null, verdict, beganAt: realTimeMs(begunAt), labTime, ...credential })
  }

  #revokedByClient({ endedSessions }: CredentialTrace, note: RevocationNote, seen: SeenExchange | null): void {
    // Whatever began after the client had its answer came after the revocation.
    const inForceAt = realTimeMs(seen?.endedAt ?? undefined)
    const occasion: Occasion = { by: 'client', inForceAt, lastOrdinal: this.tokens.lastOrdinal, rowsKept: null }
    const sessionIds = note.scope === 'session' && note.sessionId !== null ? [note.sessionId] : []
    this.#revoked({ ...note, sessionIds, sessionsEndAt: null }, occasion)
    if (note.scope !== 'account' || endedSessions.length === 0) return
    this.#revoked({ ...note, scope: 'session', sessionIds: endedSessions, sessionsEndAt: null }, occasion)
  }

  #revoked({ sessionIds, sessionsEndAt, ...note }: Revoked, { by, inForceAt, lastOrdinal, rowsKept }: Occasion): Revocation {
    const isSession = note.scope === 'session'
    const way = isSession ? null : this.#options.way()
    const now = this.#options.clock.nowMs()
    const meant = isSession ? [] : this.#meant(note, lastOrdinal)
    const ended = way && ACCOUNT_WIDE.has(way) ? this.#meant({ ...note, scope: 'account' }, lastOrdinal) : meant
    const isCollateral = (record: TokenRecord) => record.expiresAt > now && record.revocation === null && !meant.includes(record)
    const collateral = ended.length > meant.length ? ended.filter(isCollateral) : []
    const lastEnd = meant.length === 0 ? null : Math.max(...meant.map(({ expiresAt }) => expiresAt))
    const revocation = this.#stopwatches.start({
      ...note,
      at: now,
      way,
      by,
      rowsKept,
      endsAt: isSession ? sessionsEndAt : lastEnd,
      collateral: collateral.length,
      inForceAt,
      lastOrdinal,
      sessionIds,
    })
    this.tokens.revoke([...meant, ...collateral], by, revocation.id)
    if (!isSession) this.#listsChanged('tokens', 'families', 'denylist')
    return revocation
  }

  #meant({ scope, account, jti, sid }: Omit<Revoked, 'sessionIds' | 'sessionsEndAt'>, lastOrdinal: number): TokenRecord[] {
    if (scope === 'token') {
      const record = jti === null ? null : this.tokens.find(jti)
      return record ? [record] : []
    }
    if (account === null) return []
    const ofAccount = this.tokens.list({ account }).filter(({ ordinal }) => ordinal <= lastOrdinal)
    return scope === 'device' ? ofAccount.filter((record) => record.sid === sid) : ofAccount
  }

  #listsChanged(...lists: ListName[]): void {
    this.#options.stale(lists)
    this.#soon()
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      if (this.#write(WRITTEN_AT_ONCE)) this.#soon()
    }, GATHER_MS)
  }

  /** @returns whether something is left to be written */
  #write(most: number): boolean {
    const { recorder, publish } = this.#options
    for (const revocation of this.#stopwatches.takeNews()) publish({ type: 'revocation', revocation })
    const tokens = this.tokens.takeChanges(most)
    const revocations = this.#stopwatches.takeChanges()
    const audit = this.audit.takeChanges()
    if (tokens.put.length + tokens.removed.length > 0) recorder.keep('token', tokens)
    if (revocations.put.length + revocations.removed.length > 0) recorder.keep('revocation', revocations)
    if (audit.put.length + audit.removed.length > 0) recorder.keep('audit', audit)
    return tokens.put.length >= most
  }
}
