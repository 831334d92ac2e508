-- Writes index rows unless the stored row rests on a later log position: a writer that was overtaken changes nothing.
-- KEYS  the rows   ARGV  their values, in the same order
-- A value begins with its latest position, 12 bytes, big-endian. They are compared byte by byte, as the order of
-- strings in Lua depends on the server's locale. Only GET and SET: Garnet runs these two without waiting for a flush.
local function isEarlier(a, b)
  for i = 1, 12 do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return false
end
for i = 1, #KEYS do
  local stored = redis.call('GET', KEYS[i])
  if not stored or isEarlier(stored, ARGV[i]) then redis.call('SET', KEYS[i], ARGV[i]) end
end
return #KEYS
