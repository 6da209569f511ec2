import { LabError } from '../errors.ts'
import {
  type AccountMark,
  type DeniedToken,
  deniedKey,
  type RevocationCounts,
  type RevocationFilter,
} from '../storage/revocation-records.ts'
import type { RevocationDirectory, Revoked, TokenToRevoke } from '../storage/revoker.ts'
import { type AskNode, askAll, type CallsOf } from './nodes-directory.ts'

/** What ended early, in the memory of each node, as one directory: every node that is up is asked and told. */
export class NodesRevocations implements RevocationDirectory {
  readonly #nodes: () => readonly AskNode[]

  /** @param nodes those that are up now */
  constructor(nodes: () => readonly AskNode[]) {
    this.#nodes = nodes
  }

  revokeToken(token: TokenToRevoke): Promise<Revoked> {
    return this.#revoke({ method: 'revokeToken', args: [token] })
  }

  revokeDevice(sid: string, account: string): Promise<Revoked> {
    return this.#revoke({ method: 'revokeDevice', args: [sid, account] })
  }

  revokeAccount(account: string, families: readonly string[]): Promise<Revoked> {
    return this.#revoke({ method: 'revokeAccount', args: [account, families] })
  }

  async listDenied(filter: RevocationFilter): Promise<DeniedToken[]> {
    const entries = (await this.#askAll<DeniedToken[]>({ method: 'listDenied', args: [filter] })).flat()
    return oncePerKey(entries)
      .sort((a, b) => b.addedAt - a.addedAt)
      .slice(0, filter.limit)
  }

  /** Of marks that differ, the one that refuses more; beside it, what all of them refuse. */
  async listMarks(filter: RevocationFilter): Promise<AccountMark[]> {
    const answers = await this.#askAll<AccountMark[]>({ method: 'listMarks', args: [filter] })
    const marks = answers.flat()
    const accounts = [...new Set(marks.map(({ account }) => account))].sort()
    const merged = accounts.flatMap((account): AccountMark[] => {
      const ofAccount = marks.filter((mark) => mark.account === account)
      const mark = strictestOf(ofAccount)
      return mark ? [{ ...mark, kept: { nodes: ofAccount.length, everywhere: laxestOf(ofAccount, answers.length) } }] : []
    })
    return merged.slice(0, filter.limit)
  }

  /** Rows of all nodes together: each keeps its own. */
  async counts(): Promise<RevocationCounts> {
    const counts = await this.#askAll<RevocationCounts>({ method: 'counts', args: [] })
    return counts.reduce((sum, { denied, marks }) => ({ denied: sum.denied + denied, marks: sum.marks + marks }), { denied: 0, marks: 0 })
  }

  async clear(): Promise<void> {
    await this.#askAll({ method: 'clear', args: [] })
  }

  async #revoke(call: CallsOf<RevocationDirectory>): Promise<Revoked> {
    const [first, ...rest] = await this.#askAll<Revoked>(call)
    if (!first) throw new LabError('store-unavailable', 'No node is up that could remember it: start one, then revoke again.')
    const entries = oncePerKey([first, ...rest].flatMap((revoked) => revoked.entries))
    return { ...first, entries, mark: strictestOf([first, ...rest].flatMap(({ mark }) => mark ?? [])) }
  }

  #askAll<T>(call: CallsOf<RevocationDirectory>): Promise<T[]> {
    return askAll(this.#nodes(), { of: 'revocations', ...call })
  }
}

const oncePerKey = (entries: readonly DeniedToken[]): DeniedToken[] => {
  const byKey = new Map<string, DeniedToken>()
  for (const entry of entries) byKey.set(deniedKey(entry), { ...entry, nodes: (byKey.get(deniedKey(entry))?.nodes ?? 0) + 1 })
  return [...byKey.values()]
}

const stricter = (a: AccountMark, b: AccountMark): AccountMark => ({
  account: a.account,
  notBefore: a.notBefore === null ? b.notBefore : Math.max(a.notBefore, b.notBefore ?? 0),
  version: Math.max(a.version, b.version),
  changedAt: Math.max(a.changedAt, b.changedAt),
})

/** Null when there is none. */
const strictestOf = ([first, ...rest]: readonly AccountMark[]): AccountMark | null => (first ? rest.reduce(stricter, first) : null)

/** A node without a mark refuses nothing. */
function laxestOf(marks: readonly AccountMark[], nodes: number): Pick<AccountMark, 'notBefore' | 'version'> {
  const moments = marks.flatMap(({ notBefore }) => notBefore ?? [])
  const notBefore = moments.length < nodes ? null : Math.min(...moments)
  return { notBefore, version: marks.length < nodes ? 0 : Math.min(...marks.map(({ version }) => version)) }
}
