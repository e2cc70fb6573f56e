-- The ballot of `brama-fleet` in Lua: begins every script. A script answers the lines of `line.rs`.
--
-- ARGV[1] is the prefix of every key, then the policy, then what the script needs. KEYS has the same
-- one slot of a cluster as every key of the namespace.

local prefix = ARGV[1]
local policy = {
  min_votes = tonumber(ARGV[2]), percent = tonumber(ARGV[3]), successes = tonumber(ARGV[4]),
  member = tonumber(ARGV[5]), vote = tonumber(ARGV[6]), lease = tonumber(ARGV[7]),
  wait = tonumber(ARGV[8]), longest = tonumber(ARGV[9]), ramp = tonumber(ARGV[10]),
  grace = tonumber(ARGV[11]), most_open = tonumber(ARGV[12]), fewest_known = tonumber(ARGV[13]),
  pooled_rate = tonumber(ARGV[14]), pooled_calls = tonumber(ARGV[15]),
  pooled_reporters = tonumber(ARGV[16]), pooled = tonumber(ARGV[17]), settle = tonumber(ARGV[18]),
}
local FIRST = 19

-- The longest that a policy allows, in milliseconds.
local MEMBERS_TTL, VOTES_TTL, STATE_TTL = 180000, 3600000, 172800000
-- Leases without a report, after which calls return.
local MOST_UNUSED = 3
local MOST = 4294967295
local PHASES = { closed = true, open = true, half_open = true, ramp = true, by_hand = true }

-- A number that this script has written. Anything else counts as 0, so that the next decision heals it.
local function number(text)
  local value = tonumber(text or '')
  if not value or not (value >= 0 and value < 9007199254740992) then return 0 end
  return math.floor(value)
end

local function digits(value) return string.format('%.0f', value) end

-- A ballot without its state.
local function at(name)
  return {
    name = name, state = prefix .. 'state:' .. name, members = prefix .. 'members:' .. name,
    votes = prefix .. 'votes:' .. name, weights = prefix .. 'weights:' .. name,
    calls = prefix .. 'calls:' .. name, reporters = prefix .. 'reporters:' .. name,
    failing = prefix .. 'failing:' .. name,
  }
end

local function read(name)
  local ballot = at(name)
  local state = redis.call('HMGET', ballot.state,
    'epoch', 'phase', 'until', 'word', 'openings', 'successes', 'votes', 'members', 'quorum',
    'unprobed', 'since', 'unused')
  ballot.epoch, ballot.phase, ballot.ends = number(state[1]), state[2], number(state[3])
  ballot.word, ballot.openings, ballot.successes = state[4] or '', number(state[5]), number(state[6])
  ballot.by = { number(state[7]), number(state[8]), number(state[9]) }
  ballot.unprobed, ballot.since, ballot.unused = state[10] == '1', number(state[11]), number(state[12])
  if not PHASES[ballot.phase] then ballot.phase, ballot.word = 'closed', '' end
  return ballot
end

local function set(ballot, phase, ends, word)
  ballot.phase, ballot.ends, ballot.word = phase, ends, word or ''
end

local function write(ballot)
  redis.call('HSET', ballot.state, 'epoch', digits(ballot.epoch), 'phase', ballot.phase,
    'until', digits(ballot.ends), 'word', ballot.word, 'openings', digits(ballot.openings),
    'successes', digits(ballot.successes), 'votes', digits(ballot.by[1]),
    'members', digits(ballot.by[2]), 'quorum', digits(ballot.by[3]),
    'unprobed', ballot.unprobed and '1' or '0', 'unused', digits(ballot.unused))
  redis.call('PEXPIRE', ballot.state, STATE_TTL)
  if ballot.phase == 'closed' then
    redis.call('SREM', prefix .. 'open', ballot.name)
  else
    redis.call('SADD', prefix .. 'open', ballot.name)
    redis.call('PEXPIRE', prefix .. 'open', STATE_TTL)
  end
end

-- The moment at which the phase is over by itself.
local function over(ballot)
  if ballot.phase == 'open' or ballot.phase == 'half_open' then return ballot.ends + policy.grace end
  return ballot.ends
end

-- Forgets nodes whose time is over. None has more than a length: the clock may have been set back.
local function forget_nodes(key, now, length)
  local latest = digits(now + length)
  for _, node in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. latest, '+inf')) do
    redis.call('ZADD', key, latest, node)
  end
  return redis.call('ZREMRANGEBYSCORE', key, '-inf', digits(now))
