/**
 * What runs inside Redis, each script as one step that nothing comes between (LEDGER.md 8). A window is a hash of
 * its slots' costs with their `sum`, and a list of its live slots, oldest first; a gate is a sorted set of permits by
 * the moment they expire. Times are microseconds of the store's own clock.
 *
 * ARGV[1] is the moment where a test sets the clock, and empty otherwise.
 */
export const CLOCK = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function text(number) return string.format('%.0f', number) end
`;

/** Brings a window to this moment: its current slot, what counts in it, and its newest slot, if any. */
const ADVANCE = `
local function advance(hash, list, width, slots)
  local slot = math.floor(now / width)
  local newest = tonumber(redis.call('LINDEX', list, -1) or nil)
  if newest and newest > slot then
    -- The clock went back: a little, and the newest slot goes on; by more than a window, and nothing is known.
    if newest <= slot + slots + 1 then slot = newest else
      redis.call('DEL', hash, list)
      newest = nil
    end
  end
  if not newest then return slot, 0, nil end
  local gone = 0
  local oldest = redis.call('LINDEX', list, 0)
  while oldest and tonumber(oldest) < slot - slots do
    gone = gone + (redis.call('HGET', hash, oldest) or 0)
    redis.call('HDEL', hash, oldest)
    redis.call('LPOP', list)
    oldest = redis.call('LINDEX', list, 0)
  end
  if not oldest then
    redis.call('DEL', hash, list)
    return slot, 0, nil
  end
  if gone > 0 then return slot, redis.call('HINCRBY', hash, 'sum', text(-gone)), newest end
  return slot, tonumber(redis.call('HGET', hash, 'sum') or 0), newest
end
local function live_on(hash, list, width, slots, slot)
  local life = text(math.ceil(((slot + slots + 2) * width - now) / 1000))
  redis.call('PEXPIRE', hash, life)
  redis.call('PEXPIRE', list, life)
end
local function add(hash, list, width, slots, slot, newest, units)
  redis.call('HINCRBY', hash, text(slot), text(units))
  redis.call('HINCRBY', hash, 'sum', text(units))
  if newest ~= slot then
    redis.call('RPUSH', list, text(slot))
    live_on(hash, list, width, slots, slot)
  end
end
`;

/**
 * KEYS: the memory, hash and list of each window, then each gate.
 * ARGV: moment, life of permits, memory, microseconds ahead, count of permits and they, count of windows, then width,
 * slots, limit and cost of each, then each gate's max.
 * Gives: place of what denies (from 1; 0: granted), microseconds until it may not, then slot, remaining and
 * microseconds to the reset of each window. Instead -1 where this is another memory; -2, place and slot where a
 * window of a day in which this memory began was not counted from elsewhere yet: nothing is counted then.
 */
export const ACQUIRE = `${CLOCK}${ADVANCE}
-- When so many units of a window will have gone. Beyond the first slots, by proportion: a long list is not walked.
local function free_at(list, hash, width, slots, units, sum, newest)
  local left, oldest = units, nil
  for from = 0, 150, 50 do
    local live = redis.call('LRANGE', list, from, from + 49)
    if #live == 0 then break end
    oldest = oldest or tonumber(live[1])
    local costs = redis.call('HMGET', hash, unpack(live))
    for place, cost in ipairs(costs) do
      left = left - (cost or 0)
      if left <= 0 then return (tonumber(live[place]) + slots + 1) * width end
    end
  end
  return (oldest + math.ceil((newest - oldest) * math.min(1, units / sum)) + slots + 1) * width
end

