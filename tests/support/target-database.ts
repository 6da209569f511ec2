import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Clock } from '../../src/server/clock.ts'
import { connectDatabase, openDatabase } from '../../src/server/storage/open.ts'

/** A real target database in a folder of its own. */
export interface TemporaryDatabase {
  folder: string
  file: string
  database: Database.Database
  /** A further connection, as another node or the control plane has. */
  connect(): Database.Database
  close(): void
}

/** Makes a fresh target database; `close` deletes it. */
export function temporaryTargetDatabase(): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-storage-'))
  const file = join(folder, 'target.db')
  const { database } = openDatabase(file, 'target')
  const others: Database.Database[] = []
  return {
    folder,
    file,
    database,
    connect() {
      const other = connectDatabase(file)
      others.push(other)
      return other
    },
    close() {
      for (const connection of [...others, database]) connection.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A clock that only moves when told to. */
export class ManualClock implements Clock {
  #now: number

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  nowMs(): number {
    return this.#now
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000
  }
}