end

-- Forgets pooled calls that are over.
local function forget_calls(ballot, now)
  for _, field in ipairs(redis.call('HKEYS', ballot.calls)) do
    local slot = number(string.match(field, '%d+$'))
    if now < slot or slot + policy.pooled <= now then redis.call('HDEL', ballot.calls, field) end
  end
  forget_nodes(ballot.reporters, now, policy.pooled)
  forget_nodes(ballot.failing, now, policy.pooled)
end

-- Forgets the votes of nodes that are members no more.
local function forget_votes(ballot, now)
  if redis.call('ZCARD', ballot.votes) == 0 then return end
  for _, node in ipairs(redis.call('ZRANGEBYSCORE', ballot.members, '-inf', digits(now))) do
    redis.call('ZREM', ballot.votes, node)
    redis.call('HDEL', ballot.weights, node)
  end
end

-- Forgets votes and members that are over.
local function forget(ballot, now)
  if policy.pooled_rate > 0 then forget_calls(ballot, now) end
  forget_votes(ballot, now)
  if forget_nodes(ballot.votes, now, policy.vote) > 0 then
    for _, node in ipairs(redis.call('HKEYS', ballot.weights)) do
      if not redis.call('ZSCORE', ballot.votes, node) then
        redis.call('HDEL', ballot.weights, node)
      end
    end
  end
  forget_nodes(ballot.members, now, policy.member)
end

local function wait_of(opening)
  local wait = policy.wait * 2 ^ math.min(math.max(opening - 1, 0), 63)
  return math.min(wait, math.max(policy.longest, policy.wait))
end

-- Brings the end of a phase forward to the latest that the policy allows.
local function limit(ballot, now)
  local lengths = {
    open = wait_of(ballot.openings), half_open = policy.lease, ramp = policy.ramp,
    by_hand = policy.longest,
  }
  local length = lengths[ballot.phase]
  if length and now + length < ballot.ends then
    ballot.ends = now + length
    write(ballot)
  end
end

-- Ends what is over by itself.
local function finish(ballot, now)
  forget(ballot, now)
  limit(ballot, now)
  if ballot.phase ~= 'closed' and over(ballot) <= now then
    ballot.unprobed = ballot.phase == 'open' or ballot.phase == 'half_open'
    set(ballot, 'closed', 0)
    write(ballot)
  end
  local is_counting = ballot.openings > 0 or ballot.unprobed
  if ballot.phase == 'closed' and is_counting and redis.call('ZCARD', ballot.votes) == 0 then
    ballot.openings, ballot.unprobed = 0, false
    write(ballot)
  end
end

-- Whether votes may open. The members of a breaker are known once each node has had a heartbeat.
local function may_open(ballot, now)
  local is_new = now - ballot.since < policy.settle
  return (ballot.phase == 'closed' or ballot.phase == 'ramp') and not is_new
end

local function begin_members(ballot, now)
  ballot.since = now
  redis.call('HSET', ballot.state, 'since', digits(now))
  redis.call('PEXPIRE', ballot.state, STATE_TTL)
end

local function beat(ballot, node, now)
  local latest = redis.call('ZSCORE', prefix .. 'known', ballot.name)
  if not latest or tonumber(latest) <= now then
    begin_members(ballot, now)
    -- Nobody is a member, and the key that would say whose votes are over may have expired.
    redis.call('DEL', ballot.votes, ballot.weights)
  end
  redis.call('ZADD', ballot.members, digits(now + policy.member), node)
  redis.call('PEXPIRE', ballot.members, MEMBERS_TTL)
  -- Not with GT: the clock may have been set back, and jump forward again.
  redis.call('ZADD', prefix .. 'known', digits(now + policy.member), ballot.name)
  redis.call('PEXPIRE', prefix .. 'known', MEMBERS_TTL)
end

-- Most votes weigh 1, and only the others have an entry of their own: counting stays cheap.
local function count_votes(ballot, now)
  local sum = redis.call('ZCOUNT', ballot.votes, '(' .. digits(now), '+inf')
  local weights = redis.call('HGETALL', ballot.weights)
  for place = 1, #weights, 2 do
    local ends = redis.call('ZSCORE', ballot.votes, weights[place])
    if ends and now < tonumber(ends) then sum = sum + number(weights[place + 1]) - 1 end
  end
  return math.min(sum, MOST)
end

local function live(key, now) return redis.call('ZCOUNT', key, '(' .. digits(now), '+inf') end

