import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Checkpoint, Restored, SnapshotHead } from '../../contract/snapshot.ts'
import type { LabParts } from '../control/lab-parts.ts'
import { readClock } from '../control/snapshot.ts'
import { LabError } from '../errors.ts'
import { parseKeyRecords } from '../key-records.ts'
import type { LabFiles } from '../lab-files.ts'
import type { SecretBox } from '../secret-box.ts'
import { keyOverlap } from '../target-defaults.ts'
import { CheckpointFolder } from './checkpoint-folder.ts'
import { gatherText } from './gather.ts'
import { type Laid, layOutSnapshot } from './laid-out.ts'
import { RestoreJournal } from './restore-journal.ts'
import type { SnapshotThread } from './snapshot-thread.ts'
import { clearStagings, Staging } from './staging.ts'

/** A snapshot that comes in. */
export interface Incoming {
  /** Where it is to be put before it is restored. */
  readonly file: string
  /** {@link LabSnapshots.restoreCheckpoint} says what it throws. */
  restore(): Promise<Restored>
  /** What is left of it goes. */
  remove(): Promise<void>
}

/** What the snapshots of a lab are made with. */
export interface LabSnapshotsOptions {
  readonly files: Pick<LabFiles, 'folder' | 'targetFile' | 'labFile'>
  /** What seals the keys in a checkpoint; resolves to null where nothing can. */
  readonly secretBox: Promise<SecretBox | null>
  /** The operator's lab, in front or not. */
  operatorsLab(): LabParts
  /** Leaves the lesson under way, and answers the operator's lab. */
  outside(): Promise<LabParts>
}

