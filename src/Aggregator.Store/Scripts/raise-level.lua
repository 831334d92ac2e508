-- Raises the store's level, never lowers it; gives {before, after} as text, {'0', '0'} where there is no store.
-- KEYS  1 identity   ARGV  1 the level
local level = redis.call('HGET', KEYS[1], 'format')
if not level then return {'0', '0'} end
if tonumber(level) >= tonumber(ARGV[1]) then return {level, level} end
redis.call('HSET', KEYS[1], 'format', ARGV[1])
return {level, ARGV[1]}
