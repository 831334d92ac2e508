-- Writes the changed fields and chunks of one entity's row if its version and epoch are those expected; gives {1, new version} or {0, actual version}.
-- KEYS  1 the row   2 the set of known ids   then the chunks, then the parent's set of children (only if asked for)
-- ARGV  1 expected version   2 new version   3 the entity's id   4 number n of fields to set   5 number c of chunks
--       6 expected epoch ('' for any)   7 number d of fields that go first   8 number b of fields that are set before all else
--       then b names and values, then n names and values, the version ($v) last, then c values of chunks, an empty one for a chunk that goes,
--       then the names of d fields that go before the others are set, then of those that go after it
-- On Garnet a kill may come between two calls, and what they did stays: so what is set is set by one, chunks come before it and go after it, and what says that they
-- may be ahead of it comes before them.
local stands = redis.call('HMGET', KEYS[1], '$v', '$e')
local actual = stands[1] or '0'
-- A later epoch is another activation's: it has read the row, and what it told rests on that.
if actual ~= ARGV[1] or (ARGV[6] ~= '' and (stands[2] or '0') ~= ARGV[6]) then return {0, actual} end
local unpack = unpack or table.unpack
local chunks = tonumber(ARGV[5])
local firstSet = 9 + 2 * tonumber(ARGV[8])
local firstChunk = firstSet + 2 * tonumber(ARGV[4])
local firstGone = firstChunk + chunks
local firstLast = firstGone + tonumber(ARGV[7])
if #KEYS == 3 + chunks then redis.call('SADD', KEYS[3 + chunks], ARGV[3]) end
if actual == '0' then redis.call('SADD', KEYS[2], ARGV[3]) end
if firstSet > 9 then redis.call('HSET', KEYS[1], unpack(ARGV, 9, firstSet - 1)) end
local gone = {}
for i = 1, chunks do
  local value = ARGV[firstChunk + i - 1]
  if value == '' then gone[#gone + 1] = KEYS[2 + i] else redis.call('SET', KEYS[2 + i], value) end
end
if firstGone < firstLast then redis.call('HDEL', KEYS[1], unpack(ARGV, firstGone, firstLast - 1)) end
redis.call('HSET', KEYS[1], unpack(ARGV, firstSet, firstChunk - 1))
if firstLast <= #ARGV then redis.call('HDEL', KEYS[1], unpack(ARGV, firstLast, #ARGV)) end
if #gone > 0 then redis.call('DEL', unpack(gone)) end
return {1, ARGV[2]}
