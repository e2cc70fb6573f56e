//! The names of the options.

use proc_macro2::Ident;

use self::Place::{Anywhere, Function};
use crate::literal::ValueKind;

/// The option that gives a whole patch of the policy.
pub(crate) const POLICY: &str = "policy";

/// The option that gives each call a span of `tracing`.
pub(crate) const SPAN: &str = "span";

/// The option that ends a call which takes too long.
pub(crate) const TIMEOUT: &str = "timeout";

/// Another name for `failure_threshold`.
pub(crate) const MAX_ATTEMPTS: &str = "max_attempts";

pub(crate) const ERROR_HANDLER: &str = "error_handler";
pub(crate) const ON_OPEN: &str = "on_open";
pub(crate) const ON_TIMEOUT: &str = "on_timeout";

/// The options that judge the error of a call, in the order in which they are evaluated. Each is a
/// method of the runtime's `ErrorRules`.
pub(crate) const ERROR_RULES: [&str; 5] = [IGNORE_IF, TRIP_IF, FAILURE_IF, RETRY_AFTER, REASON];

pub(crate) const IGNORE_IF: &str = "ignore_if";
pub(crate) const TRIP_IF: &str = "trip_if";

/// The only rule that does not judge the error of a call that took too long.
pub(crate) const FAILURE_IF: &str = "failure_if";

pub(crate) const RETRY_AFTER: &str = "retry_after";
pub(crate) const REASON: &str = "reason";

/// The option that judges a returned stream by its items.
pub(crate) const STREAM: &str = "stream";

/// The option that ends the duration of a stream's call before its end.
pub(crate) const SLOW_UNTIL: &str = "slow_until";

pub(crate) const PROBE_TIMEOUT: &str = "probe_timeout";

/// The calls that rates look at.
pub(crate) const WINDOW: &str = "window";

pub(crate) const MINIMUM_CALLS: &str = "minimum_calls";
pub(crate) const FAILURE_COUNT: &str = "failure_count";

/// Printed last in a patch, because their limit depends on the window.
pub(crate) const OF_WINDOW: [&str; 2] = [FAILURE_COUNT, MINIMUM_CALLS];

/// A block's `policy`, as it is handed down: the function's own settings override it.
pub(crate) const INHERITED_POLICY: &str = "__policy";

/// A block's `timeout`, as it is handed down.
pub(crate) const INHERITED_TIMEOUT: &str = "__timeout";

/// Where an option may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On a function, and on a block, which hands it down.
    Anywhere,
    /// On a function, because it describes one.
    Function,
}

/// The options, each with an example of its value, in the order of a message that lists them.
const OPTIONS: [(&str, &str, Place); 21] = [
    ("identifier", "\"payment-api\"", Anywhere),
    (ERROR_HANDLER, "|ret| ret.is_ok()", Function),
    (FAILURE_IF, "|error| error.is_timeout()", Function),
    (IGNORE_IF, "|error| error.is_timeout()", Function),
    (TRIP_IF, "|error| error.is_quota()", Function),
    (RETRY_AFTER, "|error| error.retry_after()", Function),
    (REASON, "|error| error.code()", Function),
    (ON_OPEN, "|open| Err(open.into())", Function),
    ("fallback", "Ok(0)", Function),
    ("key", "node.id", Function),
    ("scope", "\"payments\"", Anywhere),
    ("type", "\"http\"", Anywhere),
    (TIMEOUT, "\"5s\"", Anywhere),
    (ON_TIMEOUT, "|timed_out| Err(timed_out.into())", Function),
    ("future", "true", Function),
    (STREAM, "\"end\"", Function),
    (SLOW_UNTIL, "\"first_item\"", Function),
    (SPAN, "true", Anywhere),
    (POLICY, "PolicyPatch::new().failure_threshold(5)", Anywhere),
    ("registry", "&self.registry", Anywhere),
    ("crate", "::brama", Anywhere),
];

/// The settings of the policy, each with an example of its value and what it takes, in the order of
/// the documentation's table.
const SETTINGS: [(&str, &str, ValueKind); 19] = [
    ("failure_threshold", "5", ValueKind::Threshold),
    ("expiry", "\"30s\"", ValueKind::Expiry),
    ("success_threshold", "2", ValueKind::Count),
    ("half_open_limit", "3", ValueKind::Count),
    (PROBE_TIMEOUT, "\"20s\"", ValueKind::Duration),
    (FAILURE_COUNT, "20", ValueKind::Threshold),
    ("failure_rate", "50", ValueKind::Percent),
    ("slow_call_rate", "50", ValueKind::Percent),
    ("slow_call_duration", "\"2s\"", ValueKind::Duration),
    ("ramp", "\"20s\"", ValueKind::Ramp),
    (WINDOW, "calls(100)", ValueKind::Window),
    (MINIMUM_CALLS, "20", ValueKind::Count),
    ("abandoned", "\"failure\"", ValueKind::Abandoned),
    ("max_open_share", "40", ValueKind::WholePercent),
    ("concurrency_limit", "50", ValueKind::Threshold),
    ("jitter", "0.1", ValueKind::Share),
    ("retry_after_cap", "\"5m\"", ValueKind::Duration),
    ("durations", "true", ValueKind::Flag),
    ("shadow", "true", ValueKind::Flag),
];

/// Whether an option describes one function, and so has no place on a block.
pub(crate) fn is_of_function(option: &str) -> bool {
    OPTIONS.into_iter().any(|(name, _, place)| name == option && place == Function)
}

/// An option with an example of its value, to copy.
pub(crate) fn as_written(option: &str) -> String {
    format!("{option} = {}", example(option))
}

/// An example of the option's value.
pub(crate) fn example(option: &str) -> &'static str {
    let settings = SETTINGS.into_iter().map(|(name, example, _)| (name, example));
    let options = OPTIONS.into_iter().map(|(name, example, _)| (name, example));
    let mut examples = options.chain(settings);
    examples.find(|(name, _)| *name == unaliased(option)).map_or("…", |(_, example)| example)
}

/// Every name that a user may write.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    options().chain(of_policy())
}

fn options() -> impl Iterator<Item = &'static str> {
    OPTIONS.into_iter().map(|(name, _, _)| name)
}

/// The settings of the policy, with the alias.
fn of_policy() -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().map(|(name, _, _)| name).chain([MAX_ATTEMPTS])
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
    let mut settings = SETTINGS.into_iter().map(|(name, _, kind)| (name, kind));
    settings.find(|(name, _)| *name == unaliased(word))
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
    let (own, policy) = (quoted(&mut options()), quoted(&mut of_policy()));
    format!("the options are {own}\nhelp: and the settings of the policy: {policy}")
}
