import {
  isLive,
  type RecordToSave,
  type RecordTouch,
  type SessionFilter,
  type SessionRecords,
  type StoredRecord,
  TOMBSTONE_MS,
} from '../../storage/session-records.ts'
import type { StoredSession } from '../../storage/session-rows.ts'
import { withTouch } from './session-table.ts'

/** Sessions in the memory of this thread: no other node knows them, and they are gone with it. */
export class MemorySessionRecords implements SessionRecords {
  readonly #records = new Map<string, StoredRecord>()
  readonly #byAccount = new Map<string, Set<string>>()
  /** Real time at which a session ended, by id; oldest first. */
  readonly #ended = new Map<string, number>()

  find(id: string): StoredRecord | undefined {
    return this.#records.get(id)
  }

  save(id: string, record: RecordToSave): StoredRecord | null {
    const before = this.#records.get(id)
    if (before ? !isLive(before, record.now) : record.isKnown || this.#isEnded(id)) return null
    const { account, device, data, now, idleExpiresAt, absoluteExpiresAt, node } = record
    const fresh = { created_at: now, absolute_expires_at: absoluteExpiresAt, expired_at: null, node }
    const version = (before?.version ?? 0) + 1
    const stored = { ...fresh, ...before, hash: id, account, device, data, last_seen_at: now, idle_expires_at: idleExpiresAt, version }
    if (before && before.account !== account) this.#unlist(before)
    this.#records.set(id, stored)
    if (account !== null) this.#listed(account).add(id)
    return stored
  }

  touch(id: string, { seenAt, idleExpiresAt }: RecordTouch): StoredSession | null {
    const before = this.#records.get(id)
    if (!before || !isLive(before, seenAt)) return null
    const touched = withTouch(before, seenAt, idleExpiresAt)
    this.#records.set(id, touched)
    return touched
  }

  end(id: string): boolean {
    const stored = this.#records.get(id)
    if (!stored) return false
    this.#remove(stored)
    this.#ended.set(id, Date.now())
    return true
  }

  endForAccount(account: string): string[] {
    return [...(this.#byAccount.get(account) ?? [])].filter((id) => this.end(id))
  }

  expire(id: string, now: number): StoredSession | null {
    const stored = this.#records.get(id)
    if (!stored || !isLive(stored, now)) return null
    const expired = { ...stored, expired_at: now, idle_expires_at: now }
    this.#records.set(id, expired)
    return expired
  }

  list(now: number, { account, limit }: SessionFilter = {}): StoredRecord[] {
    const ids = account === undefined ? this.#records.keys() : (this.#byAccount.get(account) ?? [])
    const live = [...ids].flatMap((id) => this.#records.get(id) ?? []).filter((stored) => isLive(stored, now))
    // Reversed first: of two that were made in the same millisecond the later one is the newer.
    return live
      .reverse()
      .sort((a, b) => b.created_at - a.created_at)
      .slice(0, limit)
  }

  count(now: number): number {
    let count = 0
    for (const stored of this.#records.values()) if (isLive(stored, now)) count += 1
    return count
  }

  purge(before: number, limit: number): number {
    this.#forgetEnded()
    let purged = 0
    for (const stored of this.#records.values()) {
      if (purged === limit) break
      if (isLive(stored, before)) continue
      this.#remove(stored)
      purged += 1
    }
    return purged
  }

  clear(): void {
    this.#records.clear()
    this.#byAccount.clear()
    this.#ended.clear()
  }

  /** All, live or not, the oldest first. */
  dump(): StoredRecord[] {
    return [...this.#records.values()]
  }

  /** These in the place of what is there. */
  load(records: readonly StoredRecord[]): void {
    this.clear()
    for (const record of records) {
      this.#records.set(record.hash, record)
      if (record.account !== null) this.#listed(record.account).add(record.hash)
    }
  }

  #remove(stored: StoredRecord): void {
    this.#records.delete(stored.hash)
    this.#unlist(stored)
  }

  #listed(account: string): Set<string> {
    const known = this.#byAccount.get(account)
    if (known) return known
    const made = new Set<string>()
    this.#byAccount.set(account, made)
    return made
  }

  #unlist({ account, hash }: StoredRecord): void {
    if (account === null) return
    const ids = this.#byAccount.get(account)
    ids?.delete(hash)
    if (ids?.size === 0) this.#byAccount.delete(account)
  }

  #isEnded(id: string): boolean {
    return Date.now() - (this.#ended.get(id) ?? 0) < TOMBSTONE_MS
  }

  #forgetEnded(): void {
    for (const [id, endedAt] of this.#ended) {
      if (Date.now() - endedAt < TOMBSTONE_MS) break
      this.#ended.delete(id)
    }
  }
}