const newId = (): string => randomBytes(8).toString('hex')

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The operator's lab as files, and put back from them. One thing is done after the other. */
export class LabSnapshots {
  readonly #options: LabSnapshotsOptions
  readonly #folder: CheckpointFolder
  readonly #journal: RestoreJournal
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: LabSnapshotsOptions) {
    this.#options = options
    const { folder } = options.files
    clearStagings(folder)
    this.#folder = new CheckpointFolder(folder)
    this.#journal = new RestoreJournal(folder)
  }

  checkpoints(): Checkpoint[] {
    return this.#folder.list()
  }

  /** @throws LabError `conflict` when there are as many as may be, or a lesson is under way */
  saveCheckpoint(name: string): Promise<Checkpoint> {
    return this.#staged(async ({ thread }) => {
      this.#folder.requireRoom()
      const checkpoint = await this.#keep('checkpoint', name, thread)
      this.#options.operatorsLab().note('checkpoint-saved', { name })
      return checkpoint
    })
  }

  /** @throws LabError `not-found` */
  removeCheckpoint(id: string): Promise<void> {
    return this.#inTurn(() => this.#folder.remove(this.#folder.find(id).id))
  }

  /**
   * The lab of a checkpoint in the place of this one, which stays as the checkpoint `undo`. A lesson under way is left.
   * @param id `last`: the newest that was saved by somebody
   * @throws LabError `not-found`; `bad-request` when it is none that can be opened: nothing has changed then; `restore-failed` when the lab
   *   could not work by it: it was put back as it was
   */
  async restoreCheckpoint(id: string): Promise<Restored> {
    const file = this.#folder.pathOf(this.#folder.find(id).id)
    return this.#staged((staging) => this.#restore(file, staging))
  }

  /**
   * Writes the lab into a file that its owner alone can read.
   * @returns how it is called, and how it is removed again
   * @throws LabError `conflict` while a lesson is under way
   */
  async save(withSecrets: boolean): Promise<{ file: string; head: SnapshotHead; remove(): Promise<void> }> {
    const staging = this.#newStaging()
    const remove = (): Promise<void> => staging.remove()
    try {
      const file = staging.pathOf('snapshot')
      const asked = { id: newId(), name: null, kind: 'file', hasSecrets: withSecrets } as const
      const head = await this.#inTurn(() => this.#write(asked, file, staging.thread))
      return { file, head, remove }
    } catch (error) {
      await remove()
      throw error
    }
  }

  /** Gets ready for a snapshot that is about to come; whoever asks removes it. */
  incoming(): Incoming {
    const staging = this.#newStaging()
    const file = staging.pathOf('incoming')
    return { file, restore: () => this.#inTurn(() => this.#restore(file, staging)), remove: () => staging.remove() }
  }

  async #restore(file: string, { folder, thread }: Staging): Promise<Restored> {
    const wanted = await layOutSnapshot(file, join(folder, 'wanted'), await this.#options.secretBox, thread)
    const lab = await this.#options.outside()
    // Whatever may not be had here is asked for before anything is changed.
    await lab.stores.prepare(wanted.parts.cluster.store, null)
    const undo = await this.#keep('undo', wanted.head.name, thread)
    const cues = lab.lessons.cues()
    // From here on the next start undoes it, until everything is changed.
    this.#journal.write({ undo: undo.id, state: 'changing' })
    await this.#applyOrUndo(lab, wanted, { undo: undo.id, folder, thread })
    this.#journal.write({ undo: undo.id, state: 'changed' })
    // Within a class the lab goes back, not the class.
    if (wanted.head.kind !== 'file') lab.lessons.setCues(cues)
    await this.#folder.keepUndo(undo.id)
    this.#journal.clear()
    return { from: wanted.head, undo: undo.id, leftOut: wanted.parts.leftOut }
  }

  async #applyOrUndo(
    lab: LabParts,
    laid: Laid,
    { undo, folder, thread }: Pick<Staging, 'folder' | 'thread'> & { undo: string },
  ): Promise<void> {
    try {
      await this.#apply(lab, laid, thread)
      lab.note('lab-restored', { name: laid.head.name ?? '', madeAt: laid.head.madeAt })
    } catch (cause) {
      const reason = reasonOf(cause)
      try {
        const before = await layOutSnapshot(this.#folder.pathOf(undo), join(folder, 'before'), await this.#options.secretBox, thread)
        await this.#apply(lab, before, thread)
        this.#journal.clear()
      } catch (error) {
        console.error(error)
        throw new LabError(
          'restore-failed',
          `The snapshot could not be taken (${reason}), nor the lab be put back as it was: close AuthLab and start it again, and it is put back then.`,
          { cause },
        )
      }
      throw new LabError('restore-failed', `The snapshot could not be taken (${reason}). The lab is as it was before.`, { cause })
    }
  }

  async #apply(lab: LabParts, { parts, keys, laidOut }: Laid, thread: SnapshotThread): Promise<void> {
    const prepared = await lab.stores.prepare(parts.cluster.store, null)
    await lab.clients.replace([])
    lab.clock.setTo(parts.clock.labTime, parts.clock.isPaused)
    const settings = lab.settings.resume(parts.cluster, prepared)
    const records = keys && parseKeyRecords(keys.records)
    if (records) await lab.keys.replace(records, keyOverlap(parts.cluster.credentials.lifetimes))
    else await lab.keys.renew()
    const conditions = new Map(keys?.nodes.map(({ id, ...condition }) => [id, condition]))
    const plans = parts.nodes.map((node) => ({ ...node, keys: conditions.get(node.id) ?? null }))
    // Deliberate flaws are in no snapshot: whoever puts one back gets a sound target.
    await lab.cluster.replace({ keys: lab.keys.target, ...settings, weaknesses: [] }, plans, async () => {
      await thread.carryOut({ kind: 'replace-target', targetFile: this.#options.files.targetFile, from: laidOut.target })
    })
    lab.weaknesses.clear()
    if (parts.cluster.store === 'redis') await lab.stores.clearInUse()
    await lab.recorder.replace(laidOut.lab)
    await lab.credentials.reload()
    lab.log.forgetEnded()
    await lab.clients.replaceWith(parts.clients)
    lab.recorder.setRecording({ on: parts.recording.isOn, capacity: parts.recording.capacity })
    lab.keepCapacity(parts.recording.capacity)
    lab.log.publish({ type: 'clock', clock: readClock(lab.clock) })
    lab.log.publish({ type: 'resync' })
  }

  #keep(kind: 'checkpoint' | 'undo', name: string | null, thread: SnapshotThread): Promise<Checkpoint> {
    const id = newId()
    return this.#folder.add(id, (file) => this.#write({ id, name, kind, hasSecrets: true }, file, thread))
  }

  async #write(
    asked: Pick<SnapshotHead, 'id' | 'name' | 'kind' | 'hasSecrets'>,
    file: string,
    thread: SnapshotThread,
  ): Promise<SnapshotHead> {
    const { files, secretBox, operatorsLab } = this.#options
    const lab = operatorsLab()
    if (lab.lessons.current()) throw new LabError('conflict', 'A lesson is under way, on a lab of its own: leave it first.')
    const gathered = await gatherText(lab, asked.hasSecrets)
    const box = asked.kind === 'file' ? null : await secretBox
    const keys = gathered.keys !== null && box ? await box.seal(gathered.keys) : gathered.keys
    const { clock, version } = lab
    const head = { ...asked, madeAt: Date.now(), labTime: clock.nowMs(), labVersion: version, exchanges: 0, sessions: 0 }
    const { targetFile, labFile } = files
    return thread.carryOut({ kind: 'write', targetFile, labFile, file, head, text: { parts: gathered.parts, keys } })
  }

  #newStaging(): Staging {
    return new Staging(this.#options.files.folder)
  }

  /** In its turn, with a thread that loads until then. */
  async #staged<T>(work: (staging: Staging) => Promise<T>): Promise<T> {
    const staging = this.#newStaging()
    try {
      return await this.#inTurn(() => work(staging))
    } finally {
      await staging.remove()
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}
