import { RedisStore } from 'connect-redis'
import type { SessionData } from 'express-session'
import type { RedisSessionRecords } from '../../storage/redis-session-records.ts'
import type { RecordToSave, SessionRecords, StoredRecord } from '../../storage/session-records.ts'

/** One save on its way through connect-redis, which answers no more than that it is done. */
interface Saving {
  readonly record: RecordToSave
  saved: StoredRecord | null
}

/** connect-redis hands on untouched what these return: text where Redis is spoken to directly, here the record itself. */
const AS_IT_IS = {
  parse: (found: unknown) => found as SessionData,
  stringify: (saving: unknown) => saving as string,
}

/** The part of a Redis client that connect-redis uses to read and to save. */
const asClient = (records: RedisSessionRecords) => ({
  get: (id: string) => records.find(id),
  async set(id: string, saving: Saving) {
    saving.saved = await records.save(id, saving.record)
  },
})

/**
 * Sessions in Redis as connect-redis reads and saves them, through a client whose `set` is one script: connect-redis by itself overwrites
 * whatever is there, brings back what another node has just ended, and leaves time-outs to the clock of the server. What it has no
 * operation for, or answers too little to, goes to the records.
 */
export function recordsOfConnectRedis(records: RedisSessionRecords): SessionRecords {
  const store = new RedisStore({ client: asClient(records), prefix: '', serializer: AS_IT_IS, disableTTL: true, disableTouch: true })
  return {
    find: async (id) => (await store.get(id)) ?? undefined,
    save: async (id, record) => {
      const saving: Saving = { record, saved: null }
      await store.set(id, saving as unknown as SessionData)
      return saving.saved
    },
    touch: (id, touch) => records.touch(id, touch),
    end: (id) => records.end(id),
    endForAccount: (account) => records.endForAccount(account),
    expire: (id, now) => records.expire(id, now),
    list: (now, filter) => records.list(now, filter),
    count: (now) => records.count(now),
    purge: (before, limit) => records.purge(before, limit),
    clear: () => records.clear(),
  }
}
