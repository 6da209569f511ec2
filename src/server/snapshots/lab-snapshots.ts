import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
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
import { carryOut } from './snapshot-thread.ts'

const STAGING = 'restore-'

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
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: LabSnapshotsOptions) {
    this.#options = options
    const { folder } = options.files
    for (const name of readdirSync(folder)) if (name.startsWith(STAGING)) rmSync(join(folder, name), { recursive: true, force: true })
    this.#folder = new CheckpointFolder(folder)
  }

  checkpoints(): Checkpoint[] {
    return this.#folder.list()
  }

  /** @throws LabError `conflict` when there are as many as may be, or a lesson is under way */
  saveCheckpoint(name: string): Promise<Checkpoint> {
    return this.#inTurn(async () => {
      this.#folder.requireRoom()
      const checkpoint = await this.#keep('checkpoint', name)
      this.#options.operatorsLab().note('checkpoint-saved', { name })
      return checkpoint
    })
  }

  /** @throws LabError `not-found` */
  removeCheckpoint(id: string): void {
    this.#folder.remove(this.#folder.find(id).id)
  }

  /** @param id `last`: the newest that was saved by somebody. @throws LabError as {@link restore}, and `not-found` */
  async restoreCheckpoint(id: string): Promise<Restored> {
    return this.restore(this.#folder.pathOf(this.#folder.find(id).id))
  }

  /**
   * Writes the lab into a file that its owner alone can read.
   * @returns how it is called, and how it is removed again
   * @throws LabError `conflict` while a lesson is under way
   */
  save(withSecrets: boolean): Promise<{ file: string; head: SnapshotHead; remove(): void }> {
    return this.#inTurn(async () => {
      const staging = this.#newStaging()
      const remove = (): void => rmSync(staging, { recursive: true, force: true })
      try {
        const file = join(staging, 'snapshot')
        const head = await this.#write({ id: newId(), name: null, kind: 'file', hasSecrets: withSecrets }, file)
        return { file, head, remove }
      } catch (error) {
        remove()
        throw error
      }
    })
  }

  /** Where a file that comes in is put; whoever asks removes it. */
  newStaging(): string {
    return this.#newStaging()
  }

  /**
   * The lab of a snapshot in the place of this one, which stays as the checkpoint `undo`. A lesson under way is left.
   * @throws LabError `bad-request` when it is none that can be opened: nothing has changed then; `restore-failed` when the lab could not work
   *   by it: it was put back as it was
   */
  restore(file: string): Promise<Restored> {
    return this.#inTurn(async () => {
      const staging = this.#newStaging()
      try {
        const laid = await layOutSnapshot(file, join(staging, 'wanted'), await this.#options.secretBox)
        const lab = await this.#options.outside()
        // Whatever may not be had here is asked for before anything is changed.
        await lab.stores.prepare(laid.parts.cluster.store, null)
        const undo = await this.#keep('undo', laid.head.name)
        const cues = lab.lessons.cues()
        await this.#applyOrUndo(lab, laid, { undo: undo.id, staging })
        // Within a class the lab goes back, not the class.
        if (laid.head.kind !== 'file') lab.lessons.setCues(cues)
        for (const { id, kind } of this.#folder.list()) if (kind === 'undo' && id !== undo.id) this.#folder.remove(id)
        return { from: laid.head, undo: undo.id, leftOut: laid.parts.leftOut }
      } finally {
        rmSync(staging, { recursive: true, force: true })
      }
    })
  }

  async #applyOrUndo(lab: LabParts, laid: Laid, { undo, staging }: { undo: string; staging: string }): Promise<void> {
    try {
      await this.#apply(lab, laid)
      lab.note('lab-restored', { name: laid.head.name ?? '', madeAt: laid.head.madeAt })
    } catch (cause) {
      const reason = reasonOf(cause)
      try {
        await this.#apply(lab, await layOutSnapshot(this.#folder.pathOf(undo), join(staging, 'before'), await this.#options.secretBox))
      } catch (error) {
        console.error(error)
        throw new LabError(
          'restore-failed',
          `The snapshot could not be taken (${reason}), nor the lab be put back as it was: restart AuthLab, then go back to the checkpoint of before.`,
          { cause },
        )
      }
      throw new LabError('restore-failed', `The snapshot could not be taken (${reason}). The lab is as it was before.`, { cause })
    }
  }

  async #apply(lab: LabParts, { parts, keys, laidOut }: Laid): Promise<void> {
    const prepared = await lab.stores.prepare(parts.cluster.store, null)
    await lab.clients.replace([])
    lab.clock.setTo(parts.clock.labTime, parts.clock.isPaused)
    const settings = lab.settings.resume(parts.cluster, prepared)
    const records = keys && parseKeyRecords(keys.records)
    if (records) await lab.keys.replace(records, keyOverlap(parts.cluster.credentials.lifetimes))
    else await lab.keys.renew()
    const conditions = new Map(keys?.nodes.map(({ id, ...condition }) => [id, condition]))
    const plans = parts.nodes.map((node) => ({ ...node, keys: conditions.get(node.id) ?? null }))
    await lab.cluster.replace({ keys: lab.keys.target, ...settings }, plans, async () => {
      await carryOut({ kind: 'replace-target', targetFile: this.#options.files.targetFile, from: laidOut.target })
    })
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

  #keep(kind: 'checkpoint' | 'undo', name: string | null): Promise<Checkpoint> {
    const id = newId()
    return this.#folder.add(id, (file) => this.#write({ id, name, kind, hasSecrets: true }, file))
  }

  async #write(asked: Pick<SnapshotHead, 'id' | 'name' | 'kind' | 'hasSecrets'>, file: string): Promise<SnapshotHead> {
    const { files, secretBox, operatorsLab } = this.#options
    const lab = operatorsLab()
    if (lab.lessons.current()) throw new LabError('conflict', 'A lesson is under way, on a lab of its own: leave it first.')
    const gathered = await gatherText(lab, asked.hasSecrets)
    const box = asked.kind === 'file' ? null : await secretBox
    const keys = gathered.keys !== null && box ? await box.seal(gathered.keys) : gathered.keys
    const { clock, version } = lab
    const head = { ...asked, madeAt: Date.now(), labTime: clock.nowMs(), labVersion: version, exchanges: 0, sessions: 0 }
    const { targetFile, labFile } = files
    return carryOut({ kind: 'write', targetFile, labFile, file, head, text: { parts: gathered.parts, keys } })
  }

  #newStaging(): string {
    return mkdtempSync(join(this.#options.files.folder, STAGING))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}
