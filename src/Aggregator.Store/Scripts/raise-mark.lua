-- Raises a whole number kept as text, never lowers it; gives what stands after.
-- KEYS  1 the mark   ARGV  1 the number
local mark = redis.call('GET', KEYS[1]) or '0'
if tonumber(mark) >= tonumber(ARGV[1]) then return mark end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
