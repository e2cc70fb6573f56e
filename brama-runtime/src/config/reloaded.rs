//! What a reload changed.

use std::{collections::BTreeSet, fmt, sync::Arc};

#[cfg(feature = "serde")]
use serde::Serialize;

use super::Config;
use crate::{
    circuit::{LostWindow, PolicyPatch, SettingChange, SettingName, WindowCounts},
    connection::ConnectionKind,
    duration,
    error::UnknownBreaker,
    identity::Identity,
};

/// What [`Registry::reload`](crate::registry::Registry::reload) changed.
///
/// `Display` writes a line for each place, once each, and nothing if nothing changed:
/// `defaults: failure_threshold from 3 to 6`.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Reloaded {
    /// What differs between the configuration and the one before, sorted by place. A breaker that
    /// is first used later has its settings from there.
    pub configuration: Vec<ConfigChange>,
    /// The breakers in use whose settings changed, sorted by identity.
    pub breakers: Vec<Reconfigured>,
}

/// One setting that a configuration sets to another value than the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct ConfigChange {
    /// The place: `defaults`, `kind http`, `breaker payment_api`, or `registry`.
    pub place: String,
    /// The name of the setting.
    pub name: &'static str,
    /// The value before, as text; `None` if it was not set.
    pub before: Option<String>,
    /// The value after, as text; `None` if it is not set any more.
    pub after: Option<String>,
}

/// A breaker whose settings changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Reconfigured {
    /// The identity of the breaker.
    pub identity: Identity<'static>,
    /// The settings whose values changed.
    pub changes: Arc<[SettingChange]>,
    /// The counts of the window that was emptied, because the new one is of another unit, calls or
    /// time; `None` if no outcome was lost.
    pub lost_window: Option<WindowCounts>,
}

/// Names in the configuration that match no breaker.
///
/// `Display` writes a line for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Unused {
    /// The identities, sorted. The first 100 have a known one that may have been meant, if any.
    pub breakers: Vec<UnknownBreaker>,
    /// The kinds that no breaker has, sorted.
    pub kinds: Vec<ConnectionKind>,
}

impl Reloaded {
    /// Returns whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.configuration.is_empty() && self.breakers.is_empty()
    }
}

impl Reconfigured {
    /// Whether a setting changed or an outcome was lost.
    pub(crate) fn has_changed(&self) -> bool {
        !self.changes.is_empty() || self.lost_window.is_some()
    }
}

impl Unused {
    /// Returns whether every name matches a breaker.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.breakers.is_empty() && self.kinds.is_empty()
    }
}

impl Config {
    /// What differs in `after`, sorted by place.
    pub(crate) fn changes_to(&self, after: &Self) -> Vec<ConfigChange> {
        let mut changes = self.registry_changes_to(after);
        changes.extend(patch_changes("defaults", &self.defaults, &after.defaults));
        for kind in self.kinds.keys().chain(after.kinds.keys()).collect::<BTreeSet<_>>() {
            let [before, after] = [self, after].map(|it| it.kinds.get(kind).copied());
            let [before, after] = [before, after].map(Option::unwrap_or_default);
            changes.extend(patch_changes(&format!("kind {kind}"), &before, &after));
        }
        for identity in self.differing_breakers(after) {
            let [before, after] = [self, after].map(|it| it.breaker(&identity).unwrap_or_default());
            changes.extend(patch_changes(&format!("breaker {identity}"), &before, &after));
        }
        changes.sort_by(|one, other| one.place.cmp(&other.place));
        changes
    }

    fn registry_changes_to(&self, after: &Self) -> Vec<ConfigChange> {
        let pairs = self.registry_settings().into_iter().zip(after.registry_settings());
        let changed = pairs.filter(|(before, after)| before != after);
        let change = |((name, before), (_, after))| ConfigChange {
            place: "registry".to_owned(),
            name,
            before: Some(before),
            after: Some(after),
        };
        changed.map(change).collect()
    }

    fn registry_settings(&self) -> [(&'static str, String); 6] {
        let limits = self.key_limits;
        let interval = limits.cleanup_interval;
        let interval =
            interval.map_or_else(|| "off".to_owned(), |it| duration::show(it).to_string());
        [
            ("max_keys", limits.max_keys.to_string()),
            ("inactive_threshold", duration::show(limits.inactive_threshold).to_string()),
            ("max_series", limits.max_series.to_string()),
            ("cleanup_interval", interval),
            ("reasons", self.reasons.to_string()),
            ("shadow", self.shadow.to_string()),
        ]
    }
}

fn patch_changes(
    place: &str,
    before: &PolicyPatch,
    after: &PolicyPatch,
) -> impl Iterator<Item = ConfigChange> {
    let changed = SettingName::ALL.into_iter().filter(|name| !before.agrees(after, *name));
    changed.map(move |name| {
        let [before, after] =
            [before, after].map(|it| it.sets(name).then(|| it.display_value(name)));
        ConfigChange { place: place.to_owned(), name: name.as_str(), before, after }
    })
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let configuration: Vec<_> = self.configuration.iter().map(ToString::to_string).collect();
        let written: BTreeSet<_> = configuration.iter().map(String::as_str).collect();
        // A table with one setting of one breaker changes both alike.
        let breakers = self.breakers.iter().map(ToString::to_string);
        let breakers = breakers.filter(|line| !written.contains(line.as_str()));
        write_lines(configuration.iter().cloned().chain(breakers), f)
    }
}

/// Writes `defaults: failure_threshold from 3 to 6`.
impl fmt::Display for ConfigChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, name, before, after } = self;
        write!(f, "{place}: {name} ")?;
        match (before, after) {
            (Some(before), Some(after)) => write!(f, "from {before} to {after}"),
            (None, Some(after)) => write!(f, "set to {after}"),
            (Some(before), None) => write!(f, "no longer set (was {before})"),
            (None, None) => f.write_str("not set"),
        }
    }
}

/// Writes `breaker search: failure_threshold from 3 to 6`.
impl fmt::Display for Reconfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "breaker {}: ", self.identity)?;
        for (index, change) in self.changes.iter().enumerate() {
            write!(f, "{}{change}", if index == 0 { "" } else { ", " })?;
        }
        match self.lost_window {
            Some(counts) => write!(f, " ({})", LostWindow(counts)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let breakers = self.breakers.iter().map(ToString::to_string);
        let kinds = self.kinds.iter().map(|kind| {
            format!("no breaker is of the kind `{kind}`: correct its name, or remove its defaults")
        });
        write_lines(breakers.chain(kinds), f)
    }
}

fn write_lines(lines: impl Iterator<Item = String>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, line) in lines.enumerate() {
        write!(f, "{}{line}", if index == 0 { "" } else { "\n" })?;
    }
    Ok(())
}
