//! The names of the options.

use proc_macro2::Ident;

use super::{policy, timeout};

/// Whether an option has that name.
pub(crate) fn is_option(word: &str) -> bool {
    all().any(|name| name == word)
}

/// Every one.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(policy::names())
}

/// Whether an option that a function gives takes the place of its block's.
pub(crate) fn overrides(given: &str, of_block: &str) -> bool {
    let (given, of_block) = (unaliased(given), unaliased(of_block));
    given == of_block || given == policy::WHOLE && policy::names().any(|name| name == of_block)
}

/// The name that an alias, or the name that a block hands down, stands for.
pub(crate) fn unaliased(name: &str) -> &str {
    match name {
        policy::ALIAS => "failure_threshold",
        policy::INHERITED => policy::WHOLE,
        timeout::INHERITED => timeout::NAME,
        _ => name,
    }
}

/// The name under which a block hands an option down.
pub(crate) fn handed_down(name: &Ident) -> Ident {
    let inherited = match name.to_string().as_str() {
        policy::WHOLE => policy::INHERITED,
        timeout::NAME => timeout::INHERITED,
        _ => return name.clone(),
    };
    Ident::new(inherited, name.span())
}

/// Whether only a block of ours says that name.
pub(crate) fn is_inherited(name: &str) -> bool {
    name == policy::INHERITED || name == timeout::INHERITED
}

/// Those that say something of one function, and so of no block.
pub(crate) const OF_A_FUNCTION: [&str; 8] = [
    "error_handler",
    "failure_if",
    "ignore_if",
    "on_open",
    "fallback",
    "key",
    "on_timeout",
    "future",
];

/// All of them, in the words of a message.
pub(crate) fn listed() -> String {
    let quoted = |names: &mut dyn Iterator<Item = &'static str>| {
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    let (own, policy) = (quoted(&mut NAMES.into_iter()), quoted(&mut policy::names()));
    format!("the options are {own}\nhelp: and those of the policy: {policy}")
}

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
    timeout::NAME,
    "on_timeout",
    "future",
    "policy",
    "registry",
    "crate",
];
