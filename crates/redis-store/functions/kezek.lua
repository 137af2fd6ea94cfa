#!lua name=kezek_v1
--[[
What Kezek does inside Redis: decide what is still current, then write a whole step or nothing.

Rules, each with a test in tests/tests/store_conformance:
- keys come only from KEYS, and all carry the hash tag of their centre;
- every check, of types too, comes before the first write, because Redis does not roll back;
- the first write of a function that adds is one that Redis refuses when it is out of memory;
- a record is compared and copied, never decoded;
- this text is never loaded over another one of the same name: a change is a new version, and a new name.

What each key holds:
  head        hash    lineage, number of the last change, bytes of the changes kept
  changes     stream  one entry <number>-0 per change
  trail       list    "<at_ms> <bytes>" per change kept, oldest first: trims the stream without reading it
  operations  hash    operation id -> "<number> <fingerprint> <answer>"
  ages        list    "<at_ms> <operation id>" per operation remembered, oldest first
  open        set     keys of the records to load at start
  queue       zset    keys of the incidents with an unfilled need, by priority, then age
  closed      zset    keys of the closed records, by the time of closing
  positions   hash    unit id -> "<measured_ms> …"
  lease       string  who dispatches now
  record:*    hash    version, state
--]]

local NO_LINEAGE = '00000000-0000-0000-0000-000000000000'

-- Stops the function before it has written anything.
local function stop(code, key, text)
  error({ err = code .. ' ' .. key .. ' ' .. text })
end

-- True if the key exists; stops if it holds another type.
local function exists(key, expected)
  local found = redis.call('TYPE', key).ok
  if found == 'none' then
    return false
  end
  if found ~= expected then
    stop('KEZEKTYPE', key, found .. ' ' .. expected)
  end
  return true
end

-- The version of a record as text; '0' if it does not exist.
local function version_of(key)
  if not exists(key, 'hash') then
    return '0'
  end
  local version = redis.call('HGET', key, 'version')
  if not version or not string.find(version, '^[1-9]%d*$') then
    stop('KEZEKDAMAGED', key, 'a record without a version')
  end
  return version
end

-- A number as the text Redis and Rust write it.
local function text(number)
  return string.format('%.0f', number)
end

-- The centre's lineage, last number and bytes kept.
local function read_head(key)
  if not exists(key, 'hash') then
    return NO_LINEAGE, 0, 0
  end
  local head = redis.call('HMGET', key, 'lineage', 'number', 'bytes')
  local number, bytes = tonumber(head[2] or ''), tonumber(head[3] or '')
  if not head[1] or not number or not bytes then
    stop('KEZEKDAMAGED', key, 'a head without lineage, number or bytes')
  end
  return head[1], number, bytes
end

-- How many changes are kept; stops unless stream and trail agree.
local function kept_changes(changes, trail, number)
  local in_stream = exists(changes, 'stream') and redis.call('XLEN', changes) or 0
  local in_trail = exists(trail, 'list') and redis.call('LLEN', trail) or 0
  if in_stream ~= in_trail or in_trail > number then
    stop('KEZEKDAMAGED', changes, in_stream .. ' changes, ' .. in_trail .. ' in the trail, number ' .. text(number))
  end
  return in_trail
end

-- Drops old changes: what is over the bytes at once, what is only old a few at a time. Cannot fail.
local function trim_changes(keys, kept, number, bytes, limits)
  local dropped, aged = 0, 0
  while kept - dropped > 1 do
    local at_ms, size = string.match(redis.call('LINDEX', keys.trail, 0), '^(%-?%d+) (%d+)$')
    if bytes <= limits.bytes then
      if (tonumber(at_ms) or 0) >= limits.oldest_ms or aged == limits.aged then
        break
      end
      aged = aged + 1
    end
    redis.call('LPOP', keys.trail)
    bytes = bytes - (tonumber(size) or 0)
    dropped = dropped + 1
  end
  if dropped > 0 then
    redis.call('XTRIM', keys.changes, 'MINID', '=', text(number - kept + 1 + dropped) .. '-0')
  end
  return bytes
end

-- Forgets a few operations that are older than they need be. Cannot fail.
local function forget_operations(keys, oldest_ms, most)
  for _ = 1, most do
    local oldest = redis.call('LINDEX', keys.ages, 0)
    local at_ms, operation = string.match(oldest or '', '^(%-?%d+) (%S+)$')
    if not at_ms or tonumber(at_ms) >= oldest_ms then
      return
    end
    redis.call('LPOP', keys.ages)
    redis.call('HDEL', keys.operations, operation)
  end
end

-- Puts a record on the indexes it belongs to, and takes it off the others. Cannot fail.
local function place(keys, write)
  if write.open == '1' then
    redis.call('SADD', keys.open, write.member)
  else
    redis.call('SREM', keys.open, write.member)
  end
  if write.queue ~= '-' then
    redis.call('ZADD', keys.queue, write.queue, write.member)
  else
    redis.call('ZREM', keys.queue, write.member)
  end
  if write.closed ~= '-' then
    redis.call('ZADD', keys.closed, write.closed, write.member)
  else
    redis.call('ZREM', keys.closed, write.member)
  end
