#!lua name=kezek_v3
--[[
What Kezek does inside Redis: decide what is still current, then write a whole step or nothing; and take back, at the
same numbers, what a Redis that was put back to an older copy has lost.

Rules, each with a test in tests/tests/store_conformance:
- keys come only from KEYS, and all carry the hash tag of their centre;
- every check, of types too, comes before the first write, because Redis does not roll back;
- the first write of a function that adds is one that Redis refuses when it is out of memory;
- a record is compared and copied, never decoded;
- this text is never loaded over another one of the same name: a change is a new version, and a new name, of the
  library and of every function in it.

What each key holds:
  head        hash    lineage, number of the last change, bytes of the changes kept; while what was lost is put back the
                      lineage is NO_LINEAGE, so that nothing commits
  restoring   hash    only meanwhile: lineage that is restored, begun_ms, lost (the last change before the first that an
                      emptied store was given), forked (1 once a node had another change at the same number), and
                      offer:<node> -> "offer <first> <last> <operation> <renewed_ms> <node>"
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

-- What a command answers that Redis refuses for another type than the expected one: its check costs no call of its own.
local function ask(expected, command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) == 'table' and answer.err then
    exists(key, expected)
    error({ err = answer.err })
  end
  return answer
end

-- The version of a record as text; '0' if it does not exist. The expected one decides which question is asked first.
local function version_of(key, expected)
  if expected == '0' and not exists(key, 'hash') then
    return '0'
  end
  local version = ask('hash', 'HGET', key, 'version')
  if version and string.find(version, '^[1-9]%d*$') then
    return version
  end
  if version or exists(key, 'hash') then
    stop('KEZEKDAMAGED', key, 'a record without a version')
  end
  return '0'
end

-- A number as the text Redis and Rust write it.
local function text(number)
  return string.format('%.0f', number)
end

-- The centre's lineage, last number and bytes kept.
local function read_head(key)
  local head = ask('hash', 'HMGET', key, 'lineage', 'number', 'bytes')
  if not (head[1] or head[2] or head[3]) and not exists(key, 'hash') then
    return NO_LINEAGE, 0, 0
  end
  local number, bytes = tonumber(head[2] or ''), tonumber(head[3] or '')
  if not head[1] or not number or not bytes then
    stop('KEZEKDAMAGED', key, 'a head without lineage, number or bytes')
  end
  return head[1], number, bytes
end

-- How many changes are kept; stops unless stream and trail agree.
local function kept_changes(changes, trail, number)
  local in_stream, in_trail = ask('stream', 'XLEN', changes), ask('list', 'LLEN', trail)
  if in_stream ~= in_trail or in_trail > number then
    stop('KEZEKDAMAGED', changes, in_stream .. ' changes, ' .. in_trail .. ' in the trail, number ' .. text(number))
  end
  return in_trail
end

-- The keys that a change is written to besides its records.
local function fixed_keys(KEYS)
  return {
    head = KEYS[1], changes = KEYS[2], trail = KEYS[3], operations = KEYS[4],
    ages = KEYS[5], open = KEYS[6], queue = KEYS[7], closed = KEYS[8],
  }
end

-- Stops unless changes can be written; how many are kept.
local function check_writable(keys, number)
  exists(keys.open, 'set')
  exists(keys.queue, 'zset')
  exists(keys.closed, 'zset')
  exists(keys.operations, 'hash')
  exists(keys.ages, 'list')
  return kept_changes(keys.changes, keys.trail, number)
end

-- Drops old changes: what is over the bytes at once, what is only old a few at a time. Cannot fail.
local function trim_changes(keys, head, oldest_ms, limits)
  local first, aged = head.number - head.kept + 1, 0
  local from = first
  while head.kept > 1 do
    local at_ms, size = string.match(redis.call('LINDEX', keys.trail, 0), '^(%-?%d+) (%d+)$')
    if head.bytes <= limits.bytes then
      if (tonumber(at_ms) or 0) >= oldest_ms or aged == limits.aged then
        break
      end
      aged = aged + 1
    end
    redis.call('LPOP', keys.trail)
    head.bytes = head.bytes - (tonumber(size) or 0)
    head.kept = head.kept - 1
    first = first + 1
  end
  if first > from then
    redis.call('XTRIM', keys.changes, 'MINID', '=', text(first) .. '-0')
  end
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

-- Puts a record on the indexes it belongs to, and takes it off the others, of which a new one is on none. Cannot fail.
local function place(keys, write)
  if write.open == '1' then
    redis.call('SADD', keys.open, write.member)
  elseif not write.is_new then
    redis.call('SREM', keys.open, write.member)
  end
  if write.queue ~= '-' then
    redis.call('ZADD', keys.queue, write.queue, write.member)
  elseif not write.is_new then
    redis.call('ZREM', keys.queue, write.member)
  end
  if write.closed ~= '-' then
    redis.call('ZADD', keys.closed, write.closed, write.member)
  elseif not write.is_new then
    redis.call('ZREM', keys.closed, write.member)
  end
end

-- A change as the ten arguments after this one describe it, without its records.
local function described(ARGV, argument)
  return {
    operation = ARGV[argument + 1], fingerprint = ARGV[argument + 2], answer = ARGV[argument + 3],
    actor = ARGV[argument + 4], cause = ARGV[argument + 5], at = ARGV[argument + 6], at_ms = ARGV[argument + 7],
    bytes = ARGV[argument + 8], stream_oldest_ms = ARGV[argument + 9], operations_oldest_ms = ARGV[argument + 10],
    writes = {},
  }
end

-- A record as the five arguments after this one say that it will be.
local function written(key, ARGV, argument)
  return {
    key = key, member = ARGV[argument + 1], open = ARGV[argument + 2], queue = ARGV[argument + 3],
    closed = ARGV[argument + 4], state = ARGV[argument + 5],
  }
end

-- What is kept, as the three arguments after this one limit it.
local function keeping(ARGV, argument)
  return {
    bytes = tonumber(ARGV[argument + 1]), aged = tonumber(ARGV[argument + 2]), forgotten = tonumber(ARGV[argument + 3]),
  }
end

--[[
Writes the change after head.number, new or put back, and moves the head, which the caller writes down. Everything is
checked before, so only its first write can fail: then nothing is written, and why is returned.
--]]
local function write_change(keys, head, change, limits)
  local version = text(head.number + 1)
  local entry = {
    'lineage', head.lineage, 'operation', change.operation, 'fingerprint', change.fingerprint,
    'answer', change.answer, 'actor', change.actor, 'cause', change.cause, 'at', change.at,
  }
  for _, write in ipairs(change.writes) do
    local fields = { 'record', write.member, 'place', write.open .. ' ' .. write.queue .. ' ' .. write.closed,
      'state', write.state }
    for _, field in ipairs(fields) do
      entry[#entry + 1] = field
    end
  end
  -- The entry is written first: it is refused whole if memory is out or if the stream is already further on.
  local added = redis.pcall('XADD', keys.changes, version .. '-0', unpack(entry))
  if type(added) == 'table' and added.err then
    return added.err
  end
  head.number = head.number + 1
  redis.call('RPUSH', keys.trail, change.at_ms .. ' ' .. change.bytes)
  head.kept, head.bytes = head.kept + 1, head.bytes + tonumber(change.bytes)
  for _, write in ipairs(change.writes) do
    redis.call('HSET', write.key, 'version', version, 'state', write.state)
    place(keys, write)
  end
  redis.call('HSET', keys.operations, change.operation,
    version .. ' ' .. change.fingerprint .. ' ' .. change.answer)
  redis.call('RPUSH', keys.ages, change.at_ms .. ' ' .. change.operation)
  trim_changes(keys, head, tonumber(change.stream_oldest_ms), limits)
  forget_operations(keys, tonumber(change.operations_oldest_ms), limits.forgotten)
end

-- The step whose records begin after this key and whose arguments begin after this one, and where both end.
local function step_at(KEYS, ARGV, key, argument)
  local change = described(ARGV, argument)
  local lineage, number = ARGV[argument + 11], tonumber(ARGV[argument + 12])
  local step = { change = change, lineage = lineage, number = number, reads = {} }
  local reads, writes = tonumber(ARGV[argument + 13]), tonumber(ARGV[argument + 14])
  argument = argument + 14
  for _ = 1, reads do
    key, argument = key + 1, argument + 1
    step.reads[#step.reads + 1] = { key = KEYS[key], version = ARGV[argument] }
  end
  for _ = 1, writes do
    key, argument = key + 1, argument + 1
    local write = written(KEYS[key], ARGV, argument)
    write.version, write.is_new = ARGV[argument], ARGV[argument] == '0'
    change.writes[#change.writes + 1] = write
    argument = argument + 5
  end
  return step, key, argument
end

-- What a step is answered that is not to be written; nil for one that is.
local function judge(keys, head, step)
  local change = step.change
  local known = redis.call('HGET', keys.operations, change.operation)
  if known then
    local number, before, first_answer = string.match(known, '^(%d+) (%x+) (.*)$')
    if not number then
      stop('KEZEKDAMAGED', keys.operations, 'operation ' .. change.operation)
    end
    if before == change.fingerprint then
      return { 'repeated', number, first_answer }
    end
    return { 'other_content', number }
  end
  local is_other = step.lineage ~= '' and (step.lineage ~= head.lineage or step.number > head.number)
  if head.lineage == NO_LINEAGE or is_other then
    return { 'behind', head.lineage, text(head.number) }
  end
  for place, read in ipairs(step.reads) do
    local version = version_of(read.key, read.version)
    if version ~= read.version then
      return { 'conflict', place, version }
    end
  end
  for place, write in ipairs(change.writes) do
    local version = version_of(write.key, write.version)
    if version ~= write.version then
      return { 'conflict', #step.reads + place, version }
    end
  end
end

--[[
Applies steps in order, each whole or not at all and whatever becomes of the others.
Keys:      1 head, 2 changes, 3 trail, 4 operations, 5 ages, 6 open, 7 queue, 8 closed,
           then for each step the records read, then the records written
Arguments: 1 most bytes of the stream, 2 most changes dropped for age, 3 most operations forgotten;
           then for each step: 1 operation, 2 fingerprint, 3 answer, 4 actor, 5 cause, 6 at, 7 at_ms,
           8 bytes of the change, 9 oldest_ms of the stream, 10 oldest_ms of operations,
           11 lineage seen or '', 12 number seen, 13 number of records read, 14 number of records written;
           then the version of each record read;
           then for each record written: version, member of the indexes, open ('1' or '0'), queue score or '-',
           closed ms or '-', state
Returns:   for each step: committed number | repeated number answer | other_content number
           | behind lineage number | conflict place-among-its-records version | failed error
Events:    for each step committed one entry of the stream: lineage, operation, fingerprint, answer, actor, cause, at,
           then for each record its key, place and state
--]]
local function commit(KEYS, ARGV)
  local keys, limits = fixed_keys(KEYS), keeping(ARGV, 0)
  local lineage, number, bytes = read_head(keys.head)
  local kept = check_writable(keys, number)
  local head = { lineage = lineage, number = number, bytes = bytes, kept = kept }
  local answers, key, argument = {}, 8, 3
  while argument < #ARGV do
    local step
    step, key, argument = step_at(KEYS, ARGV, key, argument)
    local is_judged, answer = pcall(judge, keys, head, step)
    if not is_judged then
      answer = { 'failed', type(answer) == 'table' and answer.err or tostring(answer) }
    elseif not answer then
      local failure = write_change(keys, head, step.change, limits)
      answer = failure and { 'failed', failure } or { 'committed', text(head.number) }
    end
    answers[#answers + 1] = answer
  end
  if head.number > number then
    redis.call('HSET', keys.head, 'number', text(head.number), 'bytes', text(head.bytes))
  end
  return answers
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
  -- numbers without a lineage are those of a store that is being restored: nobody may go on from them
  local is_nowhere = lineage == NO_LINEAGE and number > 0
  if is_nowhere or ARGV[1] ~= lineage or after > number then
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
Goes on under a new lineage, if the present one is still the expected one and nothing is being put back.
Keys:      1 head, 2 changes, 3 trail, 4 restoring
Arguments: 1 expected lineage, 2 new lineage
Returns:   lineage and number of the store then
Events:    none: a follower sees that the lineage is not its own
--]]
local function begin_lineage(KEYS, ARGV)
  local lineage, number, bytes = read_head(KEYS[1])
  kept_changes(KEYS[2], KEYS[3], number)
  if not exists(KEYS[4], 'hash') and lineage == ARGV[1] then
    lineage = ARGV[2]
    redis.call('HSET', KEYS[1], 'lineage', lineage, 'number', text(number), 'bytes', text(bytes))
  end
  return { lineage, text(number) }
end

-- The time of this Redis.
local function time_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

--[[
The restore that is under way, with the offers that count and the nodes whose offers no longer do; nil if none is. An
offer from far ahead does not count: this Redis's clock was set back since.
--]]
local function read_restoring(key, lineage, fresh_ms)
  if not exists(key, 'hash') then
    return nil
  end
  local noted = redis.call('HMGET', key, 'lineage', 'begun_ms', 'lost', 'forked')
  local begun_ms, lost = tonumber(noted[2] or ''), tonumber(noted[3] or '')
  if not noted[1] or not begun_ms or not lost or not noted[4] or lineage ~= NO_LINEAGE then
    stop('KEZEKDAMAGED', key, 'a restore that does not say of what or since when, or of a store with a lineage')
  end
  local restoring = {
    lineage = noted[1], begun_ms = begun_ms, lost = lost, forked = noted[4] == '1', now_ms = time_ms(),
    offers = {}, stale = {},
  }
  for _, value in ipairs(redis.call('HVALS', key)) do
    local first, last, operation, renewed_ms, node =
      string.match(value, '^offer (%d+) (%d+) (%S+) (%-?%d+) (.+)$')
    if node and math.abs(restoring.now_ms - tonumber(renewed_ms)) < fresh_ms then
      table.insert(restoring.offers, { node = node, first = first, last = last, operation = operation })
    elseif node then
      table.insert(restoring.stale, node)
    end
  end
  return restoring
end

-- What is said of a restore, after this word.
local function progress(word, restoring, number)
  local said = {
    word, restoring.lineage, text(number), text(restoring.lost), restoring.forked and '1' or '0',
    text(restoring.now_ms), text(restoring.begun_ms),
  }
  for _, offer in ipairs(restoring.offers) do
    table.insert(said, offer.node)
    table.insert(said, offer.first)
    table.insert(said, offer.last)
    table.insert(said, offer.operation)
  end
  return said
end

-- True if the change of this number is kept and another operation made it.
local function is_other(changes, number, operation)
  local id = text(number) .. '-0'
  local entry = redis.call('XRANGE', changes, id, id)[1]
  return entry ~= nil and entry[2][4] ~= operation
end

-- True if the store has everything that is offered, and something is. A forked one has not, whatever its number.
local function is_whole(restoring, number)
  for _, offer in ipairs(restoring.offers) do
    if tonumber(offer.last) > number then
      return false
    end
  end
  return not restoring.forked and #restoring.offers > 0
end

-- True if some node can go on where the store is. Every node can go on with an emptied one, and none with a forked one.
local function is_reachable(restoring, number)
  for _, offer in ipairs(restoring.forked and {} or restoring.offers) do
    if number == 0 or (tonumber(offer.first) <= number + 1 and tonumber(offer.last) > number) then
      return true
    end
  end
  return false
end

--[[
Offers to give back what may be lost, or renews an offer: begins a restore if something is.
Keys:      1 head, 2 changes, 3 trail, 4 restoring
Arguments: 1 node, 2 lineage, 3 first, 4 last, 5 operation of the last,
           6 for how many ms an offer counts, 7 most nodes whose offers count
Returns:   whole lineage number | forked lineage number
           | under_way lineage number lost forked now_ms begun_ms,
             then node, first, last and operation of each offer that counts
           | other lineage number, then the lineage that is being restored, if one is | crowded nodes
Events:    none: a follower sees that the lineage is not its own
--]]
local function offer(KEYS, ARGV)
  local node, lineage, first, last, operation = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
  local current, number, bytes = read_head(KEYS[1])
  kept_changes(KEYS[2], KEYS[3], number)
  local restoring = read_restoring(KEYS[4], current, tonumber(ARGV[6]))
  if restoring and restoring.lineage ~= lineage then
    return { 'other', current, text(number), restoring.lineage }
  end
  local begins = not restoring
  if begins then
    if current == lineage and tonumber(last) <= number then
      return { is_other(KEYS[2], tonumber(last), operation) and 'forked' or 'whole', current, text(number) }
    end
    local is_empty = current == NO_LINEAGE and number == 0
    if current ~= lineage and not is_empty then
      return { 'other', current, text(number) }
    end
    local now_ms = time_ms()
    restoring = {
      lineage = lineage, begun_ms = now_ms, lost = 0, forked = false, now_ms = now_ms, offers = {}, stale = {},
    }
  end

  if #restoring.offers == 0 or restoring.begun_ms > restoring.now_ms then
    restoring.begun_ms = restoring.now_ms
  end
  restoring.forked = restoring.forked or is_other(KEYS[2], tonumber(last), operation)
  local offers = { { node = node, first = first, last = last, operation = operation } }
  for _, other in ipairs(restoring.offers) do
    if other.node ~= node then
      table.insert(offers, other)
    end
  end
  if #offers > tonumber(ARGV[7]) then
    return { 'crowded', #offers }
  end
  restoring.offers = offers

  local noted = { 'offer', first, last, operation, text(restoring.now_ms), node }
  redis.call('HSET', KEYS[4], 'lineage', lineage, 'begun_ms', text(restoring.begun_ms), 'lost', text(restoring.lost),
    'forked', restoring.forked and '1' or '0', 'offer:' .. node, table.concat(noted, ' '))
  for _, stale in ipairs(restoring.stale) do
    if stale ~= node then
      redis.call('HDEL', KEYS[4], 'offer:' .. stale)
    end
  end
  if begins then
    redis.call('HSET', KEYS[1], 'lineage', NO_LINEAGE, 'number', text(number), 'bytes', text(bytes))
  end
  return progress('under_way', restoring, number)
end

--[[
Says how far a restore is.
Keys:      1 head, 2 restoring
Arguments: 1 for how many ms an offer counts
Returns:   none | under_way as offer says it
Events:    none
--]]
local function restoring(KEYS, ARGV)
  local lineage, number = read_head(KEYS[1])
  local found = read_restoring(KEYS[2], lineage, tonumber(ARGV[1]))
  return found and progress('under_way', found, number) or { 'none' }
end

--[[
Writes changes again that follow on where the store is: all of them, or none. A store that holds nothing takes any as its
first.
Keys:      1 head, 2 changes, 3 trail, 4 operations, 5 ages, 6 open, 7 queue, 8 closed, 9 restoring,
           then the records of every change in order
Arguments: 1 lineage, 2 operation of the change before the first or '', 3 number of the first change or '',
           4 most bytes of the stream, 5 most changes dropped for age, 6 most operations forgotten;
           then for each change: 1 operation, 2 fingerprint, 3 answer, 4 actor, 5 cause, 6 at, 7 at_ms,
           8 bytes of the change, 9 oldest_ms of the stream, 10 oldest_ms of operations, 11 number of records;
           then for each of its records: member of the indexes, open ('1' or '0'), queue score or '-', closed ms or '-',
           state
Returns:   done number | elsewhere number | forked number | not_restoring lineage number
Events:    one entry of the stream for each change, as commit writes it
--]]
local function put_back(KEYS, ARGV)
  local keys, lineage = fixed_keys(KEYS), ARGV[1]
  local current, number, bytes = read_head(keys.head)
  local under_way = read_restoring(KEYS[9], current, 0)
  if not under_way or under_way.lineage ~= lineage then
    return { 'not_restoring', current, text(number) }
  end
  if ARGV[3] == '' then
    return { 'done', text(number) }
  end
  local first = tonumber(ARGV[3])
  if number > 0 and first ~= number + 1 then
    return { 'elsewhere', text(number) }
  end
  local kept = check_writable(keys, number)
  if under_way.forked or (ARGV[2] ~= '' and is_other(keys.changes, number, ARGV[2])) then
    redis.call('HSET', KEYS[9], 'forked', '1')
    return { 'forked', text(number) }
  end
  local changes, key, argument = {}, 9, 6
  while argument < #ARGV do
    local change, records = described(ARGV, argument), tonumber(ARGV[argument + 11])
    argument = argument + 11
    for _ = 1, records do
      key = key + 1
      version_of(KEYS[key])
      change.writes[#change.writes + 1] = written(KEYS[key], ARGV, argument)
      argument = argument + 5
    end
    changes[#changes + 1] = change
  end

  local head, limits = { lineage = lineage, number = first - 1, bytes = bytes, kept = kept }, keeping(ARGV, 3)
  for _, change in ipairs(changes) do
    local failure = write_change(keys, head, change, limits)
    if failure then
      error({ err = failure })
    end
  end
  if first ~= number + 1 then
    redis.call('HSET', KEYS[9], 'lost', text(first - 1))
  end
  redis.call('HSET', keys.head, 'number', text(head.number), 'bytes', text(head.bytes))
  return { 'done', text(head.number) }
end

--[[
Ends a restore: the lineage goes on if the store has everything offered, a new one begins if nobody can give what it
lacks.
Keys:      1 head, 2 restoring
Arguments: 1 lineage, 2 'whole' or 'under', 3 the lineage from then on, 4 ms since its beginning at least,
           5 for how many ms an offer counts
Returns:   over lineage number | not_yet as offer says under_way
Events:    none: a follower that knows the lineage goes on, any other sees that it is not its own
--]]
local function end_restore(KEYS, ARGV)
  local current, number = read_head(KEYS[1])
  local under_way = read_restoring(KEYS[2], current, tonumber(ARGV[5]))
  if not under_way or under_way.lineage ~= ARGV[1] then
    return { 'over', current, text(number) }
  end
  local may_end = is_whole(under_way, number)
  if ARGV[2] == 'under' then
    may_end = not may_end and not is_reachable(under_way, number)
  end
  if not may_end or under_way.now_ms - under_way.begun_ms < tonumber(ARGV[4]) then
    return progress('not_yet', under_way, number)
  end
  redis.call('HSET', KEYS[1], 'lineage', ARGV[3])
  redis.call('DEL', KEYS[2])
  return { 'over', ARGV[3], text(number) }
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

redis.register_function('kezek_commit_v3', commit)
redis.register_function({ function_name = 'kezek_get_v3', callback = get, flags = { 'no-writes' } })
redis.register_function({ function_name = 'kezek_changes_v3', callback = changes, flags = { 'no-writes' } })
-- Forgetting only frees memory, so it works when memory is out.
redis.register_function({ function_name = 'kezek_forget_v3', callback = forget, flags = { 'allow-oom' } })
redis.register_function('kezek_begin_lineage_v3', begin_lineage)
redis.register_function('kezek_offer_v3', offer)
redis.register_function({ function_name = 'kezek_restoring_v3', callback = restoring, flags = { 'no-writes' } })
redis.register_function('kezek_put_back_v3', put_back)
redis.register_function('kezek_end_restore_v3', end_restore)
redis.register_function('kezek_positions_v3', positions)
redis.register_function('kezek_lease_v3', lease)
redis.register_function({ function_name = 'kezek_release_v3', callback = release, flags = { 'allow-oom' } })
