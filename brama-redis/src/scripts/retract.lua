-- A circuit has closed: name, node.
local ballot = read(ARGV[FIRST])
redis.call('ZREM', ballot.votes, ARGV[FIRST + 1])
redis.call('HDEL', ballot.weights, ARGV[FIRST + 1])
return false
