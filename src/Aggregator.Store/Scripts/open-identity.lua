-- Fixes the store's identity at its first start; gives {1 if this call did, then the fields as stored}.
-- KEYS  1 identity   ARGV  format, store id, partitions, hash seed, generation
local created = 0
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'store', ARGV[2], 'partitions', ARGV[3], 'seed', ARGV[4], 'generation', ARGV[5])
  created = 1
end
local fields = redis.call('HMGET', KEYS[1], 'format', 'store', 'partitions', 'seed', 'generation')
return {created, fields[1], fields[2], fields[3], fields[4], fields[5]}
