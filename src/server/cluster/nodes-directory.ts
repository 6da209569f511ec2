import type { RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'
import type { SessionRow } from '../../contract/sessions.ts'
import type { FamilyDirectory, FamilyFilter } from '../storage/refresh-store.ts'
import type { RevocationDirectory } from '../storage/revoker.ts'
import type { SessionDirectory } from '../storage/session-directory.ts'
import type { SessionFilter } from '../storage/session-records.ts'

/** The uses of a directory, as they can be sent. */
export type CallsOf<Directory extends { [Method in keyof Directory]: (...args: never[]) => unknown }> = {
  [Method in keyof Directory]: { method: Method; args: Parameters<Directory[Method]> }
}[keyof Directory]

/** A use of what a node keeps that can be sent to it. */
export type DirectoryCall =
  | ({ of: 'sessions' } & CallsOf<SessionDirectory>)
  | ({ of: 'families' } & CallsOf<FamilyDirectory>)
  | ({ of: 'revocations' } & CallsOf<RevocationDirectory>)

/** Asks one node; rejects when it goes down meanwhile. */
export type AskNode = (call: DirectoryCall) => Promise<unknown>

/** Carries out a call that came as a message. */
export const carryOutCall = (
  directories: {
    readonly sessions: SessionDirectory
    readonly families: FamilyDirectory
    readonly revocations: RevocationDirectory
  },
  { of, method, args }: DirectoryCall,
): Promise<unknown> => {
  const directory = directories[of] as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>
  return directory[method]?.(...args) ?? Promise.reject(new Error(`There is no ${of}.${method}.`))
}

/** A node that goes down takes what it kept with it: it has nothing to say. */
export async function askAll<T>(nodes: readonly AskNode[], call: DirectoryCall): Promise<T[]> {
  const answers = await Promise.allSettled(nodes.map((ask) => ask(call)))
  return answers.filter((answer) => answer.status === 'fulfilled').map((answer) => answer.value as T)
}

/** Sessions that each node keeps in its own memory, as one directory: every node that is up is asked. */
export class NodesDirectory implements SessionDirectory {
  readonly #nodes: () => readonly AskNode[]

  /** @param nodes those that are up now */
  constructor(nodes: () => readonly AskNode[]) {
    this.#nodes = nodes
  }

  async list({ limit = Number.POSITIVE_INFINITY, ...filter }: SessionFilter = {}): Promise<SessionRow[]> {
    const rows = (await this.#askAll<SessionRow[]>({ method: 'list', args: [filter] })).flat()
    return rows.sort((a, b) => b.createdAt - a.createdAt).slice(0, limit)
  }

  async find(id: string): Promise<SessionRow | null> {
    return (await this.#askAll<SessionRow | null>({ method: 'find', args: [id] })).find((row) => row !== null) ?? null
  }

  async end(id: string): Promise<boolean> {
    return (await this.#askAll<boolean>({ method: 'end', args: [id] })).includes(true)
  }

  async endForAccount(account: string): Promise<string[]> {
    return (await this.#askAll<string[]>({ method: 'endForAccount', args: [account] })).flat()
  }

  async expireNow(id: string): Promise<SessionRow | null> {
    return (await this.#askAll<SessionRow | null>({ method: 'expireNow', args: [id] })).find((row) => row !== null) ?? null
  }

  async count(): Promise<number> {
    return (await this.#askAll<number>({ method: 'count', args: [] })).reduce((sum, count) => sum + count, 0)
  }

  async clear(): Promise<void> {
    await this.#askAll({ method: 'clear', args: [] })
  }

  #askAll<T>(call: CallsOf<SessionDirectory>): Promise<T[]> {
    return askAll(this.#nodes(), { of: 'sessions', ...call })
  }
}

/** The same for families of refresh tokens. */
export class NodesFamilies implements FamilyDirectory {
  readonly #nodes: () => readonly AskNode[]

  /** @param nodes those that are up now */
  constructor(nodes: () => readonly AskNode[]) {
    this.#nodes = nodes
  }

  async end(family: string, reason: RevokedReason, now: number): Promise<boolean> {
    return (await this.#askAll<boolean>({ method: 'end', args: [family, reason, now] })).includes(true)
  }

  async endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]> {
    return (await this.#askAll<string[]>({ method: 'endForAccount', args: [account, reason, now] })).flat()
  }

  async list(filter: FamilyFilter, now: number): Promise<RefreshFamily[]> {
    const families = (await this.#askAll<RefreshFamily[]>({ method: 'list', args: [filter, now] })).flat()
    return families.sort((a, b) => b.createdAt - a.createdAt).slice(0, filter.limit)
  }

  async clear(): Promise<void> {
    await this.#askAll({ method: 'clear', args: [] })
  }

  #askAll<T>(call: CallsOf<FamilyDirectory>): Promise<T[]> {
    return askAll(this.#nodes(), { of: 'families', ...call })
  }
}
