import { CLOCK } from "./limit-scripts.ts";

/**
 * What nodes do when Redis has lost what it counted (LEDGER.md 8). The memory is a hash with the `id` that every
 * acquire must name, the moment from which it counts, and the `run` of the server that it was made in: a server that
 * was started anew has lost something, unless it writes every command down.
 */

/**
 * KEYS: the memory, the id of the one to come. ARGV: moment, microseconds that a new one waits for nodes.
 * Gives the id, and the microseconds until it counts.
 */
export const JOIN = `${CLOCK}
local wait = tonumber(ARGV[2])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local id, its = unpack(redis.call('HMGET', KEYS[1], 'id', 'run'))
if id and its ~= run then
  if string.find(redis.call('INFO', 'persistence'), 'aof_enabled:1', 1, true) then
    redis.call('HSET', KEYS[1], 'run', run)
  else
    redis.call('DEL', KEYS[1])
    id = nil
  end
end
if id then return {id, '0'} end
local coming = redis.call('GET', KEYS[2])
-- One that nobody came back for, or from before the server was started again.
if coming and now - coming > 10 * wait then coming = nil end
if not coming then
  coming = text(now + wait)
  redis.call('SET', KEYS[2], coming)
end
if now < tonumber(coming) then return {coming, text(coming - now)} end
redis.call('HSET', KEYS[1], 'id', coming, 'run', run)
redis.call('DEL', KEYS[2])
return {coming, '0'}
`;

/**
 * KEYS: hash and list of a window. ARGV: moment, memory, width, slots, then slot and units of each count.
 * Of a window of the day that is not known yet the units are kept apart, since its count is still to come.
 */
export const TELL = `${CLOCK}
local hash, list = KEYS[1], KEYS[2]
local memory, width, slots = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local oldest, newest = math.floor(now / width) - slots, nil
local apart = slots == 0 and redis.call('HGET', hash, 'known') ~= memory
for at = 5, #ARGV, 2 do
  local slot, units = tonumber(ARGV[at]), ARGV[at + 1]
  if slot >= oldest then
    newest = math.max(newest or slot, slot)
    if apart then redis.call('HINCRBY', hash, 'apart:' .. memory, units) else
      redis.call('HINCRBY', hash, text(slot), units)
      redis.call('HINCRBY', hash, 'sum', units)
    end
  end
end
if not newest then return 0 end
if not apart then
  local live = {}
  for _, field in ipairs(redis.call('HKEYS', hash)) do
    local slot = tonumber(field)
    if slot then live[#live + 1] = slot end
  end
  table.sort(live)
  newest = live[#live]
  redis.call('DEL', list)
  for _, slot in ipairs(live) do redis.call('RPUSH', list, text(slot)) end
end
local life = text(math.ceil(((newest + slots + 2) * width - now) / 1000))
redis.call('PEXPIRE', hash, life)
redis.call('PEXPIRE', list, life)
return 1
`;

/** KEYS: hash and list of a window of the day. ARGV: moment, memory, width, units that are known of this day. */
export const SETTLE_DAY = `${CLOCK}
local hash, list, memory, width = KEYS[1], KEYS[2], ARGV[2], tonumber(ARGV[3])
if redis.call('HGET', hash, 'known') == memory then return 0 end
local slot = math.floor(now / width)
local units = text(ARGV[4] + (redis.call('HGET', hash, 'apart:' .. memory) or 0))
redis.call('DEL', hash, list)
redis.call('HSET', hash, 'known', memory, 'sum', units, text(slot), units)
redis.call('RPUSH', list, text(slot))
local life = text(math.ceil(((slot + 2) * width - now) / 1000))
redis.call('PEXPIRE', hash, life)
redis.call('PEXPIRE', list, life)
return 1
`;
