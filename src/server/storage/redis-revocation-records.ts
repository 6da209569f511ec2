import { z } from 'zod'
import type { RedisConnection } from './redis-connection.ts'
import { type RedisScript, redisScript, runScript } from './redis-script.ts'
import {
  type AccountMark,
  DENIED_GRACE_MS,
  type DeniedToken,
  deniedKey,
  fromDeniedKey,
  type RevocationCounts,
  type RevocationFilter,
  type RevocationRecords,
  SWEPT,
} from './revocation-records.ts'

/** Names of keys. An entry is a JSON text under its own key; the lists are there to find them by. */
const KEYS = {
  denied: 'authlab:denied:',
  /** All entries, scored by the lab time at which they are over. */
  deniedByEnd: 'authlab:denied-by-end',
  mark: 'authlab:mark:',
  /** Accounts that have a mark. */
  marks: 'authlab:marks',
} as const

/** What runs in Redis, as the trace shows it. */
const COMMANDS = {
  findDenied: 'MGET authlab:denied:jti:<jti> authlab:denied:sid:<sid>',
  deny: 'EVALSHA <deny> 1 authlab:denied-by-end ...',
  findMark: 'HMGET authlab:mark:<account> not_before version changed_at',
  setNotBefore: 'EVALSHA <mark> 1 authlab:mark:<account> not_before ...',
  countUp: 'EVALSHA <mark> 1 authlab:mark:<account> version ...',
} as const

/** Redis counts its own expiry in real time and knows nothing of the lab clock: it only empties a store that everyone left. */
const KEEP_MS = 7 * 24 * 3_600_000

/** KEYS: list by end. ARGV: over before, how many to sweep, then for each entry: key, account, added, end, milliseconds that Redis keeps it. */
const DENY = redisScript(`
local DENIED = '${KEYS.denied}'
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])) do
  redis.call('DEL', DENIED .. key)
  redis.call('ZREM', KEYS[1], key)
end
for at = 3, #ARGV, 5 do
  local key, account, added, ends, keep = unpack(ARGV, at, at + 4)
  local before = redis.call('ZSCORE', KEYS[1], key)
  local known = before and redis.call('GET', DENIED .. key)
  if known then
    local entry = cjson.decode(known)
    account, added = entry[1], entry[2]
    if tonumber(before) > tonumber(ends) then ends = before end
  end
  redis.call('SET', DENIED .. key, cjson.encode({ account, tostring(added), tostring(ends) }), 'PX', keep)
  redis.call('ZADD', KEYS[1], ends, key)
end
return 0
`)

/** KEYS: mark. ARGV: what to change, at, account. */
const MARK = redisScript(`
local change, at, account = unpack(ARGV)
if change == 'version' then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
else
  local before = tonumber(redis.call('HGET', KEYS[1], 'not_before') or '0')
  if before < tonumber(at) then redis.call('HSET', KEYS[1], 'not_before', at) end
end
redis.call('HSET', KEYS[1], 'changed_at', at)
redis.call('SADD', '${KEYS.marks}', account)
return redis.call('HMGET', KEYS[1], 'not_before', 'version', 'changed_at')
`)

/** KEYS: list by end. */
const CLEAR = redisScript(`
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('DEL', '${KEYS.denied}' .. key) end
for _, account in ipairs(redis.call('SMEMBERS', '${KEYS.marks}')) do redis.call('DEL', '${KEYS.mark}' .. account) end
redis.call('DEL', KEYS[1], '${KEYS.marks}')
return 0
`)

const Entry = z.tuple([z.string(), z.coerce.number(), z.coerce.number()])
const Fields = z.tuple([z.string().nullable(), z.string().nullable(), z.string()])

