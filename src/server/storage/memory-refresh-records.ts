import { hash } from 'node:crypto'
import type { RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'
import {
  FAMILY_KEPT_MS,
  type FamilyFilter,
  type FamilyMember,
  type FamilyRecord,
  judgeUse,
  type NewFamily,
  type RefreshOutcome,
  type RefreshRecord,
  type RefreshStore,
  type RefreshUse,
  SWEPT_FAMILIES,
  toFamily,
} from './refresh-store.ts'
import { sidOfFamily } from './revoker.ts'

interface StoredFamily {
  record: FamilyRecord
  /** Ids in the order of their issue. */
  readonly members: string[]
}

interface StoredToken {
  member: FamilyMember
  readonly family: StoredFamily
}

const idOf = (token: string): string => hash('sha256', token, 'hex')

/** Refresh tokens in the memory of this thread: no other node knows them, and they are gone with it. No method waits, so each is one step. */
export class MemoryRefreshRecords implements RefreshStore {
  readonly statements = null
  readonly endForAccountNow = null
  /** Oldest first. */
  readonly #families = new Map<string, StoredFamily>()
  readonly #tokens = new Map<string, StoredToken>()

  async begin(token: string, { idleExpiresAt, ...bound }: NewFamily, now: number): Promise<string> {
    this.#sweep(now)
    const id = idOf(token)
    const record: FamilyRecord = { id, ...bound, createdAt: now, revokedAt: null, revokedReason: null }
    const family: StoredFamily = { record, members: [] }
    this.#families.set(id, family)
    this.#add(family, { id, parent: null, issuedAt: now, idleExpiresAt, usedAt: null, reusedAt: null })
    return id
  }

  async find(token: string): Promise<RefreshRecord | null> {
    const found = this.#tokens.get(idOf(token))
    return found ? toRecord(found) : null
  }

  async rotate({ token, next, now, idleExpiresAt, graceMs }: RefreshUse): Promise<RefreshOutcome> {
    const found = this.#tokens.get(idOf(token))
    if (!found) return { state: 'unknown', record: null }
    const record = toRecord(found)
    const state = judgeUse(record, now, graceMs)
    if (state === 'reused') {
      revoke(found.family, 'reused', now)
      found.member = { ...found.member, reusedAt: now }
    }
    if (state !== 'live') return { state, record }
    const nextId = idOf(next)
    const isGrace = record.usedAt !== null
    if (!isGrace) found.member = { ...found.member, usedAt: now }
    this.#add(found.family, { id: nextId, parent: record.id, issuedAt: now, idleExpiresAt, usedAt: null, reusedAt: null })
    return { state: 'rotated', record, isGrace, nextId }
  }

  async end(id: string, reason: RevokedReason, now: number): Promise<boolean> {
    const family = this.#families.get(id)
    return family !== undefined && revoke(family, reason, now)
  }

  async endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]> {
    const inForce = [...this.#families.values()].filter(({ record }) => record.account === account && record.absoluteExpiresAt > now)
    return inForce.filter((family) => revoke(family, reason, now)).map(({ record }) => record.id)
  }

  async list({ account, id, sid, limit }: FamilyFilter, now: number): Promise<RefreshFamily[]> {
    const asked = [...this.#families.values()].filter(
      ({ record }) =>
        (account === null || record.account === account) &&
        (id === undefined || record.id === id) &&
        (sid === undefined || sidOfFamily(record.id) === sid),
    )
    // Reversed first: of two that began in the same millisecond the later one is the newer.
    const newest = asked.reverse().sort((a, b) => b.record.createdAt - a.record.createdAt)
    return newest.slice(0, limit).map(({ record, members }) => {
      const listed = members.flatMap((id) => this.#tokens.get(id)?.member ?? [])
      return toFamily(record, listed, now)
    })
  }

  async clear(): Promise<void> {
    this.#families.clear()
    this.#tokens.clear()
  }

  /** All families with their tokens, the oldest first. */
  dump(): { record: FamilyRecord; members: FamilyMember[] }[] {
    return [...this.#families.values()].map(({ record, members }) => ({
      record,
      members: members.flatMap((id) => this.#tokens.get(id)?.member ?? []),
    }))
  }

  /** These in the place of what is there. */
  load(families: readonly { record: FamilyRecord; members: readonly FamilyMember[] }[]): void {
    this.#families.clear()
    this.#tokens.clear()
    for (const { record, members } of families) {
      const family: StoredFamily = { record, members: [] }
      this.#families.set(record.id, family)
      for (const member of members) this.#add(family, member)
    }
  }

  #add(family: StoredFamily, member: FamilyMember): void {
    this.#tokens.set(member.id, { member, family })
    family.members.push(member.id)
  }

  #sweep(now: number): void {
    let swept = 0
    for (const { record, members } of this.#families.values()) {
      if (swept === SWEPT_FAMILIES) break
      if (record.absoluteExpiresAt > now - FAMILY_KEPT_MS) continue
      for (const id of members) this.#tokens.delete(id)
      this.#families.delete(record.id)
      swept += 1
    }
  }
}

/** False when it had been revoked before. */
function revoke(family: StoredFamily, reason: RevokedReason, now: number): boolean {
  if (family.record.revokedAt !== null) return false
  family.record = { ...family.record, revokedAt: now, revokedReason: reason }
  return true
}

function toRecord({ member, family: { record } }: StoredToken): RefreshRecord {
  const { id, parent, issuedAt, idleExpiresAt, usedAt } = member
  const { account, clientId, scope, absoluteExpiresAt, revokedReason } = record
  return { id, parent, issuedAt, idleExpiresAt, usedAt, family: record.id, account, clientId, scope, absoluteExpiresAt, revokedReason }
}
