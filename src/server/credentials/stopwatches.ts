import { MAX_REVOCATIONS, type Revocation } from '../../contract/revocations.ts'
import type { Verdict } from '../../contract/verdict.ts'
import type { PresentedToken } from '../credential-notes.ts'
import type { KeptChanges } from '../traffic/kept-records.ts'

/** Uses that may have been told of before the revocation that they came after: as many are looked at again. */
const RECENT_USES = 512

/** Verdicts of requests whose credential was taken for good, whatever it allowed. */
export const ACCEPTED: ReadonlySet<Verdict> = new Set(['allowed', 'insufficient-role', 'insufficient-scope'])
/** Verdicts of requests whose credential was refused because somebody had ended it. */
const REFUSED: ReadonlySet<Verdict> = new Set(['token-revoked', 'unknown-session', 'account-disabled'])

/** One request that presented a credential. */
export interface CredentialUse {
  /** Null when it is not recorded. */
  readonly exchangeId: string | null
  readonly verdict: Verdict
  /** Real time at which the balancer had the head of the request, milliseconds. */
  readonly beganAt: number
  /** Lab time then, Unix milliseconds. */
  readonly labTime: number
  /** Null when it was a session. */
  readonly token: PresentedToken | null
  /** `ordinal` of the token's record; null when the lab has none. */
  readonly ordinal: number | null
  /** Public id; null when it was a token. */
  readonly sessionId: string | null
}

/** What a revocation concerns, besides what the contract tells of it. */
interface Reach {
  /** Real time from which on it is in force, milliseconds. */
  readonly inForceAt: number
  /** The newest token that it concerns: those issued later are not meant. */
  readonly lastOrdinal: number
  /** Public ids of the sessions that were ended. */
  readonly sessionIds: readonly string[]
}

/** A revocation with its reach, as it is kept. */
export interface KeptRevocation extends Reach {
  readonly ordinal: number
  revocation: Revocation
}

type Counters = 'id' | 'accepted' | 'refused' | 'lastAcceptedMs' | 'firstRefusedMs' | 'lastAcceptedExchange' | 'firstRefusedExchange'
/** What a stopwatch starts with. */
export type RevocationStart = Omit<Revocation, Counters> & Reach

/** Whether a token whose record is gone was issued before: `iat` may be in whole seconds. */
const isIssuedBefore = ({ iat }: PresentedToken, at: number): boolean => iat * 1000 + 1000 <= at

function concerns({ revocation, lastOrdinal, sessionIds }: KeptRevocation, { token, ordinal, sessionId }: CredentialUse): boolean {
  const { scope, jti, sid, account, at } = revocation
  if (scope === 'session') return sessionId !== null && sessionIds.includes(sessionId)
  if (!token) return false
  if (scope === 'token') return token.jti === jti
  if (ordinal === null ? !isIssuedBefore(token, at) : ordinal > lastOrdinal) return false
  return scope === 'device' ? token.sid === sid : token.sub === account
}

/** A credential that has expired by itself proves nothing about a revocation. */
const hasExpired = ({ endsAt }: Revocation, { token, labTime }: CredentialUse): boolean =>
  (endsAt !== null && labTime >= endsAt) || (token !== null && labTime >= token.exp * 1000)

const round = (ms: number): number => Math.round(ms * 1000) / 1000

/** The newest revocations, each with what became of the requests that carried a revoked credential. */
export class Stopwatches {
  readonly #onChange: () => void
  readonly #recent: CredentialUse[] = []
  #kept: KeptRevocation[] = []
  readonly #unwritten = new Set<KeptRevocation>()
  readonly #unannounced = new Set<KeptRevocation>()
  #removed: number[] = []
  #lastOrdinal = 0

  /** @param onChange there is something to announce */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Takes over what an earlier run has kept; only before anything else. */
  restore(kept: readonly KeptRevocation[]): void {
    this.#kept = [...kept]
    this.#lastOrdinal = kept.at(-1)?.ordinal ?? 0
  }

  /** Newest first. */
  list(): Revocation[] {
    return this.#kept.map(({ revocation }) => revocation).reverse()
  }

  start({ inForceAt, lastOrdinal, sessionIds, ...facts }: RevocationStart): Revocation {
    const ordinal = ++this.#lastOrdinal
    const counters = { accepted: 0, refused: 0, lastAcceptedMs: null, firstRefusedMs: null }
    const exchanges = { lastAcceptedExchange: null, firstRefusedExchange: null }
    const revocation: Revocation = { id: `revocation-${ordinal}`, ...facts, ...counters, ...exchanges }
    const kept: KeptRevocation = { ordinal, inForceAt, lastOrdinal, sessionIds, revocation }
    this.#kept.push(kept)
    if (this.#kept.length > MAX_REVOCATIONS) this.#drop(this.#kept.shift())
    // Nodes tell independently of each other: a later use may have been told of first.
    for (const use of this.#recent) this.#count(kept, use)
    this.#changed(kept)
    return kept.revocation
  }

  use(use: CredentialUse): void {
    this.#recent.push(use)
    if (this.#recent.length > RECENT_USES) this.#recent.shift()
    for (const kept of this.#kept) if (this.#count(kept, use)) this.#changed(kept)
  }

  clear(): void {
    this.#kept = []
    this.#recent.length = 0
    this.#unwritten.clear()
    this.#unannounced.clear()
    this.#removed = []
  }

  /** Revocations that changed since the last call. */
  takeNews(): Revocation[] {
    const news = [...this.#unannounced].map(({ revocation }) => revocation)
    this.#unannounced.clear()
    return news
  }

  /** What is to be written; it counts as written then. */
  takeChanges(): KeptChanges {
    const put = [...this.#unwritten].map((kept): [number, string] => [kept.ordinal, JSON.stringify(kept)])
    this.#unwritten.clear()
    const removed = this.#removed
    this.#removed = []
    return { put, removed }
  }

  /** @returns whether it counts for this revocation */
  #count(kept: KeptRevocation, use: CredentialUse): boolean {
    const { revocation, inForceAt } = kept
    if (use.beganAt <= inForceAt || !concerns(kept, use) || hasExpired(revocation, use)) return false
    const isAccepted = ACCEPTED.has(use.verdict)
    if (!isAccepted && !REFUSED.has(use.verdict)) return false
    const ms = round(use.beganAt - inForceAt)
    kept.revocation = isAccepted ? withAccepted(revocation, use.exchangeId, ms) : withRefused(revocation, use.exchangeId, ms)
    return true
  }

  #changed(kept: KeptRevocation): void {
    this.#unwritten.add(kept)
    this.#unannounced.add(kept)
    this.#onChange()
  }

  #drop(kept: KeptRevocation | undefined): void {
    if (!kept) return
    this.#unwritten.delete(kept)
    this.#unannounced.delete(kept)
    this.#removed.push(kept.ordinal)
  }
}

/** Answers come in any order: which request began last is asked of the times. */
const withAccepted = (revocation: Revocation, exchange: string | null, ms: number): Revocation => {
  const counted = { ...revocation, accepted: revocation.accepted + 1 }
  return revocation.lastAcceptedMs !== null && revocation.lastAcceptedMs > ms
    ? counted
    : { ...counted, lastAcceptedMs: ms, lastAcceptedExchange: exchange }
}

const withRefused = (revocation: Revocation, exchange: string | null, ms: number): Revocation => {
  const counted = { ...revocation, refused: revocation.refused + 1 }
  return revocation.firstRefusedMs !== null && revocation.firstRefusedMs < ms
    ? counted
    : { ...counted, firstRefusedMs: ms, firstRefusedExchange: exchange }
}
