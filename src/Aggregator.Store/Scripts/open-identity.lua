-- Fixes the store's identity at its first start; gives {1 if this call did, then the fields as stored}.
-- KEYS  1 identity   2 incarnation of partition 0   3 a restore under way   ARGV  level, store id, partitions, hash seed, 1 if it must exist
-- {-1} where it must exist and does not, {-2} where the log it belongs to is there without it, {-3} where a restore has not ended;
-- nothing is written then.
local created = 0
if redis.call('EXISTS', KEYS[1]) == 0 then
  if redis.call('EXISTS', KEYS[3]) == 1 then
    return {-3}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {-2}
  end
  if ARGV[5] == '1' then
    return {-1}
  end
  -- Hosts from before levels know the level as the format, and refuse one that they do not know. They read a generation too.
  redis.call('HSET', KEYS[1], 'format', ARGV[1], 'store', ARGV[2], 'partitions', ARGV[3], 'seed', ARGV[4], 'generation', '1')
  created = 1
end
local fields = redis.call('HMGET', KEYS[1], 'format', 'store', 'partitions', 'seed')
return {created, fields[1], fields[2], fields[3], fields[4]}
