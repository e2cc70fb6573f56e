-- A circuit has opened: name, node, weight. Answers a decision, or a list: whether it was held back,
-- and the votes.
local node, weight, now = ARGV[FIRST + 1], tonumber(ARGV[FIRST + 2]), clock()
local ballot = read(ARGV[FIRST])
-- First, because a server without memory then rejects the whole script.
beat(ballot, node, now)
-- The clock was set back since then. Members that it has ended before are not known.
if now < ballot.since then begin_members(ballot, now) end
finish(ballot, now)
redis.call('ZADD', ballot.votes, digits(now + policy.vote), node)
redis.call('PEXPIRE', ballot.votes, VOTES_TTL)
if weight == 1 then
  redis.call('HDEL', ballot.weights, node)
else
  redis.call('HSET', ballot.weights, node, digits(weight))
  redis.call('PEXPIRE', ballot.weights, VOTES_TTL)
end
local votes, members, quorum = standing(ballot, now)
if not may_open(ballot, now) or votes < quorum then return { 0, votes, members, quorum } end
if is_full(now) then return { 1, votes, members, quorum } end
return open(ballot, now, { votes, members, quorum })
