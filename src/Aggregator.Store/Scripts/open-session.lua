-- Gives the store's era, raised first if the server's run is not the one that the era is known to be of.
-- KEYS  1 the era and the run it is of, as 'era run'   ARGV  1 the era that the caller knows, 0 for none   2 the server's run   3 '1' if the caller knows of a restart since
-- What was raised may have been lost with the store's end: the era never falls to what somebody knows.
local stored = redis.call('GET', KEYS[1]) or '0 '
local gap = string.find(stored, ' ', 1, true)
local era = math.max(tonumber(string.sub(stored, 1, gap - 1)), tonumber(ARGV[1]))
local isOther = string.sub(stored, gap + 1) ~= ARGV[2]
if isOther or (ARGV[3] == '1' and era == tonumber(ARGV[1])) then era = era + 1 end
local text = string.format('%d', era)
if stored ~= text .. ' ' .. ARGV[2] then redis.call('SET', KEYS[1], text .. ' ' .. ARGV[2]) end
return text
