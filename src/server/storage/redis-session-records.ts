import type { RedisConnection } from './redis-connection.ts'
import { type RedisFields, type RedisScript, runScript, toFields } from './redis-script.ts'
import { REDIS_KEYS, REDIS_SCRIPTS } from './redis-session-scripts.ts'
import {
  isLive,
  type RecordToSave,
  type RecordTouch,
  type SessionFilter,
  type SessionRecords,
  type StoredRecord,
  TOMBSTONE_MS,
  TOUCH_ORDER_MS,
} from './session-records.ts'
import type { StoredSession } from './session-rows.ts'

/**
 * Redis counts its own expiry in real time and knows nothing of the lab clock: it is only there so that a store that everyone left is empty
 * in the end, and counts from the last save. What limits a session is in its hash.
 */
const KEEP_MS = 7 * 24 * 3_600_000
/** Sessions fetched at once for a list. */
const PAGE = 500

/** Sessions in one Redis server, shared by every node that is connected to it. Every change is one script, which Redis runs as one step. */
export class RedisSessionRecords implements SessionRecords {
  readonly #connection: RedisConnection

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  async find(id: string): Promise<StoredRecord | undefined> {
    return toRecord(id, await this.#connection.run((client) => client.hGetAll(REDIS_KEYS.session + id).catch(notAHash)))
  }

  async save(id: string, record: RecordToSave): Promise<StoredRecord | null> {
    const { account, device, node, data, now, idleExpiresAt, absoluteExpiresAt, isKnown } = record
    const values = [id, orNothing(account), orNothing(device), node, data, now, idleExpiresAt, absoluteExpiresAt, isKnown ? 1 : 0, KEEP_MS]
    const saved = await this.#run(REDIS_SCRIPTS.SAVE, REDIS_KEYS.session + id, values)
    return toRecord(id, toFields(saved)) ?? null
  }

  async touch(id: string, { seenAt, idleExpiresAt }: RecordTouch): Promise<StoredSession | null> {
    const values = [id, seenAt, idleExpiresAt, TOUCH_ORDER_MS]
    return toRecord(id, toFields(await this.#run(REDIS_SCRIPTS.TOUCH, REDIS_KEYS.session + id, values))) ?? null
  }

  async end(id: string): Promise<boolean> {
    return (await this.#run(REDIS_SCRIPTS.END, REDIS_KEYS.session + id, [id, TOMBSTONE_MS])) === 1
  }

  async endForAccount(account: string): Promise<string[]> {
    const ended = await this.#run(REDIS_SCRIPTS.END_FOR_ACCOUNT, REDIS_KEYS.account + account, [account, TOMBSTONE_MS])
    return Array.isArray(ended) ? ended.map(String) : []
  }

  async expire(id: string, now: number): Promise<StoredSession | null> {
    return toRecord(id, toFields(await this.#run(REDIS_SCRIPTS.EXPIRE, REDIS_KEYS.session + id, [id, now]))) ?? null
  }

  async list(now: number, { account, limit = Number.POSITIVE_INFINITY }: SessionFilter = {}): Promise<StoredRecord[]> {
    const list = account === undefined ? REDIS_KEYS.created : REDIS_KEYS.account + account
    const live: StoredRecord[] = []
    const gone: string[] = []
    for (let from = 0; live.length < limit; from += PAGE) {
      const ids = await this.#connection.run((client) => client.zRange(list, from, from + PAGE - 1, { REV: true }))
      const page = await this.#fetch(ids)
      for (const [index, found] of page.entries()) {
        if (!found) gone.push(ids[index] ?? '')
        else if (isLive(found, now) && (account === undefined || found.account === account)) live.push(found)
      }
      if (ids.length < PAGE) break
    }
    if (gone.length > 0) await this.#run(REDIS_SCRIPTS.UNLIST, list, gone)
    return live.slice(0, limit)
  }

  count(now: number): Promise<number> {
    return this.#connection.run((client) => client.zCount(REDIS_KEYS.expiry, `(${now}`, '+inf'))
  }

  async purge(before: number, limit: number): Promise<number> {
    return Number(await this.#run(REDIS_SCRIPTS.PURGE, REDIS_KEYS.expiry, [before, limit]))
  }

  async clear(): Promise<void> {
    await this.#run(REDIS_SCRIPTS.CLEAR, REDIS_KEYS.created, [])
  }

  #fetch(ids: readonly string[]): Promise<(StoredRecord | undefined)[]> {
    return this.#connection.run((client) => Promise.all(ids.map(async (id) => toRecord(id, await client.hGetAll(REDIS_KEYS.session + id)))))
  }

  #run(script: RedisScript, key: string, values: readonly (string | number)[]): Promise<unknown> {
    return runScript(this.#connection, script, key, values)
  }
}

const orNothing = (text: string | null): string => (text === null ? '' : `+${text}`)

/** Somebody else wrote something else under this key. */
function notAHash(error: unknown): RedisFields {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return { data: '' }
  throw error
}

/** Undefined when there are no fields. Fields that make no session leave a record whose data cannot be read, which its reader reports. */
function toRecord(id: string, fields: RedisFields): StoredRecord | undefined {
  if (Object.keys(fields).length === 0) return undefined
  const time = (name: string): number => Number(fields[name])
  const stored = {
    hash: id,
    account: fields['account'] ?? null,
    created_at: time('created_at'),
    last_seen_at: time('last_seen_at'),
    idle_expires_at: time('idle_expires_at'),
    absolute_expires_at: time('absolute_expires_at'),
    expired_at: fields['expired_at'] === undefined ? null : time('expired_at'),
    node: fields['node'] ?? null,
    device: fields['device'] ?? null,
    data: fields['data'] ?? '',
    version: Number(fields['version']),
  }
  const { created_at, last_seen_at, idle_expires_at, absolute_expires_at, version } = stored
  const isSound = [created_at, last_seen_at, idle_expires_at, absolute_expires_at, version].every(Number.isFinite)
  return isSound ? stored : { ...stored, ...UNREADABLE }
}

const UNREADABLE = {
  created_at: 0,
  last_seen_at: 0,
  idle_expires_at: Number.MAX_SAFE_INTEGER,
  absolute_expires_at: Number.MAX_SAFE_INTEGER,
  expired_at: null,
  data: '',
  version: 0,
}
