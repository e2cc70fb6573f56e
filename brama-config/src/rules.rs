//! The warning about a table with which no rule opens the circuit.

use brama_runtime::api::{Policy, status::SettingName};

use crate::{contents::LayerSettings, raw_finding::RawFinding};

/// The settings that open a circuit.
pub(crate) const RULES: [SettingName; 4] = [
    SettingName::FailureThreshold,
    SettingName::FailureCount,
    SettingName::FailureRate,
    SettingName::SlowCallRate,
];

/// A warning at the first rule that a breaker's table sets, if `policy`, to which it leads, has
/// none.
pub(crate) fn all_off(settings: &LayerSettings, policy: &Policy) -> Option<RawFinding> {
    off(settings, policy, ALL_OFF)
}

/// The warning about the defaults or a kind, above which a breaker may set a rule.
pub(crate) fn off_by_default(settings: &LayerSettings, policy: &Policy) -> Option<RawFinding> {
    off(settings, policy, OFF_BY_DEFAULT)
}

fn off(settings: &LayerSettings, policy: &Policy, message: &str) -> Option<RawFinding> {
    let has_rule = policy.failure_threshold().is_some() || policy.has_window_rule();
    let set = settings.places.iter().filter(|(name, _)| !has_rule && RULES.contains(name));
    let mut set: Vec<_> = set.collect();
    set.sort_unstable_by_key(|(_, place)| place);
    let mut set = set.into_iter();
    let (name, place) = set.next()?;
    let warning =
        RawFinding::new(place.clone(), format!("{}.{name}", settings.path), message.to_owned());
    let warning = set.fold(warning, |warning, (name, place)| {
        warning.note(place.clone(), format!("`{name}` is set here"))
    });
    Some(warning.help("set a rule, such as `failure_rate = 50`"))
}

const OFF_BY_DEFAULT: &str = "every rule is off for a breaker that sets none itself: only an \
                              action by hand opens its circuit";
const ALL_OFF: &str = "every rule is off: only an action by hand opens the circuit";
