import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import { z } from 'zod'
import { CueList, NO_CUES } from '../contract/cues.ts'
import { LessonProgress } from '../contract/lessons.ts'
import { Mechanism } from '../contract/mechanism.ts'
import type { ClientIdentity } from './clients/virtual-client.ts'

const CLIENTS = 'clients'
const CAPACITY = 'capture-capacity'
const LONGEST_TOKEN = 'longest-token'
/** Name of the row that unknown names in the audit log are hashed with. */
export const AUDIT_SECRET = 'audit-secret'
const PROGRESS = 'lesson-progress'
const CUES = 'cues'
const Progress = z.array(LessonProgress)
const Positive = z.number().int().positive()
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
    return this.#get(CLIENTS, Identities)
  }

  keepClients(identities: readonly ClientIdentity[]): void {
    this.#write.run(CLIENTS, JSON.stringify(identities))
  }

  /** How many exchanges to keep; null unless the operator decided it. */
  captureCapacity(): number | null {
    return this.#get(CAPACITY, Positive)
  }

  keepCaptureCapacity(capacity: number): void {
    this.#write.run(CAPACITY, JSON.stringify(capacity))
  }

  /** The longest that an access token of this folder can have been given to live, seconds; null when that was never set. */
  longestTokenSeconds(): number | null {
    return this.#get(LONGEST_TOKEN, Positive)
  }

  keepLongestToken(seconds: number): void {
    this.#write.run(LONGEST_TOKEN, JSON.stringify(seconds))
  }

  /** What unknown names in the audit log are hashed with; made at the first use. */
  auditSecret(): string {
    const kept = this.#get(AUDIT_SECRET, z.string())
    if (kept !== null) return kept
    const secret = randomBytes(32).toString('base64url')
    this.#write.run(AUDIT_SECRET, JSON.stringify(secret))
    return secret
  }

  /** What has been done of the lessons. */
  lessonProgress(): LessonProgress[] {
    return this.#get(PROGRESS, Progress) ?? []
  }

  keepLessonProgress(progress: readonly LessonProgress[]): void {
    this.#write.run(PROGRESS, JSON.stringify(progress))
  }

  /** What the instructor plans for a class. */
  cues(): CueList {
    return this.#get(CUES, CueList) ?? NO_CUES
  }

  keepCues(cues: CueList): void {
    this.#write.run(CUES, JSON.stringify(cues))
  }

  #get<T>(name: string, schema: z.ZodType<T>): T | null {
    const row = this.#read.get(name)
    if (!row) return null
    const kept = schema.safeParse(JSON.parse(row.value))
    return kept.success ? kept.data : null
  }
}
