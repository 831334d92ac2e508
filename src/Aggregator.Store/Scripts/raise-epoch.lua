-- Raises an entity's epoch and makes the entity known, before its first change shows anywhere; gives the epoch.
-- KEYS  1 the row   2 the set of known ids
-- ARGV  1 the entity's id
redis.call('SADD', KEYS[2], ARGV[1])
return redis.call('HINCRBY', KEYS[1], '$e', 1)
