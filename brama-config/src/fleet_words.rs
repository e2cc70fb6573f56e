//! The words of the table `[fleet]`, and what others use in place of them.

#[cfg(feature = "fleet")]
use brama_fleet::FleetSetting;

/// The settings of the table that are none of a policy, each with its description.
pub(crate) const LINK_ROWS: [(&str, &str); 5] = [
    (URL, "The address of the store that the nodes share. It may have a password."),
    (NAMESPACE, "The name of the fleet in the store: 1 to 64 letters, digits, -, _ and dots."),
    (NODE, "The name of this node, which no other may have. Default: host, process and digits."),
    (MODE, "What the node does with decisions. Default: active."),
    (COMMAND_TIMEOUT, "How long a command to the store may take: 1 ms to 1 s. Default: 100ms."),
];

pub(crate) const URL: &str = "url";
pub(crate) const NAMESPACE: &str = "namespace";
pub(crate) const NODE: &str = "node";
pub(crate) const MODE: &str = "mode";
pub(crate) const COMMAND_TIMEOUT: &str = "command_timeout";

/// The words of the table.
pub(crate) fn words() -> Vec<&'static str> {
    #[cfg(feature = "fleet")]
    let of_policy = FleetSetting::all().iter().map(FleetSetting::name);
    #[cfg(not(feature = "fleet"))]
    let of_policy = [];
    LINK_ROWS.iter().map(|(word, _)| *word).chain(of_policy).collect()
}

/// What a word that others use is here.
pub(crate) fn hint(word: &str) -> Option<String> {
    let (own, _) = SYNONYMS.iter().find(|(_, words)| words.contains(&word))?;
    Some(format!("write `{own}`"))
}

const SYNONYMS: [(&str, &[&str]); 10] = [
    (URL, &["address", "addr", "host", "server", "redis", "redis_url", "uri", "endpoint", "store"]),
    (NAMESPACE, &["ns", "prefix", "key_prefix", "group", "cluster"]),
    (NODE, &["node_name", "node_id", "name", "id", "hostname", "instance"]),
    (COMMAND_TIMEOUT, &["timeout_ms", "connect_timeout", "response_timeout"]),
    ("mode = \"shadow\"", &["dry_run"]),
    ("mode = \"off\"", &["enabled", "enable", "disabled", "disable"]),
    ("min_votes", &["quorum", "votes", "minimum_votes"]),
    ("percent", &["fraction", "share", "quorum_percent", "vote_percent"]),
    ("max_open_percent", &["max_open_fraction", "max_ejection_percent", "blast_cap"]),
    ("vote", &["vote_ttl", "ttl"]),
];

/// Whether a value is a text, whatever it looks like in a variable.
pub(crate) fn is_text(key: &str) -> bool {
    [URL, NAMESPACE, NODE].contains(&key)
}
