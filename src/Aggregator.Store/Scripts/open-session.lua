-- Gives the store's era, raised first if the server's run is not the one that the era is known to be of, or if somebody knows of a later one.
-- KEYS  1 the era and the run it is of, as 'era run'
-- ARGV  1 the latest era that the caller knows, 0 for none   2 the server's run   3 '1' if the caller knows of a restart since   4 a number below 2^20 made of the run
-- What was raised may have been lost with the store's end, and be raised again by who does not know of it. So an era has its run in its last 20 bits:
-- none is given of two runs, and who hears of a later one than is stored here has heard of a run that is lost.
local stored = redis.call('GET', KEYS[1])
local era, run = 0, nil
if stored then
  local gap = string.find(stored, ' ', 1, true)
  era, run = tonumber(string.sub(stored, 1, gap - 1)), string.sub(stored, gap + 1)
end
local known = tonumber(ARGV[1])
if run ~= ARGV[2] or known > era or (ARGV[3] == '1' and era == known) then
  era = (math.floor(math.max(era, known) / 1048576) + 1) * 1048576 + tonumber(ARGV[4])
end
local text = string.format('%d', era) .. ' ' .. ARGV[2]
if stored ~= text then redis.call('SET', KEYS[1], text) end
return string.format('%d', era)
