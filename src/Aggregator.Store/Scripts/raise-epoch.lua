-- Raises an entity's epoch and makes the entity known, before its first change shows anywhere; gives {epoch, version} as text.
-- KEYS  1 the row   2 the set of known ids
-- ARGV  1 the entity's id   2 '1' if a row is to be there already: without one nothing is raised, and {'0', '0'} given,
--         or {'-1', '0'} if the entity is known, so that one was there
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then
  return {redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 and '-1' or '0', '0'}
end
local epoch = redis.call('HINCRBY', KEYS[1], '$e', 1)
redis.call('SADD', KEYS[2], ARGV[1])
return {tostring(epoch), redis.call('HGET', KEYS[1], '$v') or '0'}
