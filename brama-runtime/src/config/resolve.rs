//! The resolution of a breaker's layers to one policy.

use super::origin::{ConfigLayer, Origins, TimeoutSource};
use crate::circuit::{Policy, PolicyPatch, SettingName};

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

    /// The layer that each value comes from. It is the built-in one for a `minimum_calls` that was
    /// lowered to the built-in window.
    pub(super) fn origins(&self) -> Origins {
        let policy = self.policy();
        SettingName::ALL.map(|setting| {
            match self.taken.iter().find(|(taken, _)| *taken == setting) {
                Some((_, layer)) if !self.fell_back(setting, &policy) => *layer,
                Some(_) | None => ConfigLayer::BuiltIn,
            }
        })
    }

    /// Whether this is a `minimum_calls` that was lowered to the built-in window.
    fn fell_back(&self, setting: SettingName, policy: &Policy) -> bool {
        let configured = self.patch.minimum_calls;
        setting == SettingName::MinimumCalls
            && configured.is_some_and(|configured| configured != policy.minimum_calls())
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
        let (window, minimum) = (policy.window(), policy.minimum_calls());
        let [of_window, of_minimum] =
            [SettingName::Window, SettingName::MinimumCalls].map(|it| self.layer(it));
        let above = |value: u32, layer: ConfigLayer| {
            format!(
                "`minimum_calls` {value} ({layer}) is above the window ({window}, {of_window}): \
                 {minimum} applies"
            )
        };
        let below = |value, layer: ConfigLayer| {
            format!(
                "`window` ({value}, {layer}) is below `minimum_calls` {minimum} ({of_minimum}): \
                 {window} apply"
            )
        };
        let lowered = self.fell_back(SettingName::MinimumCalls, policy).then_some(&self.patch);
        let lowered = lowered.and_then(|patch| patch.minimum_calls).map(|it| above(it, of_minimum));
        let contradicted = self.contradicted.iter().filter_map(|(setting, layer, patch)| {
            let of_window = patch.window.filter(|_| *setting == SettingName::Window);
            let of_minimum = patch.minimum_calls.filter(|_| *setting == SettingName::MinimumCalls);
            let of_window = of_window.map(|value| below(value, *layer));
            of_window.or_else(|| of_minimum.map(|value| above(value, *layer)))
        });
        lowered.into_iter().chain(contradicted).collect()
    }

    /// Warnings about settings of this breaker that need a rule that is off, or a `timeout` in an
    /// attribute.
    pub(super) fn unused(&self, policy: &Policy, is_timed: bool) -> Vec<String> {
        let slow = policy.slow_call_rate().is_none();
        let (rates, window) = (!policy.has_rate_rule(), !policy.has_window_rule());
        let limit = policy.timeout().is_some() && !is_timed;
        let unused = [
            (limit, SettingName::Timeout, "no attribute of this breaker has a `timeout`"),
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
