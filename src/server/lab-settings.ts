import type Database from 'better-sqlite3'
import { z } from 'zod'
import { Mechanism } from '../contract/mechanism.ts'
import type { ClientIdentity } from './clients/virtual-client.ts'

const CLIENTS = 'clients'
const Identities = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    account: z.string(),
    device: z.string(),
    mechanism: Mechanism,
    isAttacker: z.boolean(),
  }),
)

/** Small values of the lab that outlive a restart. */
export class LabSettings {
  readonly #read: Database.Statement<[string], { value: string }>
  readonly #write: Database.Statement<[string, string]>

  /** @param database the lab's own */
  constructor(database: Database.Database) {
    this.#read = database.prepare('SELECT value FROM settings WHERE name = ?')
    this.#write = database.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)')
  }

  /** The clients of the last run; null when there was none. Their jars are not kept: they are new user agents. */
  clients(): ClientIdentity[] | null {
    const row = this.#read.get(CLIENTS)
    if (!row) return null
    const kept = Identities.safeParse(JSON.parse(row.value))
    return kept.success ? kept.data : null
  }

  keepClients(identities: readonly ClientIdentity[]): void {
    this.#write.run(CLIENTS, JSON.stringify(identities))
  }
}
