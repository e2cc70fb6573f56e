//! The names of the options.

use proc_macro2::Ident;

use crate::literal::ValueKind;

/// The option that gives a whole patch of the policy.
pub(crate) const POLICY: &str = "policy";

/// The option that ends a call which takes too long.
pub(crate) const TIMEOUT: &str = "timeout";

/// Another name for `failure_threshold`.
pub(crate) const MAX_ATTEMPTS: &str = "max_attempts";

/// Printed last in a patch, because its limit depends on the window.
pub(crate) const MINIMUM_CALLS: &str = "minimum_calls";

/// A block's `policy`, as it is handed down: the function's own settings go over it.
pub(crate) const INHERITED_POLICY: &str = "__policy";

/// A block's `timeout`, as it is handed down.
pub(crate) const INHERITED_TIMEOUT: &str = "__timeout";

const NAMES: [&str; 15] = [
    "identifier",
    "error_handler",
    "failure_if",
    "ignore_if",
    "on_open",
    "fallback",
    "key",
    "scope",
    "type",
    TIMEOUT,
    "on_timeout",
    "future",
    POLICY,
    "registry",
    "crate",
];

/// The settings of the policy and what each takes, in the order of the documentation's table.
const SETTINGS: [(&str, ValueKind); 14] = [
    ("failure_threshold", ValueKind::Threshold),
    ("expiry", ValueKind::Expiry),
    ("success_threshold", ValueKind::Count),
    ("half_open_limit", ValueKind::Count),
    ("probe_timeout", ValueKind::Duration),
    ("failure_rate", ValueKind::Percent),
    ("slow_call_rate", ValueKind::Percent),
    ("slow_call_duration", ValueKind::Duration),
    ("window", ValueKind::Window),
    (MINIMUM_CALLS, ValueKind::Count),
    ("abandoned", ValueKind::Abandoned),
    ("jitter", ValueKind::Share),
    ("retry_after_cap", ValueKind::Duration),
    ("shadow", ValueKind::Flag),
];

/// The options that describe one function, and so have no place on a block.
pub(crate) const FUNCTION_ONLY: [&str; 8] = [
    "error_handler",
    "failure_if",
    "ignore_if",
    "on_open",
    "fallback",
    "key",
    "on_timeout",
    "future",
];

/// Every name that a user may write.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(of_policy())
}

/// The settings of the policy, with the alias.
fn of_policy() -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().map(|(name, _)| name).chain([MAX_ATTEMPTS])
}

/// Whether an option has this name.
pub(crate) fn is_option(word: &str) -> bool {
    all().any(|name| name == word)
}

/// Whether only a block writes this name, when it hands an option down.
pub(crate) fn is_inherited(name: &str) -> bool {
    name == INHERITED_POLICY || name == INHERITED_TIMEOUT
}

/// The setting of the policy that has this name or alias, with the kind of its value.
pub(crate) fn setting(word: &str) -> Option<(&'static str, ValueKind)> {
    SETTINGS.into_iter().find(|(name, _)| *name == unaliased(word))
}

/// The option behind an alias, or behind the name that a block hands down.
pub(crate) fn unaliased(name: &str) -> &str {
    match name {
        MAX_ATTEMPTS => "failure_threshold",
        INHERITED_POLICY => POLICY,
        INHERITED_TIMEOUT => TIMEOUT,
        _ => name,
    }
}

/// The name under which a block hands an option down.
pub(crate) fn handed_down(name: &Ident) -> Ident {
    let inherited = match name.to_string().as_str() {
        POLICY => INHERITED_POLICY,
        TIMEOUT => INHERITED_TIMEOUT,
        _ => return name.clone(),
    };
    Ident::new(inherited, name.span())
}

/// Whether an option of a function replaces the block's.
pub(crate) fn overrides(given: &str, of_block: &str) -> bool {
    let (given, of_block) = (unaliased(given), unaliased(of_block));
    given == of_block || given == POLICY && setting(of_block).is_some()
}

/// Every option, in the words of a message.
pub(crate) fn listed() -> String {
    let quoted = |names: &mut dyn Iterator<Item = &'static str>| {
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let (own, policy) = (quoted(&mut NAMES.into_iter()), quoted(&mut of_policy()));
    format!("the options are {own}\nhelp: and the settings of the policy: {policy}")
}
