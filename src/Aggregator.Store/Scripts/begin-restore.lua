-- Begins the restore of an archive into a store that has neither identity nor log, or goes on with one that had begun.
-- KEYS  1 identity   2 the restore under way   3 era, as 'era run'   4 the registry's head   then the incarnations of all partitions
-- ARGV  1 what is restored   then the incarnation of each partition
-- Gives {0} go on, {1} there is a store, {2, what} another restore is under way; nothing is written then.
if redis.call('EXISTS', KEYS[1]) == 1 then return {1} end
local begun = redis.call('GET', KEYS[2])
if begun then
  if begun ~= ARGV[1] then return {2, begun} end
else
  for i = 4, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 1 then return {1} end
  end
  redis.call('SET', KEYS[2], ARGV[1])
end
-- No incarnation is later than the era: the next restart of the server must raise them all.
local stored = redis.call('GET', KEYS[3]) or '0 '
local gap = string.find(stored, ' ', 1, true)
local era = tonumber(string.sub(stored, 1, gap - 1))
for i = 2, #ARGV do
  era = math.max(era, tonumber(ARGV[i]))
  local held = redis.call('GET', KEYS[3 + i]) or '0'
  if tonumber(held) < tonumber(ARGV[i]) then redis.call('SET', KEYS[3 + i], ARGV[i]) end
end
redis.call('SET', KEYS[3], string.format('%d', era) .. string.sub(stored, gap))
return {0}
