import type { StoreKind } from '../../contract/cluster.ts'
import { MAX_LEEWAY_SECONDS } from '../../contract/cluster.ts'
import type { Soon } from './session-records.ts'

/** An access token, or all of one refresh family, that ended before its `exp`. Times are lab time, Unix milliseconds. */
export interface DeniedToken {
  readonly kind: 'jti' | 'sid'
  /** Of the claim. */
  readonly value: string
  readonly account: string
  readonly addedAt: number
  /** The last `exp` of a token that it can concern; it is kept until then. */
  readonly expiresAt: number
  /** How many nodes keep it, each in its own memory; absent where they share one store. */
  readonly nodes?: number | undefined
}

/** What ends all access tokens of an account at once. Times are lab time, Unix milliseconds. */
export interface AccountMark {
  readonly account: string
  /** Tokens issued at or before it are refused; null when there is no such moment. */
  readonly notBefore: number | null
  /** Tokens with a smaller claim `ver` are refused; 0 from the start. */
  readonly version: number
  readonly changedAt: number
  /** Of a mark that nodes keep in their own memory, each for itself; absent where they share one store. */
  readonly kept?: {
    /** How many nodes keep one for the account. */
    readonly nodes: number
    /** What every node that was asked refuses at least. */
    readonly everywhere: Pick<AccountMark, 'notBefore' | 'version'>
  }
}

/** What is run for each use, as the trace shows it. */
export type RevocationStatements = Readonly<Record<'findDenied' | 'deny' | 'findMark' | 'setNotBefore' | 'countUp', string>>

/** Which entries to list: those whose key or account contains `q`; all of them when it is empty. */
export interface RevocationFilter {
  readonly q: string
  readonly limit: number
}

/**
 * Which access tokens ended before their `exp`. Every method is atomic, for all nodes that share the store.
 * @throws LabError `store-unavailable` or SqliteError, from every method
 */
export interface RevocationRecords {
  /** Where they are kept. */
  readonly store: StoreKind
  /** Null where there is nothing to show. */
  readonly statements: RevocationStatements | null
  /** The entry that ends a token; null when there is none. @param sid null when the token names no family */
  findDenied(jti: string, sid: string | null): Soon<DeniedToken | null>
  /** Adds entries; of two for the same token the one that is kept longer stays. Sweeps away some of those that are over. @param now lab time */
  deny(entries: readonly DeniedToken[], now: number): Soon<void>
  /** Null when nothing was ever ended for the account. */
  findMark(account: string): Soon<AccountMark | null>
  /** Ends what was issued until then; the moment is never moved back. */
  setNotBefore(account: string, at: number): Soon<AccountMark>
  /** Ends what has the version of before. @param at lab time */
  countUp(account: string, at: number): Soon<AccountMark>
  /** The newest first. */
  listDenied(filter: RevocationFilter): Soon<DeniedToken[]>
  /** By account. */
  listMarks(filter: RevocationFilter): Soon<AccountMark[]>
  /** How many rows are kept. */
  counts(): Soon<RevocationCounts>
  clear(): Soon<void>
}

/** How many rows a store keeps for revocation. */
export interface RevocationCounts {
  readonly denied: number
  readonly marks: number
}

/** What an entry is kept by: the claim and its value. The issuer is part of it, and always this one. */
export const deniedKey = ({ kind, value }: Pick<DeniedToken, 'kind' | 'value'>): string => `${kind}:${value}`

/** The claim and its value that a key was made of. */
export const fromDeniedKey = (key: string): Pick<DeniedToken, 'kind' | 'value'> => ({
  kind: key.startsWith('sid:') ? 'sid' : 'jti',
  value: key.slice(4),
})

/** How long an entry outlives the `exp` of its tokens: a node may be lenient about that (RFC 7519 §4.1.4), milliseconds. */
export const DENIED_GRACE_MS = MAX_LEEWAY_SECONDS * 1000

/** Entries that are over and are swept away by each write, besides as many as it adds. */
export const SWEPT = 20
