-- Gives the store's era, after raising it if the caller has seen the server restart and nobody else has raised it.
-- KEYS  1 the era   ARGV  1 the era that the caller knows, 0 for none   2 '1' if the server has restarted since
-- What was raised may have been lost with the store's end: the era never falls below what somebody knows.
local era = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
if era == 0 or (ARGV[2] == '1' and era == tonumber(ARGV[1])) then era = era + 1 end
local text = string.format('%d', era)
if redis.call('GET', KEYS[1]) ~= text then redis.call('SET', KEYS[1], text) end
return text
