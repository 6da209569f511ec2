import {
  type AccountMark,
  DENIED_GRACE_MS,
  type DeniedToken,
  deniedKey,
  type RevocationCounts,
  type RevocationFilter,
  type RevocationRecords,
  SWEPT,
} from './revocation-records.ts'

/** What ended early, in the memory of one node: no other node knows of it, and it is gone with the node. */
export class MemoryRevocationRecords implements RevocationRecords {
  readonly store = 'memory'
  readonly statements = null
  /** In the order in which they were added. */
  readonly #denied = new Map<string, DeniedToken>()
  readonly #marks = new Map<string, AccountMark>()

  findDenied(jti: string, sid: string | null): DeniedToken | null {
    // An empty map is asked for every token under load: no key is made then.
    if (this.#denied.size === 0) return null
    return this.#denied.get(`jti:${jti}`) ?? (sid === null ? null : (this.#denied.get(`sid:${sid}`) ?? null))
  }

  deny(entries: readonly DeniedToken[], now: number): void {
    this.#sweep(now - DENIED_GRACE_MS, SWEPT + entries.length)
    for (const entry of entries) {
      const key = deniedKey(entry)
      const before = this.#denied.get(key)
      this.#denied.set(key, before ? { ...before, expiresAt: Math.max(before.expiresAt, entry.expiresAt) } : entry)
    }
  }

  findMark(account: string): AccountMark | null {
    return this.#marks.get(account) ?? null
  }

  setNotBefore(account: string, at: number): AccountMark {
    const { notBefore, version } = this.#markOf(account)
    return this.#keep({ account, notBefore: Math.max(notBefore ?? 0, at), version, changedAt: at })
  }

  countUp(account: string, at: number): AccountMark {
    const { notBefore, version } = this.#markOf(account)
    return this.#keep({ account, notBefore, version: version + 1, changedAt: at })
  }

  listDenied({ q, limit }: RevocationFilter): DeniedToken[] {
    return [...this.#denied.values()]
      .filter((entry) => deniedKey(entry).includes(q) || entry.account.includes(q))
      .reverse()
      .sort((a, b) => b.addedAt - a.addedAt)
      .slice(0, limit)
  }

  listMarks({ q, limit }: RevocationFilter): AccountMark[] {
    return [...this.#marks.values()]
      .filter(({ account }) => account.includes(q))
      .sort((a, b) => (a.account < b.account ? -1 : 1))
      .slice(0, limit)
  }

  counts(): RevocationCounts {
    return { denied: this.#denied.size, marks: this.#marks.size }
  }

  clear(): void {
    this.#denied.clear()
    this.#marks.clear()
  }

  #markOf(account: string): Pick<AccountMark, 'notBefore' | 'version'> {
    return this.#marks.get(account) ?? { notBefore: null, version: 0 }
  }

  #keep(mark: AccountMark): AccountMark {
    this.#marks.set(mark.account, mark)
    return mark
  }

  /** Walks over a few of the oldest: what is not over yet goes to the end of the line, so that each is looked at in its turn. */
  #sweep(before: number, count: number): void {
    let left = count
    for (const [key, entry] of this.#denied) {
      if (left-- === 0) return
      this.#denied.delete(key)
      if (entry.expiresAt > before) this.#denied.set(key, entry)
    }
  }
}
