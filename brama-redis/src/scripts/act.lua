-- An action by hand: name, length in milliseconds, who. A length of 0 clears. Answers a decision.
local length, now = tonumber(ARGV[FIRST + 1]), clock()
local ballot = read(ARGV[FIRST])
if length > 0 then
  set(ballot, 'by_hand', now + length, ARGV[FIRST + 2])
else
  close(ballot)
  ballot.cleared_by = ARGV[FIRST + 2]
end
return decide(ballot, now)
