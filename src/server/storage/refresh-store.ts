import type { RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'

/** A refresh token with the family it belongs to. Times are lab time, Unix milliseconds; ids are SHA-256 in hexadecimal. */
export interface RefreshRecord {
  /** Hash of the token. */
  readonly id: string
  /** Null for the first of its family. */
  readonly parent: string | null
  readonly issuedAt: number
  readonly idleExpiresAt: number
  /** Null until it is given for another one. */
  readonly usedAt: number | null
  readonly family: string
  readonly account: string
  /** Null when the client did not say who it is. */
  readonly clientId: string | null
  readonly scope: string
  readonly absoluteExpiresAt: number
  readonly revokedReason: RevokedReason | null
}

/** What a new family is bound to (RFC 6749 §6). */
export interface NewFamily {
  readonly account: string
  readonly clientId: string | null
  readonly scope: string
  readonly device: string | null
  readonly idleExpiresAt: number
  readonly absoluteExpiresAt: number
}

/** One use of a refresh token: `next` is given for `token`. */
export interface RefreshUse {
  readonly token: string
  readonly next: string
  readonly now: number
  readonly idleExpiresAt: number
  /** How long after its use a token is still taken, milliseconds. */
  readonly graceMs: number
}

/** What became of a use. `record` is the token as it was before; `isGrace` when it had been used already. */
export type RefreshOutcome =
  | { readonly state: 'unknown'; readonly record: null }
  | { readonly state: 'revoked' | 'reused' | 'idle-expired' | 'absolute-expired'; readonly record: RefreshRecord }
  | { readonly state: 'rotated'; readonly record: RefreshRecord; readonly isGrace: boolean; readonly nextId: string }

/** Which families to list; null = of every account. */
export interface FamilyFilter {
  readonly account: string | null
  /** One family alone. */
  readonly id?: string | undefined
  /** The one whose access tokens have this claim: the first 32 digits of its id. */
  readonly sid?: string | undefined
  readonly limit: number
}

/**
 * The families of one store for those who look at them from outside. Arguments and answers can be cloned into another thread.
 * @throws LabError `store-unavailable` or SqliteError, from every method, when the store cannot be used
 */
export interface FamilyDirectory {
  /** Ends a family by its id; false when it had been ended, or is none. */
  end(family: string, reason: RevokedReason, now: number): Promise<boolean>
  /** Ends every family of an account that is in force and answers their ids. */
  endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]>
  /** Families with their members, newest first. */
  list(filter: FamilyFilter, now: number): Promise<RefreshFamily[]>
  /** Deletes all families with their tokens. */
  clear(): Promise<void>
}

/** What a store runs by what it is for, as the trace shows it. */
export type RefreshStatements = Readonly<Record<'begin' | 'find' | 'rotate' | 'revoke' | 'revokeAll', string>>

/** Refresh tokens and their families, by raw token. Every method is atomic: of two uses of one token at once only one is the first. */
export interface RefreshStore extends FamilyDirectory {
  /** Null where there is nothing to show. */
  readonly statements: RefreshStatements | null
  /** Begins a family with this token and answers its id. */
  begin(token: string, family: NewFamily, now: number): Promise<string>
  /** The token, whatever its state; null when unknown. */
  find(token: string): Promise<RefreshRecord | null>
  /** Uses a token once. One that was used before and is out of its grace revokes its family, whoever presents it (RFC 9700 §4.14.2). */
  rotate(use: RefreshUse): Promise<RefreshOutcome>
  /**
   * As {@link FamilyDirectory.endForAccount}, inside a transaction of the app's database that the caller has open: both or neither. Null
   * where families are not in that database.
   */
  readonly endForAccountNow: ((account: string, reason: RevokedReason, now: number) => string[]) | null
}

/** How long a family stays after its absolute end, so that "expired" can be told from "unknown", milliseconds. */
export const FAMILY_KEPT_MS = 7 * 24 * 3_600_000
/** Families that one login sweeps away. */
export const SWEPT_FAMILIES = 20

/** Whether a token can be used, or why not. */
export type UseState = 'live' | 'revoked' | 'reused' | 'idle-expired' | 'absolute-expired'

/**
 * What a use of a token comes to. Reuse counts before the idle end: an old copy in use says that somebody has it, even when nobody could use
 * it any more.
 */
export function judgeUse(record: RefreshRecord, now: number, graceMs: number): UseState {
  const { usedAt, revokedReason, absoluteExpiresAt, idleExpiresAt } = record
  if (revokedReason !== null) return 'revoked'
  if (absoluteExpiresAt <= now) return 'absolute-expired'
  // The clocks of two nodes may differ: both sides of the first use count.
  if (usedAt !== null && Math.abs(now - usedAt) >= graceMs) return 'reused'
  return idleExpiresAt <= now ? 'idle-expired' : 'live'
}

/** A refresh token as a list of its family shows it. */
export type FamilyMember = RefreshFamily['members'][number]
/** A family without what follows from its members. */
export type FamilyRecord = Omit<RefreshFamily, 'members' | 'state'>

/** A family as it is listed, at a lab time. */
export function toFamily(family: FamilyRecord, members: readonly FamilyMember[], now: number): RefreshFamily {
  return { ...family, state: stateOf(family, members, now), members: byGeneration(members) }
}

function stateOf({ revokedAt, absoluteExpiresAt }: FamilyRecord, members: readonly FamilyMember[], now: number): RefreshFamily['state'] {
  if (revokedAt !== null) return 'revoked'
  const isUsable = absoluteExpiresAt > now && members.some(({ usedAt, idleExpiresAt }) => usedAt === null && idleExpiresAt > now)
  return isUsable ? 'active' : 'expired'
}

/** Every token after the one that was given for it: many may have been issued in one millisecond. */
function byGeneration(members: readonly FamilyMember[]): FamilyMember[] {
  const children = new Map<string | null, FamilyMember[]>()
  for (const member of members) {
    const siblings = children.get(member.parent)
    if (siblings) siblings.push(member)
    else children.set(member.parent, [member])
  }
  const ordered = [...(children.get(null) ?? [])]
  // Grows while it is walked along; one by one, for within a grace window one token may have been given for any number.
  for (const { id } of ordered) for (const child of children.get(id) ?? []) ordered.push(child)
  return ordered
}
