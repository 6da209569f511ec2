import { redisScript as script } from './redis-script.ts'

/** Names of keys. A session is one hash under its public id. */
export const REDIS_KEYS = {
  session: 'authlab:session:',
  /** Tombstones; Redis deletes them. */
  ended: 'authlab:ended:',
  /** By account: its sessions, scored by the time they were made. */
  account: 'authlab:account:',
  /** All sessions, scored by the time they were made. */
  created: 'authlab:created',
  /** All sessions, scored by the lab time at which they expire. */
  expiry: 'authlab:expiry',
} as const

const COMMON = `
local SESSION, ENDED, ACCOUNT, CREATED, EXPIRY =
  '${REDIS_KEYS.session}', '${REDIS_KEYS.ended}', '${REDIS_KEYS.account}', '${REDIS_KEYS.created}', '${REDIS_KEYS.expiry}'
local function limits(id)
  local found = redis.call('HMGET', SESSION .. id, 'idle_expires_at', 'absolute_expires_at', 'expired_at', 'account', 'created_at', 'last_seen_at')
  if not found[1] then return nil end
  return { idle = tonumber(found[1]), absolute = tonumber(found[2]), expired = found[3], account = found[4], created = found[5], seen = found[6] }
end
local function isLive(found, now)
  return not found.expired and found.idle > now and found.absolute > now
end
local function setExpiry(id, idle, absolute)
  redis.call('ZADD', EXPIRY, math.min(tonumber(idle), tonumber(absolute)), id)
end
local function remove(id, account)
  redis.call('DEL', SESSION .. id)
  redis.call('ZREM', CREATED, id)
  redis.call('ZREM', EXPIRY, id)
  if account then redis.call('ZREM', ACCOUNT .. account, id) end
end
`

/**
 * Saves a session; false when it has ended or expired, else its hash. A text that may be null comes as '+' and the text, or as nothing.
 * KEYS: session. ARGV: id, account, device, node, data, now, idle, absolute, 1 if known, milliseconds that Redis keeps it.
 */
const SAVE = script(`${COMMON}
local id, account, device, node, data, now, idle, absolute, known, keep = unpack(ARGV)
local found = limits(id)
if found then
  if not isLive(found, tonumber(now)) then return false end
  absolute = found.absolute
else
  if known == '1' or redis.call('EXISTS', ENDED .. id) == 1 then return false end
  found = { created = now }
  redis.call('HSET', KEYS[1], 'created_at', now, 'absolute_expires_at', absolute, 'node', node)
  redis.call('ZADD', CREATED, now, id)
end
redis.call('HSET', KEYS[1], 'data', data, 'last_seen_at', now, 'idle_expires_at', idle)
redis.call('HINCRBY', KEYS[1], 'version', 1)
if device == '' then redis.call('HDEL', KEYS[1], 'device') else redis.call('HSET', KEYS[1], 'device', string.sub(device, 2)) end
local owner = account ~= '' and string.sub(account, 2) or false
if found.account and found.account ~= owner then
  redis.call('ZREM', ACCOUNT .. found.account, id)
  redis.call('HDEL', KEYS[1], 'account')
end
if owner then
  redis.call('HSET', KEYS[1], 'account', owner)
  redis.call('ZADD', ACCOUNT .. owner, found.created, id)
end
setExpiry(id, idle, absolute)
redis.call('PEXPIRE', KEYS[1], keep)
return redis.call('HGETALL', KEYS[1])
`)

/** Moves the idle time-out on, never the data. KEYS: session. ARGV: id, seen at, idle, how late an older touch may come. */
const TOUCH = script(`${COMMON}
local id, seen, idle, order = unpack(ARGV)
local found = limits(id)
if not found or not isLive(found, tonumber(seen)) then return false end
local ahead = tonumber(found.seen) - tonumber(seen)
if ahead <= 0 or ahead > tonumber(order) then
  redis.call('HSET', KEYS[1], 'last_seen_at', seen, 'idle_expires_at', idle)
  setExpiry(id, idle, found.absolute)
end
return redis.call('HGETALL', KEYS[1])
`)

/** Deletes one session and leaves a tombstone. KEYS: session. ARGV: id, how long the tombstone stands, milliseconds. */
const END = script(`${COMMON}
local id = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local account = redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('HGET', KEYS[1], 'account')
redis.call('SET', ENDED .. id, '1', 'PX', ARGV[2])
remove(id, account)
return 1
`)

/** The same for all of an account, whose list it answers. KEYS: the account's list. ARGV: account, as above. */
const END_FOR_ACCOUNT = script(`${COMMON}
local ended = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('HGET', SESSION .. id, 'account') == ARGV[1] then
    redis.call('SET', ENDED .. id, '1', 'PX', ARGV[2])
    remove(id, ARGV[1])
    table.insert(ended, id)
  end
end
redis.call('DEL', KEYS[1])
return ended
`)

/** Lets a live session expire. KEYS: session. ARGV: id, now. */
const EXPIRE = script(`${COMMON}
local id, now = unpack(ARGV)
local found = limits(id)
if not found or not isLive(found, tonumber(now)) then return false end
redis.call('HSET', KEYS[1], 'expired_at', now, 'idle_expires_at', now)
setExpiry(id, now, now)
return redis.call('HGETALL', KEYS[1])
`)

/** Deletes expired sessions, and entries whose session is gone. KEYS: expiry. ARGV: lab time, how many at most. */
const PURGE = script(`${COMMON}
local ids = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do remove(id, redis.call('HGET', SESSION .. id, 'account')) end
return #ids
`)

/** Takes ids whose session is gone off a list. KEYS: list. ARGV: ids. */
const UNLIST = script(`${COMMON}
for _, id in ipairs(ARGV) do
  if redis.call('EXISTS', SESSION .. id) == 0 then
    redis.call('ZREM', KEYS[1], id)
    remove(id, false)
  end
end
return 0
`)

/** Deletes all sessions and their lists. KEYS: list of all. */
const CLEAR = script(`${COMMON}
for _, id in ipairs(redis.call('ZRANGE', CREATED, 0, -1)) do
  local account = redis.call('HGET', SESSION .. id, 'account')
  redis.call('DEL', SESSION .. id)
  if account then redis.call('DEL', ACCOUNT .. account) end
end
redis.call('DEL', CREATED, EXPIRY)
return 0
`)

/** The scripts by what they do. */
export const REDIS_SCRIPTS = { SAVE, TOUCH, END, END_FOR_ACCOUNT, EXPIRE, PURGE, UNLIST, CLEAR } as const
