-- Appends one entry to a partition's log, or says why not. All or nothing, one writer wins a slot.
-- KEYS  1 incarnation   2 last (the head pointer)   3 the slot   4 the slot before it (absent for sequence 1)
-- ARGV  1 incarnation   2 sequence   3 the entry
-- Gives {0} appended, {1} it was there already, {2, bytes} taken, {3, incarnation} fenced, {4} gap.
local stored = redis.call('GET', KEYS[3])
-- Content comes first: our own bytes in the slot are a late success, whatever happened since.
if stored == ARGV[3] then return {1} end
local incarnation = redis.call('GET', KEYS[1])
if incarnation ~= ARGV[1] then return {3, incarnation or '0'} end
if stored then return {2, stored} end
-- Only GET and SET here: Garnet runs these two without waiting for its append-only file, any other call waits once more.
-- The pointer is written after its entry, so it vouches for the slot before; only where it lags is that slot asked.
local before = redis.call('GET', KEYS[2]) or '0'
if #KEYS == 4 and tonumber(before) ~= tonumber(ARGV[2]) - 1 and redis.call('EXISTS', KEYS[4]) == 0 then return {4} end
-- The entry before the pointer: a pointer that lags is found out by probing, one that leads would be a lie.
redis.call('SET', KEYS[3], ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
return {0}
