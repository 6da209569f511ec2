import { redisScript } from './redis-script.ts'
import type { UseState } from './refresh-store.ts'

/** Names of keys. Ids are SHA-256 in hexadecimal; the raw token is nowhere. */
export const REFRESH_KEYS = {
  /** One hash a token. */
  token: 'authlab:refresh:token:',
  /** One hash a family. */
  family: 'authlab:refresh:family:',
  /** The tokens of a family in the order of their issue. */
  members: 'authlab:refresh:members:',
  /** By account: its families, scored by the lab time at which they began. */
  account: 'authlab:refresh:account:',
  /** All families, scored by the lab time at which they began. */
  created: 'authlab:refresh:created',
  /** All families, scored by their absolute end in lab time. */
  end: 'authlab:refresh:end',
} as const

const COMMON = `
local TOKEN, FAMILY, MEMBERS, ACCOUNT, CREATED, END =
  '${REFRESH_KEYS.token}', '${REFRESH_KEYS.family}', '${REFRESH_KEYS.members}', '${REFRESH_KEYS.account}',
  '${REFRESH_KEYS.created}', '${REFRESH_KEYS.end}'
local function remove(id)
  for _, token in ipairs(redis.call('LRANGE', MEMBERS .. id, 0, -1)) do redis.call('DEL', TOKEN .. token) end
  local account = redis.call('HGET', FAMILY .. id, 'account')
  if account then redis.call('ZREM', ACCOUNT .. account, id) end
  redis.call('DEL', FAMILY .. id, MEMBERS .. id)
  redis.call('ZREM', CREATED, id)
  redis.call('ZREM', END, id)
end
local function add(id, family, parent, now, idle, keep)
  redis.call('HSET', TOKEN .. id, 'family', family, 'issued_at', now, 'idle_expires_at', idle)
  if parent then redis.call('HSET', TOKEN .. id, 'parent', parent) end
  redis.call('RPUSH', MEMBERS .. family, id)
  if keep then
    redis.call('PEXPIRE', TOKEN .. id, keep)
    redis.call('PEXPIRE', MEMBERS .. family, keep)
  end
end
local function revoke(id, reason, now)
  if redis.call('EXISTS', FAMILY .. id) == 0 or redis.call('HEXISTS', FAMILY .. id, 'revoked_at') == 1 then return 0 end
  redis.call('HSET', FAMILY .. id, 'revoked_at', now, 'revoked_reason', reason)
  return 1
end
`

/**
 * Begins a family, and sweeps away some that ended long ago. A text that may be null comes as '+' and the text, or as nothing.
 * KEYS: family. ARGV: id, account, client, scope, device, now, idle, absolute, milliseconds that Redis keeps it, sweep before, how many.
 */
const BEGIN = redisScript(`${COMMON}
local id, account, client, scope, device, now, idle, absolute, keep, before, count = unpack(ARGV)
for _, old in ipairs(redis.call('ZRANGE', END, '-inf', before, 'BYSCORE', 'LIMIT', 0, count)) do remove(old) end
redis.call('HSET', KEYS[1], 'account', account, 'scope', scope, 'created_at', now, 'absolute_expires_at', absolute)
if client ~= '' then redis.call('HSET', KEYS[1], 'client_id', string.sub(client, 2)) end
if device ~= '' then redis.call('HSET', KEYS[1], 'device', string.sub(device, 2)) end
redis.call('PEXPIRE', KEYS[1], keep)
redis.call('ZADD', ACCOUNT .. account, now, id)
redis.call('ZADD', CREATED, now, id)
redis.call('ZADD', END, absolute, id)
add(id, id, false, now, idle, keep)
return 1
`)

/** A token with its family, as two flat lists of fields; false when unknown. KEYS: token. */
const FIND = redisScript(`${COMMON}
local family = redis.call('HGET', KEYS[1], 'family')
if not family or redis.call('EXISTS', FAMILY .. family) == 0 then return false end
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', FAMILY .. family) }
`)

