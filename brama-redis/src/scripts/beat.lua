-- A node is alive and has traffic on these breakers: node, its policy, and for each its name, calls and
-- failures. Without a node, nobody is counted. Answers the time, nodes, policies, and the digest.
local node, now = ARGV[FIRST], clock()
if node ~= '' then
  for kind, member in pairs({ nodes = node, policies = ARGV[FIRST + 1] }) do
    redis.call('ZADD', prefix .. kind, digits(now + policy.member), member)
    redis.call('PEXPIRE', prefix .. kind, MEMBERS_TTL)
  end
end
for place = FIRST + 2, #ARGV, 3 do
  local ballot = at(ARGV[place])
  local calls, failures = tonumber(ARGV[place + 1]), tonumber(ARGV[place + 2])
  beat(ballot, node, now)
  -- Nodes that are long gone. Those that have just ended stay until the ballot is used, as in memory.
  redis.call('ZREMRANGEBYSCORE', ballot.members, '-inf', digits(math.max(now - VOTES_TTL, 0)))
  if policy.pooled_rate > 0 and calls > 0 then
    ballot = read(ARGV[place])
    finish(ballot, now)
    local lets_through = ballot.phase == 'closed' or ballot.phase == 'ramp'
    local by = lets_through and pool(ballot, node, calls, failures, now)
    if by and may_open(ballot, now) and not is_full(now) then open(ballot, now, by) end
  end
end
for _, key in ipairs({ 'known', 'nodes', 'policies' }) do
  redis.call('ZREMRANGEBYSCORE', prefix .. key, '-inf', digits(math.max(now - VOTES_TTL, 0)))
end
local digest = { now, live(prefix .. 'nodes', now), live(prefix .. 'policies', now) }
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
