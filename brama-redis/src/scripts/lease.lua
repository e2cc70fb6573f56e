-- A node asks for the one probe: name, node. Answers a decision, a wait in milliseconds, or nothing.
local now = clock()
local ballot = read(ARGV[FIRST])
finish(ballot, now)
if ballot.phase ~= 'open' and ballot.phase ~= 'half_open' then return false end
if now < ballot.ends then return ballot.ends - now end
set(ballot, 'half_open', now + policy.lease, ARGV[FIRST + 1])
return decide(ballot, now)
