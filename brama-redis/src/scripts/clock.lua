-- The milliseconds since 1970 of the server. No clock of a node matters.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
