-- Ends a restore: from here on there is a store. Gives 1 done, also if it was before, or 0 if it was not under way.
-- KEYS  1 identity   2 the restore under way
-- ARGV  1 what is restored   2 level   3 store id   4 partitions   5 hash seed
if redis.call('HGET', KEYS[1], 'store') == ARGV[3] then return 1 end
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'format', ARGV[2], 'store', ARGV[3], 'partitions', ARGV[4], 'seed', ARGV[5], 'generation', '1')
redis.call('DEL', KEYS[2])
return 1
