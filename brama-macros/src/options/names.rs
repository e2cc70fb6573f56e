//! The names of the options.

use proc_macro2::Ident;

use super::{policy, timeout};

/// The name that was probably meant.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    nearest_of(all(), word)
}

/// Whether an option has that name.
pub(crate) fn is_option(word: &str) -> bool {
    all().any(|name| name == word)
}

/// Every one.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(policy::names())
}

/// Of these words the one that was probably meant: a third of its letters may be wrong.
pub(crate) fn nearest_of(
    all: impl IntoIterator<Item = &'static str>,
    word: &str,
) -> Option<&'static str> {
    let measured = all.into_iter().map(|name| (distance(word, name), name));
    let (distance, name) = measured.min()?;
    (distance <= name.len() / 3).then_some(name)
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

/// How many letters have to be put in, taken out or changed to make one word the other.
fn distance(word: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in word.bytes().enumerate() {
        let mut last = place + 1;
        let mut next = vec![last];
        for (above, pair) in other.bytes().zip(row.iter().zip(row.iter().skip(1))) {
            let changed = pair.0 + usize::from(above != letter);
            last = changed.min(pair.1 + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
