import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Checkpoint, MAX_CHECKPOINTS, SNAPSHOT_EXTENSION, type SnapshotHead } from '../../contract/snapshot.ts'
import { LabError } from '../errors.ts'
import { openSnapshot, readHead } from './snapshot-format.ts'

const FOLDER = 'checkpoints'
const UNFINISHED = '.new'

const noSuch = (): LabError => new LabError('not-found', 'There is no such checkpoint.')

/** The snapshots that are kept in the data folder, for its owner alone. */
export class CheckpointFolder {
  readonly #folder: string
  /** By file name. */
  readonly #heads = new Map<string, SnapshotHead>()

  /** @param dataFolder of the lab */
  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, FOLDER)
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#folder)) if (name.endsWith(UNFINISHED)) rmSync(join(this.#folder, name), { force: true })
  }

  /** The newest first. A file that cannot be read is left where it is, and not listed. */
  list(): Checkpoint[] {
    const listed = readdirSync(this.#folder).flatMap((name) => {
      const head = name.endsWith(`.${SNAPSHOT_EXTENSION}`) ? this.#head(name) : null
      return head ? [{ ...head, octets: statSync(join(this.#folder, name)).size }] : []
    })
    return listed.sort((a, b) => b.madeAt - a.madeAt)
  }

  /** @throws LabError `conflict` when there are as many as may be */
  requireRoom(): void {
    if (this.list().filter(({ kind }) => kind === 'checkpoint').length < MAX_CHECKPOINTS) return
    throw new LabError('conflict', `There are ${MAX_CHECKPOINTS} checkpoints: remove one first.`)
  }

  /** @param id `last`: the newest that was saved by somebody. @throws LabError `not-found` */
  find(id: string): Checkpoint {
    const all = this.list()
    if (id !== 'last') return all.find((checkpoint) => checkpoint.id === id) ?? throwing(noSuch())
    return (
      all.find(({ kind }) => kind === 'checkpoint') ??
      throwing(new LabError('not-found', 'No checkpoint was saved yet: save one, then the lab can be put back to it.'))
    )
  }

  pathOf(id: string): string {
    return join(this.#folder, `${id}.${SNAPSHOT_EXTENSION}`)
  }

  /** Has a checkpoint written: it is there whole, or not at all. */
  async add(id: string, write: (file: string) => Promise<SnapshotHead>): Promise<Checkpoint> {
    const unfinished = `${this.pathOf(id)}${UNFINISHED}`
    try {
      const head = await write(unfinished)
      renameSync(unfinished, this.pathOf(id))
      return { ...head, octets: statSync(this.pathOf(id)).size }
    } finally {
      await rm(unfinished, { force: true })
    }
  }

  /** @throws LabError `not-found` */
  async remove(id: string): Promise<void> {
    if (!existsSync(this.pathOf(id))) throw noSuch()
    await rm(this.pathOf(id))
    this.#heads.delete(`${id}.${SNAPSHOT_EXTENSION}`)
  }

  /** There is one way back: the older ones go. */
  async keepUndo(undo: string): Promise<void> {
    for (const { id, kind } of this.list()) if (kind === 'undo' && id !== undo) await this.remove(id)
  }

  #head(name: string): SnapshotHead | null {
    const known = this.#heads.get(name)
    if (known) return known
    try {
      const snapshot = openSnapshot(join(this.#folder, name), false)
      try {
        const head = readHead(snapshot)
        this.#heads.set(name, head)
        return head
      } finally {
        snapshot.close()
      }
    } catch {
      // Damaged, or of a newer AuthLab: whoever looks into the folder still finds it.
      return null
    }
  }
}

const throwing = (error: Error): never => {
  throw error
}
