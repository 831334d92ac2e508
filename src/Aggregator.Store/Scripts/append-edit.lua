-- Appends one edit of the registry if nobody made another meanwhile; gives {1, head} done or {0, head} not, with the head as it stands.
-- KEYS  1 the head   2 the edit's slot
-- ARGV  1 head expected ('' for none)   2 new head   3 the edit
local head = redis.call('GET', KEYS[1]) or ''
if head ~= ARGV[1] then
  -- Our own bytes in the slot are a late success, whatever came after; no two edits have the same bytes.
  if head ~= '' and redis.call('GET', KEYS[2]) == ARGV[3] then return {1, head} end
  return {0, head}
end
-- Only GET and SET, as Garnet runs these without waiting for a flush. The edit before the head: a head names what is there.
redis.call('SET', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
return {1, ARGV[2]}
