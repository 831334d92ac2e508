-- Notes that hosts work on a fold generation; gives 1, or 0 while it is being dropped.
-- KEYS  1 the generations, each with its cluster, '' while it is being dropped   ARGV  1 the generation   2 the cluster
if redis.call('HGET', KEYS[1], ARGV[1]) == '' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
