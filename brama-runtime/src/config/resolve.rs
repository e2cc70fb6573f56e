//! The resolution of a breaker's layers to one policy.

use super::origin::{ConfigLayer, Origins, TimeoutSource};
use crate::circuit::{OF_WINDOW, Policy, PolicyPatch, SettingName};

/// The result of the layers so far, from the highest down.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    patch: PolicyPatch,
    /// The effective settings, with their layers.
    taken: Vec<(SettingName, ConfigLayer)>,
    /// The settings that contradict a higher layer, with their layers and patches.
    contradicted: Vec<(SettingName, ConfigLayer, PolicyPatch)>,
}

impl Resolved {
    /// Adds the next lower layer. A setting that contradicts a higher layer is left out, and the
    /// layers below may still set it.
    pub(super) fn layered_over(mut self, (layer, lower): (ConfigLayer, &PolicyPatch)) -> Self {
        let patch = self.patch.layered_over(*lower);
        let is_new = |setting: &SettingName| lower.sets(*setting) && !self.patch.sets(*setting);
        let (taken, contradicted): (Vec<_>, Vec<_>) =
            SettingName::ALL.into_iter().filter(is_new).partition(|setting| patch.sets(*setting));
        self.taken.extend(taken.into_iter().map(|setting| (setting, layer)));
        self.contradicted.extend(contradicted.into_iter().map(|setting| (setting, layer, *lower)));
        Self { patch, ..self }
    }

    pub(super) const fn policy(&self) -> Policy {
        self.patch.applied()
    }

    /// The policy while the kill switch is on.
    pub(super) const fn shadowed(&self) -> Policy {
        self.patch.shadow(true).applied()
    }

    /// The layer that each value comes from. It is the built-in one for a `minimum_calls` or a
    /// `failure_count` above the built-in window.
    pub(super) fn origins(&self) -> Origins {
        let policy = self.policy();
        SettingName::ALL.map(|setting| {
            match self.taken.iter().find(|(taken, _)| *taken == setting) {
                Some((_, layer)) if !self.fell_back(setting, &policy) => *layer,
                Some(_) | None => ConfigLayer::BuiltIn,
            }
        })
    }

    /// Whether this is a number of calls above the built-in window, which does not apply.
    fn fell_back(&self, setting: SettingName, policy: &Policy) -> bool {
        self.patch.exceeds(setting, Some(policy.window()))
    }

    /// Where the time limit of a call comes from.
    pub(super) fn timeout_source(&self) -> TimeoutSource {
        if ConfigLayer::Attribute < self.layer(SettingName::Timeout) {
            TimeoutSource::Configured(self.policy().timeout())
        } else {
            TimeoutSource::OfAttribute
        }
    }

    fn layer(&self, setting: SettingName) -> ConfigLayer {
        let taken = self.taken.iter().find(|(taken, _)| *taken == setting);
        taken.map_or(ConfigLayer::BuiltIn, |(_, layer)| *layer)
    }

    /// Warnings about settings that a higher layer or the built-in window overrides.
    pub(super) fn overridden(&self, policy: &Policy) -> Vec<String> {
        let fallen = OF_WINDOW.into_iter().filter(|setting| self.fell_back(*setting, policy));
        let fallen = fallen.map(|setting| (setting, self.layer(setting), self.patch));
        let overridden = fallen.chain(self.contradicted.iter().copied());
        overridden.filter_map(|overridden| self.contradiction(policy, overridden)).collect()
    }

    fn contradiction(
        &self,
        policy: &Policy,
        (setting, layer, patch): (SettingName, ConfigLayer, PolicyPatch),
    ) -> Option<String> {
        let by = |setting| (policy.display_value(setting), self.layer(setting));
        let (window, of_window) = by(SettingName::Window);
        if let Some(number) = patch.calls(setting) {
            return Some(format!(
                "`{setting}` {number} ({layer}) is above the window ({window}, {of_window}): {}",
                in_effect(policy, setting)
            ));
        }
        let below = patch.window?;
        let above = OF_WINDOW.into_iter().find(|it| self.patch.exceeds(*it, Some(below)))?;
        let (number, of_number) = by(above);
        Some(format!(
            "`{setting}` ({below}, {layer}) is below `{above}` {number} ({of_number}): {window} \
             apply"
        ))
    }

    /// Warnings about settings of this breaker that need a rule that is off, or a `timeout` in an
    /// attribute.
    pub(super) fn unused(&self, policy: &Policy, is_timed: bool) -> Vec<String> {
        let slow = policy.slow_call_rate().is_none();
        let (rates, window) = (!policy.has_rate_rule(), !policy.has_window_rule());
        let limit = policy.timeout().is_some() && !is_timed;
        let unused = [
            (limit, SettingName::Timeout, "no attribute or layer of this breaker has a `timeout`"),
            (slow, SettingName::SlowCallDuration, "`slow_call_rate` is off"),
            (window, SettingName::Window, "no rate and no `failure_count` is set"),
            (rates, SettingName::MinimumCalls, "no rate is set"),
        ];
        // Settings of lower layers are meant for many breakers, some of which use them.
        let is_own = |setting: &SettingName| {
            ConfigLayer::Attribute <= self.layer(*setting) && !self.fell_back(*setting, policy)
        };
        let unused = unused.into_iter().filter(|(off, setting, _)| *off && is_own(setting));
        unused
            .map(|(_, setting, why)| {
                let (value, layer) = (policy.display_value(setting), self.layer(setting));
                format!("`{setting}` ({value}, {layer}) does nothing: {why}")
            })
            .collect()
    }
}

/// What applies instead of a number of calls above the window.
fn in_effect(policy: &Policy, setting: SettingName) -> String {
    match policy.display_value(setting) {
        value if value == "off" => "the rule is off".to_owned(),
        value => format!("{value} applies"),
    }
}
