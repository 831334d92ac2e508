-- Raises a partition's checkpoint, never lowers it; gives {status, incarnation, checkpoint} as text.
-- KEYS  1 incarnation   2 checkpoint   3 the slot of the checkpoint (absent for checkpoint 0)
-- ARGV  1 incarnation   2 checkpoint
-- Status: 0 as asked or higher already, 1 fenced, 2 beyond the log.
local incarnation = redis.call('GET', KEYS[1]) or '0'
local checkpoint = redis.call('GET', KEYS[2]) or '0'
if incarnation ~= ARGV[1] then return {'1', incarnation, checkpoint} end
if #KEYS == 3 and redis.call('EXISTS', KEYS[3]) == 0 then return {'2', incarnation, checkpoint} end
if tonumber(checkpoint) < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[2], ARGV[2])
  checkpoint = ARGV[2]
end
return {'0', incarnation, checkpoint}
