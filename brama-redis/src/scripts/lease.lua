-- A node asks for the one probe: name, node. Answers a decision, a wait in milliseconds, or nothing.
local now = clock()
local ballot = read(ARGV[FIRST])
finish(ballot, now)
if ballot.phase ~= 'open' and ballot.phase ~= 'half_open' then return false end
if now < ballot.ends then return ballot.ends - now end
-- Nodes that call too seldom use no lease, and calls that take longer than a lease report too late.
if ballot.phase == 'half_open' then ballot.unused = ballot.unused + 1 end
if ballot.unused >= MOST_UNUSED then return return_calls(ballot, now) end
set(ballot, 'half_open', now + policy.lease, ARGV[FIRST + 1])
return decide(ballot, now)
