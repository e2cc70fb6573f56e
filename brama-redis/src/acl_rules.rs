//! The rights of the engine's user on the server.

/// What the engine's user of the server needs, as rules of `ACL SETUSER`: the keys and channels
/// that begin with `brama:`, and the commands that the scripts use.
///
/// ```text
/// ACL SETUSER brama on >a-long-secret resetkeys ~brama:* resetchannels &brama:* -@all …
/// ```
pub const ACL_RULES: &[&str] = &[
    "resetkeys",
    "~brama:*",
    "resetchannels",
    "&brama:*",
    "-@all",
    "+evalsha",
    "+script|load",
    "+subscribe",
    "+ping",
    "+time",
    "+hmget",
    "+hset",
    "+hdel",
    "+hkeys",
    "+hincrby",
    "+hgetall",
    "+zadd",
    "+zrem",
    "+zrangebyscore",
    "+zremrangebyscore",
    "+zcard",
    "+zcount",
    "+zscore",
    "+sadd",
    "+srem",
    "+smembers",
    "+del",
    "+pexpire",
    "+publish",
];
