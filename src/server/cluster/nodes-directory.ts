import type { SessionRow } from '../../contract/sessions.ts'
import type { SessionDirectory } from '../storage/session-directory.ts'
import type { SessionFilter } from '../storage/session-records.ts'

/** A use of a session directory that can be sent to a node. */
export type DirectoryCall = {
  [Method in keyof SessionDirectory]: { method: Method; args: Parameters<SessionDirectory[Method]> }
}[keyof SessionDirectory]

/** Asks one node; rejects when it goes down meanwhile. */
export type AskNode = (call: DirectoryCall) => Promise<unknown>

/** Carries out a call that came as a message. */
export const carryOutCall = (directory: SessionDirectory, { method, args }: DirectoryCall): Promise<unknown> =>
  (directory[method] as (...given: unknown[]) => Promise<unknown>)(...args)

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

  /** A node that goes down takes its sessions with it: it has nothing to say. */
  async #askAll<T>(call: DirectoryCall): Promise<T[]> {
    const answers = await Promise.allSettled(this.#nodes().map((ask) => ask(call)))
    return answers.filter((answer) => answer.status === 'fulfilled').map((answer) => answer.value as T)
  }
}
