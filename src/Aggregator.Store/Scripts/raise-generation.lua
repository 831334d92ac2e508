-- Raises the fold generation from what the caller knows; gives what stands after.
-- KEYS  1 identity   ARGV  1 the generation expected   2 the next
local generation = redis.call('HGET', KEYS[1], 'generation') or '0'
if generation ~= ARGV[1] then return generation end
redis.call('HSET', KEYS[1], 'generation', ARGV[2])
return ARGV[2]
