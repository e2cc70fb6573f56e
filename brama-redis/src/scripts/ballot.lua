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
}
local FIRST = 14

-- The longest that a policy allows, in milliseconds.
local MEMBERS_TTL, VOTES_TTL, STATE_TTL = 180000, 3600000, 172800000
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
  }
end

local function read(name)
  local ballot = at(name)
  local state = redis.call('HMGET', ballot.state,
    'epoch', 'phase', 'until', 'word', 'openings', 'successes')
  ballot.epoch, ballot.phase, ballot.ends = number(state[1]), state[2], number(state[3])
  ballot.word, ballot.openings, ballot.successes = state[4] or '', number(state[5]), number(state[6])
  if not PHASES[ballot.phase] then ballot.phase, ballot.word = 'closed', '' end
  return ballot
end

local function set(ballot, phase, ends, word)
  ballot.phase, ballot.ends, ballot.word = phase, ends, word or ''
end

local function write(ballot)
  redis.call('HSET', ballot.state, 'epoch', digits(ballot.epoch), 'phase', ballot.phase,
    'until', digits(ballot.ends), 'word', ballot.word, 'openings', digits(ballot.openings),
    'successes', digits(ballot.successes))
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

-- Forgets votes and members that are over.
local function forget(ballot, now)
  local before = digits(now)
  if redis.call('ZREMRANGEBYSCORE', ballot.votes, '-inf', before) > 0 then
    for _, node in ipairs(redis.call('HKEYS', ballot.weights)) do
      if not redis.call('ZSCORE', ballot.votes, node) then
        redis.call('HDEL', ballot.weights, node)
      end
    end
  end
  redis.call('ZREMRANGEBYSCORE', ballot.members, '-inf', before)
end

-- Ends what is over by itself.
local function finish(ballot, now)
  forget(ballot, now)
  if ballot.phase ~= 'closed' and over(ballot) <= now then
    set(ballot, 'closed', 0)
    write(ballot)
  end
end

local function beat(ballot, node, now)
  redis.call('ZADD', ballot.members, digits(now + policy.member), node)
  redis.call('PEXPIRE', ballot.members, MEMBERS_TTL)
  redis.call('ZADD', prefix .. 'known', 'GT', digits(now + policy.member), ballot.name)
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

local function standing(ballot, now)
  local members = redis.call('ZCOUNT', ballot.members, '(' .. digits(now), '+inf')
  local share = math.floor((members * policy.percent + 99) / 100)
  local quorum = math.min(math.max(policy.min_votes, share), MOST)
  return count_votes(ballot, now), members, quorum
end

local function line(ballot, now)
  local votes, members, quorum = standing(ballot, now)
  local remaining = 0
  if ballot.phase ~= 'closed' then remaining = math.max(over(ballot) - now, 0) end
  return table.concat({ '1', ballot.name, ballot.phase, digits(ballot.epoch), digits(remaining),
    digits(votes), digits(members), digits(quorum), digits(ballot.ends), ballot.word }, '|')
end

-- Whether no further breaker may be opened.
local function is_full(now)
  local known = redis.call('ZCOUNT', prefix .. 'known', '(' .. digits(now), '+inf')
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

local function open(ballot, now)
  ballot.openings, ballot.successes = math.min(ballot.openings + 1, MOST), 0
  local wait = policy.wait * 2 ^ math.min(ballot.openings - 1, 63)
  set(ballot, 'open', now + math.min(wait, math.max(policy.longest, policy.wait)))
  return decide(ballot, now)
end

local function close(ballot)
  redis.call('DEL', ballot.votes, ballot.weights)
  ballot.openings, ballot.successes = 0, 0
  set(ballot, 'closed', 0)
end