local life, memory, ahead, permits = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('HGET', KEYS[1], 'id') ~= memory then return {-1} end
local first = 6 + permits
local count = tonumber(ARGV[first])
local denied, wait = 0, 0
local windows = {}
for place = 1, count do
  local at = first + 4 * (place - 1)
  local hash, list = KEYS[2 * place], KEYS[2 * place + 1]
  local width, slots = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local limit = tonumber(ARGV[at + 3])
  local cost = math.min(tonumber(ARGV[at + 4]), limit)
  local slot, sum, newest = advance(hash, list, width, slots)
  if slots == 0 and cost > 0 and tonumber(memory) >= slot * width and redis.call('HGET', hash, 'known') ~= memory then
    return {-2, place, slot}
  end
  if ahead > 0 then
    local last = math.floor((now + ahead) / width)
    if slots > 0 then slot = math.max(slot, last) elseif last > slot then return {place, 0} end
  end
  local over = sum + cost - limit
  if over > 0 then
    local until_free = free_at(list, hash, width, slots, over, sum, newest) - now
    if until_free > wait then denied, wait = place, until_free end
  end
  windows[place] = {hash, list, width, slots, limit, cost, slot, sum, newest}
end
for place = 2 * count + 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[place], '-inf', text(now))
  local max = tonumber(ARGV[first + 2 * count - 1 + place])
  if redis.call('ZCARD', KEYS[place]) + permits > max and wait < 1000000 then
    denied, wait = place - count - 1, 1000000
  end
end
local answer = {denied, wait}
for place, window in ipairs(windows) do
  local hash, list, width, slots, limit, cost, slot, sum, newest = unpack(window, 1, 9)
  if denied == 0 and cost > 0 then
    add(hash, list, width, slots, slot, newest, cost)
    sum, newest = sum + cost, slot
  end
  local reset = 0
  if sum > 0 then reset = (newest + slots + 1) * width - now end
  local base = 3 * place
  answer[base], answer[base + 1], answer[base + 2] = slot, math.max(0, limit - sum), math.max(0, reset)
end
if denied == 0 then
  for place = 2 * count + 2, #KEYS do
    for permit = 6, 5 + permits do redis.call('ZADD', KEYS[place], text(now + life), ARGV[permit]) end
    redis.call('PEXPIRE', KEYS[place], text(math.ceil(life / 1000) + 1000))
  end
end
return answer
`;

/**
 * KEYS: hash and list of each window to correct, then each gate.
 * ARGV: moment, permit, count of windows, then width, slots, slot of the grant and difference of each.
 */
export const END = `${CLOCK}${ADVANCE}
local permit, count = ARGV[2], tonumber(ARGV[3])
for place = 2 * count + 1, #KEYS do redis.call('ZREM', KEYS[place], permit) end
for place = 1, count do
  local at = 4 * place - 1
  local hash, list = KEYS[2 * place - 1], KEYS[2 * place]
  local width, slots = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local granted, units = ARGV[at + 3], tonumber(ARGV[at + 4])
  local slot, _, newest = advance(hash, list, width, slots)
  if units > 0 then
    add(hash, list, width, slots, slot, newest, units)
  else
    local taken = math.min(-units, tonumber(redis.call('HGET', hash, granted) or 0))
    if taken > 0 then
      redis.call('HINCRBY', hash, granted, text(-taken))
      redis.call('HINCRBY', hash, 'sum', text(-taken))
    end
  end
end
return 1
`;

/**
 * KEYS: the gates of one permit. ARGV: moment, permit, its life, then each gate's max.
 * Gives 1, or 0 when the permit had expired and its place is taken.
 */
export const RENEW = `${CLOCK}
local permit, life = ARGV[2], tonumber(ARGV[3])
for place, gate in ipairs(KEYS) do
  local expires = tonumber(redis.call('ZSCORE', gate, permit) or 0)
  if expires <= now then
    redis.call('ZREM', gate, permit)
    redis.call('ZREMRANGEBYSCORE', gate, '-inf', text(now))
    if redis.call('ZCARD', gate) >= tonumber(ARGV[3 + place]) then return 0 end
  end
  redis.call('ZADD', gate, text(now + life), permit)
  redis.call('PEXPIRE', gate, text(math.ceil(life / 1000) + 1000))
end
return 1
`;
