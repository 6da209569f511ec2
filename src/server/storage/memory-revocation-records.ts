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
  /** By the claim's value, in the order in which they were added. Two maps, so that no key has to be made for a look-up. */
  readonly #denied = { jti: new Map<string, DeniedToken>(), sid: new Map<string, DeniedToken>() }
  readonly #marks = new Map<string, AccountMark>()

  findDenied(jti: string, sid: string | null): DeniedToken | null {
    return this.#denied.jti.get(jti) ?? (sid === null ? null : (this.#denied.sid.get(sid) ?? null))
  }

  deny(entries: readonly DeniedToken[], now: number): void {
    for (const map of this.#maps) sweep(map, now - DENIED_GRACE_MS, SWEPT + entries.length)
    for (const entry of entries) {
      const map = this.#denied[entry.kind]
      const before = map.get(entry.value)
      map.set(entry.value, before ? { ...before, expiresAt: Math.max(before.expiresAt, entry.expiresAt) } : entry)
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
    return this.#maps
      .flatMap((map) => [...map.values()])
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
    return { denied: this.#denied.jti.size + this.#denied.sid.size, marks: this.#marks.size }
  }

  clear(): void {
    for (const map of this.#maps) map.clear()
    this.#marks.clear()
  }

  /** All that is kept, the oldest first. */
  dump(): { denied: DeniedToken[]; marks: AccountMark[] } {
    return { denied: this.#maps.flatMap((map) => [...map.values()]), marks: [...this.#marks.values()] }
  }

  /** This in the place of what is there. */
  load({ denied, marks }: { denied: readonly DeniedToken[]; marks: readonly AccountMark[] }): void {
    this.clear()
    for (const entry of denied) this.#denied[entry.kind].set(entry.value, entry)
    for (const mark of marks) this.#keep(mark)
  }

  #markOf(account: string): Pick<AccountMark, 'notBefore' | 'version'> {
    return this.#marks.get(account) ?? { notBefore: null, version: 0 }
  }

  #keep(mark: AccountMark): AccountMark {
    this.#marks.set(mark.account, mark)
    return mark
  }

  get #maps(): readonly Map<string, DeniedToken>[] {
    return [this.#denied.jti, this.#denied.sid]
  }
}

/** Walks over a few of the oldest: what is not over yet goes to the end of the line, so that each is looked at in its turn. */
const sweep = (denied: Map<string, DeniedToken>, before: number, count: number): void => {
  let left = Math.min(count, denied.size)
  for (const [value, entry] of denied) {
    if (left-- === 0) return
    denied.delete(value)
    if (entry.expiresAt > before) denied.set(value, entry)
  }
}
