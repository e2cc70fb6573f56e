-- What became of a probe: name, node, token, report. Answers a decision or nothing.
local node, token, report, now = ARGV[FIRST + 1], ARGV[FIRST + 2], ARGV[FIRST + 3], clock()
local ballot = read(ARGV[FIRST])
local is_holder = ballot.phase == 'half_open' and ballot.word == node
if not is_holder or digits(ballot.epoch) ~= token or ballot.ends <= now then return false end
ballot.unused = 0
if report == 'failure' then return open(ballot, now, ballot.by) end
if report == 'success' then
  ballot.successes = math.min(ballot.successes + 1, MOST)
  if policy.successes <= ballot.successes then return return_calls(ballot, now) end
end
set(ballot, 'open', now)
return decide(ballot, now)
