import { type IssuedToken, MAX_TOKENS } from '../../contract/tokens.ts'
import type { Clock } from '../clock.ts'
import type { IssuedTokenNote } from '../credential-notes.ts'
import type { KeptChanges } from '../traffic/kept-records.ts'

/** Tokens that leave at once when there are too many: to look for those that have expired costs a walk over all. */
const EVICTED_AT_ONCE = 100

/** A token as it is kept: what it is now depends on the clock and on what nodes look up. */
export interface TokenRecord extends Omit<IssuedToken, 'state'> {
  /** Grows with every token. */
  readonly ordinal: number
  /** Claim `ver`; null when it carries none. */
  readonly version: number | null
}

/** A request that carried a token. */
export interface TokenUse {
  /** Lab time, Unix milliseconds. */
  readonly at: number
  /** Null when it is not known. */
  readonly node: string | null
  /** What became of it; null when nobody judged it. */
  readonly outcome: 'accepted' | 'refused' | null
}

/** Which tokens to list. */
export interface TokenFilter {
  readonly account?: string | undefined
  readonly q?: string | undefined
}

const matches = (record: TokenRecord, { account, q }: TokenFilter): boolean => {
  if (account !== undefined && record.account !== account) return false
  if (q === undefined) return true
  const wanted = q.toLowerCase()
  return [record.jti, record.account, record.clientId, record.device, record.kid].some((text) => text?.toLowerCase().includes(wanted))
}

/** The access tokens that were seen being issued, the oldest first; when there are too many, expired ones leave before others. */
export class IssuedTokens {
  readonly #clock: Clock
  readonly #byJti = new Map<string, TokenRecord>()
  readonly #changed = new Set<TokenRecord>()
  #removed: number[] = []
  #lastOrdinal = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Of the newest token; 0 before the first. */
  get lastOrdinal(): number {
    return this.#lastOrdinal
  }

  /** Takes over what an earlier run has kept; only before anything else. */
  restore(records: readonly TokenRecord[]): void {
    for (const record of records) {
      // Those of an earlier version counted no refusals.
      this.#byJti.set(record.jti, { ...record, refusals: record.refusals ?? 0 })
      this.#lastOrdinal = Math.max(this.#lastOrdinal, record.ordinal)
    }
    this.#evict()
  }

  add(issued: IssuedTokenNote): void {
    const record: TokenRecord = {
      ...issued,
      lastUsedAt: null,
      lastNode: null,
      uses: 0,
      refusals: 0,
      revokedBy: null,
      revocation: null,
      ordinal: ++this.#lastOrdinal,
    }
    // A node of a stranger may issue the same twice.
    const before = this.#byJti.get(issued.jti)
    if (before) this.#drop(before)
    this.#byJti.set(issued.jti, record)
    this.#changed.add(record)
    this.#evict()
  }

  find(jti: string): TokenRecord | null {
    return this.#byJti.get(jti) ?? null
  }

  /** Counts a request that carried the token. @returns whether the token is known */
  use(jti: string, { at, node, outcome }: TokenUse): boolean {
    const record = this.#byJti.get(jti)
    if (!record) return false
    if (outcome === 'accepted') record.uses++
    else if (outcome === 'refused') record.refusals++
    record.lastUsedAt = at
    record.lastNode = node ?? record.lastNode
    this.#changed.add(record)
    return true
  }

  /** All that match, the newest first. */
  list(filter: TokenFilter): TokenRecord[] {
    // Nodes tell of tokens a little out of order, and the times of many are equal.
    const matching = [...this.#byJti.values()].filter((record) => matches(record, filter))
    return matching.sort((a, b) => b.issuedAt - a.issuedAt || b.ordinal - a.ordinal)
  }

  /** Notes of these tokens by whom they were revoked. */
  revoke(records: readonly TokenRecord[], by: 'operator' | 'client', revocation: string): void {
    for (const { jti } of records) {
      const record = this.#byJti.get(jti)
      if (!record) continue
      record.revokedBy = by
      record.revocation = revocation
      this.#changed.add(record)
    }
  }

  clear(): void {
    this.#byJti.clear()
    this.#changed.clear()
    this.#removed = []
  }

  /** What is to be written, `most` records at once; those that are handed over count as written. */
  takeChanges(most: number): KeptChanges {
    const put: KeptChanges['put'] = []
    for (const record of this.#changed) {
      if (put.length >= most) break
      put.push([record.ordinal, JSON.stringify(record)])
      this.#changed.delete(record)
    }
    const removed = this.#removed
    this.#removed = []
    return { put, removed }
  }

  #evict(): void {
    if (this.#byJti.size <= MAX_TOKENS) return
    const now = this.#clock.nowMs()
    const wanted = this.#byJti.size - MAX_TOKENS + EVICTED_AT_ONCE
    const leaving: TokenRecord[] = []
    for (const record of this.#byJti.values()) {
      if (leaving.length >= wanted) break
      if (record.expiresAt <= now) leaving.push(record)
    }
    for (const record of leaving) this.#drop(record)
    // None has expired: the oldest leave.
    for (const record of this.#byJti.values()) {
      if (this.#byJti.size <= MAX_TOKENS - EVICTED_AT_ONCE) break
      this.#drop(record)
    }
  }

  #drop(record: TokenRecord): void {
    this.#byJti.delete(record.jti)
    this.#changed.delete(record)
    this.#removed.push(record.ordinal)
  }
}
