#!lua name=kezek_presence_v1
--[[
Who is there: which duty desks were heard, and when. A library of its own, because the text of kezek.lua is never loaded
over another one of its name; its rules hold here too.

What each key holds:
  presence    hash    station id -> "<heard_ms> <station id>"
--]]

--[[
Notes that duty desks are heard now, by the time of this Redis, and says when each was last heard.
Keys:      1 presence
Arguments: the stations heard
Returns:   now_ms, then "<heard_ms> <station id>" of every desk that ever was
Events:    none
--]]
local function presence(KEYS, ARGV)
  local found = redis.call('TYPE', KEYS[1]).ok
  if found ~= 'none' and found ~= 'hash' then
    error({ err = 'KEZEKTYPE ' .. KEYS[1] .. ' ' .. found .. ' hash' })
  end
  local time = redis.call('TIME')
  local now_ms = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  for _, station in ipairs(ARGV) do
    redis.call('HSET', KEYS[1], station, now_ms .. ' ' .. station)
  end
  local answer = redis.call('HVALS', KEYS[1])
  table.insert(answer, 1, now_ms)
  return answer
end

redis.register_function('kezek_presence_v1', presence)
