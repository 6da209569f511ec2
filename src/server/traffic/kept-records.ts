import type Database from 'better-sqlite3'

/** What is kept: access tokens that were issued, revocations, and the audit log. */
export type RecordKind = 'token' | 'revocation' | 'audit'

/** Records that changed and records that left, by ordinal; the text is JSON. */
export interface KeptChanges {
  put: [ordinal: number, json: string][]
  removed: number[]
}

/** What the lab knows of credentials, in its own database. Every method is one transaction. */
export class KeptRecords {
  readonly #read: Database.Statement<[RecordKind], string>
  readonly #write: (kind: RecordKind, changes: KeptChanges) => void
  readonly #clear: Database.Statement

  constructor(database: Database.Database) {
    this.#read = database.prepare<[RecordKind], string>('SELECT record FROM credential_records WHERE kind = ? ORDER BY ordinal').pluck()
    this.#clear = database.prepare('DELETE FROM credential_records')
    const put = database.prepare('INSERT OR REPLACE INTO credential_records (kind, ordinal, record) VALUES (?, ?, ?)')
    const remove = database.prepare('DELETE FROM credential_records WHERE kind = ? AND ordinal = ?')
    this.#write = database.transaction((kind: RecordKind, changes: KeptChanges) => {
      for (const [ordinal, json] of changes.put) put.run(kind, ordinal, json)
      for (const ordinal of changes.removed) remove.run(kind, ordinal)
    })
  }

  /** JSON of each, the oldest first. */
  read(kind: RecordKind): string[] {
    return this.#read.all(kind)
  }

  write(kind: RecordKind, changes: KeptChanges): void {
    this.#write(kind, changes)
  }

  clear(): void {
    this.#clear.run()
  }
}
