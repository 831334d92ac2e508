-- Raises the incarnation to the era, which is its first; gives {incarnation, last, checkpoint} as text.
-- KEYS  1 incarnation   2 last   3 checkpoint   4 the first slot
-- ARGV  1 the store's era
-- An incarnation that is missing while entries exist is not a first use: {'0', ...}, nothing is written.
local incarnation = redis.call('GET', KEYS[1])
if not incarnation then
  if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('EXISTS', KEYS[3]) == 1 or redis.call('EXISTS', KEYS[4]) == 1 then
    return {'0', redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3]) or '0'}
  end
  incarnation = '0'
end
if tonumber(incarnation) < tonumber(ARGV[1]) then
  incarnation = ARGV[1]
  redis.call('SET', KEYS[1], incarnation)
end
return {incarnation, redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3]) or '0'}
