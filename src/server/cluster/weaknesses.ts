import { WEAKNESSES, type Weakness, type WeaknessChange, type WeaknessId } from '../../contract/weaknesses.ts'
import { LabError } from '../errors.ts'
import type { Cluster } from './running-cluster.ts'

/** What the deliberate flaws of one lab are switched with. */
export interface WeaknessesOptions {
  readonly cluster: Pick<Cluster, 'nodes' | 'configure'>
  onChange(state: Weakness[]): void
  onAction(action: 'weakness-on' | 'weakness-off', params: { weakness: WeaknessId }): void
}

/**
 * Which deliberate flaws the nodes of one lab have. All are off at the start, and again after a restart, a reset and a snapshot that was put
 * back: nothing keeps them. A node is built with them, so that a change replaces nodes one after the other, as a deploy would.
 */
export class Weaknesses {
  readonly #options: WeaknessesOptions
  #on: readonly WeaknessId[] = []
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: WeaknessesOptions) {
    this.#options = options
  }

  state(): Weakness[] {
    return WEAKNESSES.map((id) => ({ id, isOn: this.#on.includes(id) }))
  }

  /**
   * Resolves when every node works so.
   * @throws LabError `conflict` when one is to go on and a node was given by URL, or `node-failed`
   */
  change(change: WeaknessChange): Promise<Weakness[]> {
    const done = this.#last.then(() => this.#change(change))
    this.#last = done.catch(() => undefined)
    return done
  }

  /** The nodes were started anew, without any. */
  clear(): void {
    this.#show([])
  }

  /** For whoever brings a node that runs sound code only. @throws LabError `conflict` while one is on */
  requireNone(): void {
    if (this.#on.length > 0) throw new LabError('conflict', 'A node by URL has no weaknesses: switch them off first.')
  }

  async #change(change: WeaknessChange): Promise<Weakness[]> {
    const { cluster, onAction } = this.#options
    const before = this.#on
    const wanted = WEAKNESSES.filter((id) => change[id] ?? before.includes(id))
    const isNew = (id: WeaknessId): boolean => !before.includes(id)
    const changed = WEAKNESSES.filter((id) => isNew(id) === wanted.includes(id))
    if (changed.length === 0) return this.state()
    if (wanted.some(isNew)) this.#requireThreads()
    // Shown before the first node has it, and until the last one is without.
    this.#show(WEAKNESSES.filter((id) => wanted.includes(id) || before.includes(id)))
    await cluster.configure({ weaknesses: wanted })
    this.#show(wanted)
    for (const id of changed) onAction(isNew(id) ? 'weakness-on' : 'weakness-off', { weakness: id })
    return this.state()
  }

  #requireThreads(): void {
    const foreign = this.#options.cluster.nodes().find(({ url }) => url !== null)
    if (!foreign) return
    throw new LabError('conflict', `${foreign.id} is a process of its own, at ${foreign.url}, and has no weaknesses: remove it first.`)
  }

  #show(on: readonly WeaknessId[]): void {
    const hasChanged = on.length !== this.#on.length || on.some((id) => !this.#on.includes(id))
    this.#on = on
    if (hasChanged) this.#options.onChange(this.state())
  }
}