/** An entry that somebody else spoiled still ends its token: it was put there to do so. */
function toDenied(key: string, text: string): DeniedToken {
  const [account, addedAt, expiresAt] = Entry.safeParse(parse(text)).data ?? ['', 0, Number.MAX_SAFE_INTEGER]
  return { ...fromDeniedKey(key), account, addedAt, expiresAt }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function toMark(account: string, fields: unknown): AccountMark | null {
  const { data } = Fields.safeParse(fields)
  if (!data) return null
  const [notBefore, version, changedAt] = data
  return { account, notBefore: notBefore === null ? null : Number(notBefore), version: Number(version ?? 0), changedAt: Number(changedAt) }
}

/** What ended early, in one Redis server, shared by every node that is connected to it. */
export class RedisRevocationRecords implements RevocationRecords {
  readonly store = 'redis'
  readonly statements = COMMANDS
  readonly #connection: RedisConnection

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  async findDenied(jti: string, sid: string | null): Promise<DeniedToken | null> {
    const keys = [`jti:${jti}`, ...(sid === null ? [] : [`sid:${sid}`])]
    const found = await this.#fetch(keys)
    return found[0] ?? null
  }

  async deny(entries: readonly DeniedToken[], now: number): Promise<void> {
    const values = entries.flatMap((entry) => {
      const { account, addedAt, expiresAt } = entry
      return [deniedKey(entry), account, addedAt, expiresAt, Math.max(0, expiresAt - now) + KEEP_MS]
    })
    await this.#run(DENY, KEYS.deniedByEnd, [now - DENIED_GRACE_MS, SWEPT + entries.length, ...values])
  }

  async findMark(account: string): Promise<AccountMark | null> {
    const fields = ['not_before', 'version', 'changed_at']
    return toMark(account, await this.#connection.run((client) => client.hmGet(KEYS.mark + account, fields)))
  }

  setNotBefore(account: string, at: number): Promise<AccountMark> {
    return this.#mark('not_before', account, at)
  }

  countUp(account: string, at: number): Promise<AccountMark> {
    return this.#mark('version', account, at)
  }

  async listDenied({ q, limit }: RevocationFilter): Promise<DeniedToken[]> {
    const keys = await this.#connection.run((client) => client.zRange(KEYS.deniedByEnd, 0, -1, { REV: true }))
    const entries = await this.#fetch(keys)
    return entries
      .filter((entry) => deniedKey(entry).includes(q) || entry.account.includes(q))
      .sort((a, b) => b.addedAt - a.addedAt)
      .slice(0, limit)
  }

  async listMarks({ q, limit }: RevocationFilter): Promise<AccountMark[]> {
    const accounts = (await this.#connection.run((client) => client.sMembers(KEYS.marks))).filter((account) => account.includes(q))
    const marks = await Promise.all(
      accounts
        .sort()
        .slice(0, limit)
        .map((account) => this.findMark(account)),
    )
    return marks.filter((mark) => mark !== null)
  }

  async counts(): Promise<RevocationCounts> {
    const [denied, marks] = await this.#connection.run((client) => Promise.all([client.zCard(KEYS.deniedByEnd), client.sCard(KEYS.marks)]))
    return { denied, marks }
  }

  async clear(): Promise<void> {
    await this.#run(CLEAR, KEYS.deniedByEnd, [])
  }

  async #fetch(keys: readonly string[]): Promise<DeniedToken[]> {
    if (keys.length === 0) return []
    const texts = await this.#connection.run((client) => client.mGet(keys.map((key) => KEYS.denied + key)))
    return texts.flatMap((text, index) => (text === null ? [] : [toDenied(keys[index] ?? '', text)]))
  }

  async #mark(change: 'not_before' | 'version', account: string, at: number): Promise<AccountMark> {
    const fields = await this.#run(MARK, KEYS.mark + account, [change, at, account])
    return toMark(account, fields) ?? { account, notBefore: at, version: 0, changedAt: at }
  }

  #run(ordered: RedisScript, key: string, values: readonly (string | number)[]): Promise<unknown> {
    return runScript(this.#connection, ordered, key, values)
  }
}
