import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SnapshotThread } from './snapshot-thread.ts'

const PREFIX = 'restore-'

/** Removes what a lab that ended in the middle has left in its data folder. */
export function clearStagings(dataFolder: string): void {
  for (const name of readdirSync(dataFolder)) if (name.startsWith(PREFIX)) rmSync(join(dataFolder, name), { recursive: true, force: true })
}

/** What one thing that is done with snapshots needs: a folder in the data folder, and a thread that loads meanwhile. */
export class Staging {
  readonly folder: string
  readonly thread: SnapshotThread

  constructor(dataFolder: string) {
    this.folder = mkdtempSync(join(dataFolder, PREFIX))
    this.thread = new SnapshotThread()
  }

  pathOf(name: string): string {
    return join(this.folder, name)
  }

  /** Nobody uses any of it any more when it resolves. Large files are removed without holding anybody up. */
  async remove(): Promise<void> {
    await this.thread.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}
