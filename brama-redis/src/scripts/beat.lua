-- A node is alive and has traffic on these breakers: node, names. Answers the time and the digest.
local now = clock()
for place = FIRST + 1, #ARGV do
  local ballot = at(ARGV[place])
  beat(ballot, ARGV[FIRST], now)
  -- Nodes that are long gone. Those that have just ended stay until the ballot is used, as in memory.
  redis.call('ZREMRANGEBYSCORE', ballot.members, '-inf', digits(math.max(now - VOTES_TTL, 0)))
end
redis.call('ZREMRANGEBYSCORE', prefix .. 'known', '-inf', digits(math.max(now - VOTES_TTL, 0)))
local digest = { now }
for _, name in ipairs(redis.call('SMEMBERS', prefix .. 'open')) do
  local ballot = read(name)
  if ballot.phase ~= 'closed' then finish(ballot, now) end
  if ballot.phase == 'closed' then
    redis.call('SREM', prefix .. 'open', name)
  else
    table.insert(digest, line(ballot, now))
  end
end
return digest