local function quorum_of(nodes, fewest)
  return math.min(math.max(fewest, math.floor((nodes * policy.percent + 99) / 100)), MOST)
end

local function standing(ballot, now)
  local members = live(ballot.members, now)
  return count_votes(ballot, now), members, quorum_of(members, policy.min_votes)
end

local DECIDED_BY_VOTES = { open = true, half_open = true, ramp = true }

local function line(ballot, now)
  local votes, members, quorum = unpack(ballot.by)
  if not DECIDED_BY_VOTES[ballot.phase] then votes, members, quorum = standing(ballot, now) end
  local remaining = 0
  if ballot.phase ~= 'closed' then remaining = math.max(over(ballot) - now, 0) end
  local phase, word = ballot.phase, ballot.word
  if ballot.cleared_by then phase, word = 'cleared', ballot.cleared_by end
  return table.concat({ '1', ballot.name, phase, digits(ballot.epoch), digits(remaining),
    digits(votes), digits(members), digits(quorum), digits(ballot.ends), word }, '|')
end

-- Whether no further breaker may be opened.
local function is_full(now)
  local known = live(prefix .. 'known', now)
  local open = 0
  for _, name in ipairs(redis.call('SMEMBERS', prefix .. 'open')) do
    local ballot = read(name)
    local is_open = ballot.phase == 'open' or ballot.phase == 'half_open'
    if is_open and now < over(ballot) then
      open = open + 1
      local seen = redis.call('ZSCORE', prefix .. 'known', name)
      if not seen or tonumber(seen) <= now then known = known + 1 end
    end
  end
  local most = known
  if policy.fewest_known <= known then
    most = math.max(math.floor(known * policy.most_open / 100), 1)
  end
  return most <= open
end

-- Numbers, keeps and announces what was decided, and returns the line.
local function decide(ballot, now)
  ballot.epoch = math.max(ballot.epoch + 1, now)
  write(ballot)
  local announcement = line(ballot, now)
  redis.call('PUBLISH', prefix .. 'events', announcement)
  return announcement
end

local function open(ballot, now, by)
  ballot.by = by
  redis.call('DEL', ballot.calls, ballot.reporters, ballot.failing)
  local wait = 0
  if not ballot.unprobed then
    ballot.openings = math.min(ballot.openings + 1, MOST)
    wait = wait_of(ballot.openings)
  end
  ballot.successes, ballot.unused, ballot.unprobed = 0, 0, false
  set(ballot, 'open', now + wait)
  return decide(ballot, now)
end

-- Adds the calls of a node. Answers who has seen failures, if the calls of all nodes open.
local function pool(ballot, node, calls, failures, now)
  local ends, slot = digits(now + policy.pooled), math.max(math.floor(policy.pooled / 6), 1)
  local begins = digits(now - now % slot)
  redis.call('HINCRBY', ballot.calls, 'calls:' .. begins, digits(calls))
  redis.call('HINCRBY', ballot.calls, 'failures:' .. begins, digits(failures))
  redis.call('ZADD', ballot.reporters, ends, node)
  if failures > 0 then redis.call('ZADD', ballot.failing, ends, node) end
  for _, key in ipairs({ ballot.calls, ballot.reporters, ballot.failing }) do
    redis.call('PEXPIRE', key, VOTES_TTL)
  end
  local sums, fields = { calls = 0, failures = 0 }, redis.call('HGETALL', ballot.calls)
  for place = 1, #fields, 2 do
    local kind = string.match(fields[place], '^%a+')
    if sums[kind] then sums[kind] = math.min(sums[kind] + number(fields[place + 1]), MOST) end
  end
  local failing = live(ballot.failing, now)
  local quorum = quorum_of(live(ballot.reporters, now), policy.pooled_reporters)
  local is_rate = policy.pooled_rate * sums.calls <= sums.failures * 100
  if policy.pooled_calls <= sums.calls and is_rate and quorum <= failing then
    return { failing, live(ballot.members, now), quorum }
  end
end

local function close(ballot)
  redis.call('DEL', ballot.votes, ballot.weights, ballot.calls, ballot.reporters, ballot.failing)
  ballot.openings, ballot.successes, ballot.unused, ballot.unprobed = 0, 0, 0, false
  set(ballot, 'closed', 0)
end

-- Closes, by a ramp.
local function return_calls(ballot, now)
  close(ballot)
  if policy.ramp > 0 then set(ballot, 'ramp', now + policy.ramp) end
  return decide(ballot, now)
end
