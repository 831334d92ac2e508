-- Raises the incarnation from what the caller knows; gives what stands after, so a loser sees the winner's.
-- KEYS  1 incarnation   ARGV  1 the incarnation expected   2 the next
local incarnation = redis.call('GET', KEYS[1]) or '0'
if incarnation ~= ARGV[1] then return incarnation end
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