end

--[[
Applies one step whole, or says why not.
Keys:      1 head, 2 changes, 3 trail, 4 operations, 5 ages, 6 open, 7 queue, 8 closed,
           then the records read, then the records written
Arguments: 1 operation, 2 fingerprint, 3 answer, 4 actor, 5 cause, 6 at, 7 at_ms, 8 bytes of the change,
           9 lineage seen or '', 10 number seen,
           11 oldest_ms and 12 bytes of the stream, 13 most changes dropped for age,
           14 oldest_ms of operations, 15 most operations forgotten,
           16 number of records read, then the version of each;
           then for each record written: version, member of the indexes, open ('1' or '0'), queue score or '-',
           closed ms or '-', state
Returns:   committed number | repeated number answer | other_content number
           | behind lineage number | conflict place-in-KEYS version
Events:    one entry of the stream: lineage, operation, fingerprint, answer, actor, cause, at, then for each record
           its key, place and state
--]]
local function commit(KEYS, ARGV)
  local keys = {
    head = KEYS[1], changes = KEYS[2], trail = KEYS[3], operations = KEYS[4],
    ages = KEYS[5], open = KEYS[6], queue = KEYS[7], closed = KEYS[8],
  }
  local operation, fingerprint, answer = ARGV[1], ARGV[2], ARGV[3]

  local known = exists(keys.operations, 'hash') and redis.call('HGET', keys.operations, operation)
  if known then
    local number, before, first_answer = string.match(known, '^(%d+) (%x+) (.*)$')
    if not number then
      stop('KEZEKDAMAGED', keys.operations, 'operation ' .. operation)
    end
    if before == fingerprint then
      return { 'repeated', number, first_answer }
    end
    return { 'other_content', number }
  end

  local lineage, number, bytes = read_head(keys.head)
  local is_other = ARGV[9] ~= '' and (ARGV[9] ~= lineage or tonumber(ARGV[10]) > number)
  if lineage == NO_LINEAGE or is_other then
    return { 'behind', lineage, text(number) }
  end

  local first_read, reads = 8, tonumber(ARGV[16])
  for read = 1, reads do
    local version = version_of(KEYS[first_read + read])
    if version ~= ARGV[16 + read] then
      return { 'conflict', first_read + read, version }
    end
  end
  local writes, argument = {}, 16 + reads
  for key = first_read + reads + 1, #KEYS do
    local version = version_of(KEYS[key])
    if version ~= ARGV[argument + 1] then
      return { 'conflict', key, version }
    end
    writes[#writes + 1] = {
      key = KEYS[key], member = ARGV[argument + 2], open = ARGV[argument + 3], queue = ARGV[argument + 4],
      closed = ARGV[argument + 5], state = ARGV[argument + 6],
    }
    argument = argument + 6
  end
  exists(keys.ages, 'list')
  exists(keys.open, 'set')
  exists(keys.queue, 'zset')
  exists(keys.closed, 'zset')
  local kept = kept_changes(keys.changes, keys.trail, number)

  -- The entry is written first: it is refused whole if memory is out or if the stream is already further on.
  local version = text(number + 1)
  local entry = {
    'lineage', lineage, 'operation', operation, 'fingerprint', fingerprint, 'answer', answer,
    'actor', ARGV[4], 'cause', ARGV[5], 'at', ARGV[6],
  }
  for _, write in ipairs(writes) do
    local fields = { 'record', write.member, 'place', write.open .. ' ' .. write.queue .. ' ' .. write.closed,
      'state', write.state }
    for _, field in ipairs(fields) do
      entry[#entry + 1] = field
    end
  end
  redis.call('XADD', keys.changes, version .. '-0', unpack(entry))
  redis.call('RPUSH', keys.trail, ARGV[7] .. ' ' .. ARGV[8])
  for _, write in ipairs(writes) do
    redis.call('HSET', write.key, 'version', version, 'state', write.state)
    place(keys, write)
  end
  redis.call('HSET', keys.operations, operation, version .. ' ' .. fingerprint .. ' ' .. answer)
  redis.call('RPUSH', keys.ages, ARGV[7] .. ' ' .. operation)
  local limits = { oldest_ms = tonumber(ARGV[11]), bytes = tonumber(ARGV[12]), aged = tonumber(ARGV[13]) }
  bytes = trim_changes(keys, kept + 1, number + 1, bytes + tonumber(ARGV[8]), limits)
  forget_operations(keys, tonumber(ARGV[14]), tonumber(ARGV[15]))
  redis.call('HSET', keys.head, 'number', version, 'bytes', text(bytes))
  return { 'committed', version }
end

--[[
Reads records at one moment.
Keys:      the records
Arguments: none
Returns:   version and state of each, or two nils
Events:    none
--]]
local function get(KEYS, ARGV)
  local found = {}
  for _, key in ipairs(KEYS) do
    local version = version_of(key)
    found[#found + 1] = version ~= '0' and version
    found[#found + 1] = version ~= '0' and redis.call('HGET', key, 'state')
  end
  return found
end

--[[
Reads the changes after a cursor.
Keys:      1 head, 2 changes, 3 trail
Arguments: 1 lineage, 2 number, 3 most changes
Returns:   some entries | none | trimmed first | behind lineage number
Events:    none
--]]
local function changes(KEYS, ARGV)
  local lineage, number = read_head(KEYS[1])
  local after = tonumber(ARGV[2])
  if ARGV[1] ~= lineage or after > number then
    return { 'behind', lineage, text(number) }
  end
  if after == number then
    return { 'none' }
  end
  local first = number - kept_changes(KEYS[2], KEYS[3], number) + 1
  if after + 1 < first then
    return { 'trimmed', text(first) }
  end
  return { 'some', redis.call('XRANGE', KEYS[2], text(after + 1) .. '-0', '+', 'COUNT', ARGV[3]) }
end

--[[
Removes records that an archive file holds: all of them, or none.
Keys:      1 open, 2 queue, 3 closed, then the records
Arguments: version and member of the indexes of each record
Returns:   all | conflict place-in-KEYS version | open place-in-KEYS
Events:    none: what it removes left every board when it was closed
--]]
local function forget(KEYS, ARGV)
  exists(KEYS[1], 'set')
  exists(KEYS[2], 'zset')
  exists(KEYS[3], 'zset')
  for key = 4, #KEYS do
    local version, member = ARGV[2 * (key - 4) + 1], ARGV[2 * (key - 4) + 2]
    local current = version_of(KEYS[key])
    if current ~= '0' then
      if current ~= version then
        return { 'conflict', key, current }
      end
      if redis.call('SISMEMBER', KEYS[1], member) == 1 or redis.call('ZSCORE', KEYS[2], member) then
        return { 'open', key }
      end
    end
  end
  for key = 4, #KEYS do
    redis.call('DEL', KEYS[key])
    redis.call('ZREM', KEYS[3], ARGV[2 * (key - 4) + 2])
  end
  return { 'all' }
end

--[[
Goes on under a new lineage, if the present one is still the expected one.
Keys:      1 head, 2 changes, 3 trail
Arguments: 1 expected lineage, 2 new lineage
Returns:   lineage and number of the store then
Events:    none: a follower sees that the lineage is not its own
--]]
local function begin_lineage(KEYS, ARGV)
  local lineage, number, bytes = read_head(KEYS[1])
  kept_changes(KEYS[2], KEYS[3], number)
  if lineage == ARGV[1] then
    lineage = ARGV[2]
    redis.call('HSET', KEYS[1], 'lineage', lineage, 'number', text(number), 'bytes', text(bytes))
  end
  return { lineage, text(number) }
end

--[[
Keeps of each unit the position measured last.
Keys:      1 positions
Arguments: for each: unit, measured_ms, the position as text that begins with measured_ms
Returns:   the position of every unit
Events:    none
--]]
local function positions(KEYS, ARGV)
  exists(KEYS[1], 'hash')
  for argument = 1, #ARGV, 3 do
    local known = redis.call('HGET', KEYS[1], ARGV[argument])
    local known_ms = known and tonumber(string.match(known, '^%-?%d+') or '')
    if not known_ms or known_ms < tonumber(ARGV[argument + 1]) then
      redis.call('HSET', KEYS[1], ARGV[argument], ARGV[argument + 2])
    end
  end
  return redis.call('HVALS', KEYS[1])
end

--[[
Takes or renews the lease.
Keys:      1 lease
Arguments: 1 holder, 2 time to live in ms
Returns:   held | held_by holder remaining_ms
Events:    none
--]]
local function lease(KEYS, ARGV)
  local holder = exists(KEYS[1], 'string') and redis.call('GET', KEYS[1])
  if holder and holder ~= ARGV[1] then
    return { 'held_by', holder, redis.call('PTTL', KEYS[1]) }
  end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return { 'held' }
end

--[[
Gives the lease back, if the asker has it.
Keys:      1 lease
Arguments: 1 holder
Returns:   released
Events:    none
--]]
local function release(KEYS, ARGV)
  if exists(KEYS[1], 'string') and redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
  end
  return { 'released' }
end

redis.register_function('kezek_commit_v1', commit)
redis.register_function({ function_name = 'kezek_get_v1', callback = get, flags = { 'no-writes' } })
redis.register_function({ function_name = 'kezek_changes_v1', callback = changes, flags = { 'no-writes' } })
-- Forgetting only frees memory, so it works when memory is out.
redis.register_function({ function_name = 'kezek_forget_v1', callback = forget, flags = { 'allow-oom' } })
redis.register_function('kezek_begin_lineage_v1', begin_lineage)
redis.register_function('kezek_positions_v1', positions)
redis.register_function('kezek_lease_v1', lease)
redis.register_function({ function_name = 'kezek_release_v1', callback = release, flags = { 'allow-oom' } })