const USE: Readonly<Record<UseState, string>> = {
  live: 'live',
  revoked: 'revoked',
  reused: 'reused',
  'idle-expired': 'idle-expired',
  'absolute-expired': 'absolute-expired',
}

/**
 * Uses a token once: what {@link judgeUse} says, in Redis. Answers the state, token and family as they were before; false when unknown.
 * KEYS: token. ARGV: id, id of the next, now, idle end of the next, grace in milliseconds.
 */
const ROTATE = redisScript(`${COMMON}
local id, following, now, idle, grace = unpack(ARGV)
local family = redis.call('HGET', KEYS[1], 'family')
if not family or redis.call('EXISTS', FAMILY .. family) == 0 then return false end
local token = redis.call('HGETALL', KEYS[1])
local bound = redis.call('HGETALL', FAMILY .. family)
local used = redis.call('HGET', KEYS[1], 'used_at')
local state = '${USE.live}'
if redis.call('HEXISTS', FAMILY .. family, 'revoked_at') == 1 then state = '${USE.revoked}'
elseif tonumber(redis.call('HGET', FAMILY .. family, 'absolute_expires_at')) <= tonumber(now) then state = '${USE['absolute-expired']}'
elseif used and math.abs(tonumber(now) - tonumber(used)) >= tonumber(grace) then state = '${USE.reused}'
elseif tonumber(redis.call('HGET', KEYS[1], 'idle_expires_at')) <= tonumber(now) then state = '${USE['idle-expired']}' end
if state == '${USE.reused}' then
  revoke(family, 'reused', now)
  redis.call('HSET', KEYS[1], 'reused_at', now)
elseif state == '${USE.live}' then
  if not used then redis.call('HSET', KEYS[1], 'used_at', now) end
  local left = redis.call('PTTL', FAMILY .. family)
  add(following, family, id, now, idle, left > 0 and left)
end
return { state, token, bound }
`)

/** Ends a family; 0 when it had been ended, or is none. KEYS: family. ARGV: id, reason, now. */
const REVOKE = redisScript(`${COMMON}
return revoke(ARGV[1], ARGV[2], ARGV[3])
`)

/** Ends those of an account that are in force and answers their ids. KEYS: the account's list. ARGV: reason, now. */
const REVOKE_ALL = redisScript(`${COMMON}
local reason, now = unpack(ARGV)
local ended = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local absolute = redis.call('HGET', FAMILY .. id, 'absolute_expires_at')
  if not absolute then redis.call('ZREM', KEYS[1], id)
  elseif tonumber(absolute) > tonumber(now) and revoke(id, reason, now) == 1 then table.insert(ended, id) end
end
return ended
`)

/** A family and its tokens, each as its id and a flat list of fields; false when it is gone. KEYS: family. ARGV: id. */
const LIST_ONE = redisScript(`${COMMON}
local family = redis.call('HGETALL', KEYS[1])
if #family == 0 then return false end
local tokens = {}
for _, id in ipairs(redis.call('LRANGE', MEMBERS .. ARGV[1], 0, -1)) do table.insert(tokens, { id, redis.call('HGETALL', TOKEN .. id) }) end
return { family, tokens }
`)

/** Takes families that are gone off the lists. KEYS: list. ARGV: ids. */
const UNLIST = redisScript(`${COMMON}
for _, id in ipairs(ARGV) do
  if redis.call('EXISTS', FAMILY .. id) == 0 then
    redis.call('ZREM', KEYS[1], id)
    remove(id)
  end
end
return 0
`)

/** Deletes all families and their lists. KEYS: list of all. */
const CLEAR = redisScript(`${COMMON}
for _, id in ipairs(redis.call('ZRANGE', CREATED, 0, -1)) do remove(id) end
redis.call('DEL', CREATED, END)
return 0
`)

/** The scripts by what they do. */
export const REFRESH_SCRIPTS = { BEGIN, FIND, ROTATE, REVOKE, REVOKE_ALL, LIST_ONE, UNLIST, CLEAR } as const
