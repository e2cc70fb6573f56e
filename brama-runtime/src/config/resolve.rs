//! The layers of one breaker put together.

use super::settings::{ConfigLayer, Origins};
use crate::circuit::{Policy, PolicyPatch, SettingName};

/// What of the layers looked at is in force, from the last word down.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    patch: PolicyPatch,
    /// The layer from which each setting was taken.
    taken: Vec<(SettingName, ConfigLayer)>,
    /// What contradicts a later layer.
    left: Vec<(SettingName, ConfigLayer, PolicyPatch)>,
}

impl Resolved {
    /// This over the next lower layer: a setting that contradicts one of these is left out, and the
    /// layers below may still say another.
    pub(super) fn layered_over(mut self, (layer, lower): (ConfigLayer, &PolicyPatch)) -> Self {
        let patch = self.patch.layered_over(*lower);
        let news = |setting: &SettingName| lower.sets(*setting) && !self.patch.sets(*setting);
        let (taken, left): (Vec<_>, Vec<_>) =
            SettingName::ALL.into_iter().filter(news).partition(|setting| patch.sets(*setting));
        self.taken.extend(taken.into_iter().map(|setting| (setting, layer)));
        self.left.extend(left.into_iter().map(|setting| (setting, layer, *lower)));
        Self { patch, ..self }
    }

    pub(super) const fn policy(&self) -> Policy {
        self.patch.applied()
    }

    /// The policy where the kill switch is on.
    pub(super) const fn shadowed(&self) -> Policy {
        self.patch.shadow(true).applied()
    }

    /// Where the value of each setting was cache_key. A minimum above the built-in window gave way to it.
    pub(super) fn origins(&self) -> Origins {
        let policy = self.policy();
        SettingName::ALL.map(|setting| {
            match self.taken.iter().find(|(taken, _)| *taken == setting) {
                Some((_, layer)) if !self.fell_back(setting, &policy) => *layer,
                Some(_) | None => ConfigLayer::BuiltIn,
            }
        })
    }

    fn fell_back(&self, setting: SettingName, policy: &Policy) -> bool {
        let named = self.patch.minimum_calls;
        setting == SettingName::MinimumCalls
            && named.is_some_and(|named| named != policy.minimum_calls())
    }

    fn layer(&self, setting: SettingName) -> ConfigLayer {
        let taken = self.taken.iter().find(|(taken, _)| *taken == setting);
        taken.map_or(ConfigLayer::BuiltIn, |(_, layer)| *layer)
    }

    /// What a layer names and a later one, or the built-in window, sets aside.
    pub(super) fn overridden(&self, policy: &Policy) -> Vec<String> {
        let (window, minimum) = (policy.window(), policy.minimum_calls());
        let [of_window, of_minimum] =
            [SettingName::Window, SettingName::MinimumCalls].map(|it| self.layer(it));
        let above = |named: u32, layer: ConfigLayer| {
            format!(
                "`minimum_calls` {named} ({layer}) is above the window ({window}, {of_window}): \
                 {minimum} is in force"
            )
        };
        let below = |named, layer: ConfigLayer| {
            format!(
                "`window` ({named}, {layer}) is below `minimum_calls` {minimum} ({of_minimum}): \
                 {window} are in force"
            )
        };
        let own = self.fell_back(SettingName::MinimumCalls, policy).then_some(&self.patch);
        let own = own.and_then(|patch| patch.minimum_calls).map(|it| above(it, of_minimum));
        let left = self.left.iter().filter_map(|(setting, layer, patch)| {
            let of_window = patch.window.filter(|_| *setting == SettingName::Window);
            let of_minimum = patch.minimum_calls.filter(|_| *setting == SettingName::MinimumCalls);
            let of_window = of_window.map(|named| below(named, *layer));
            of_window.or_else(|| of_minimum.map(|named| above(named, *layer)))
        });
        own.into_iter().chain(left).collect()
    }

    /// What was cache_key for this breaker and waits for a rule that is off.
    pub(super) fn unused(&self, policy: &Policy) -> Vec<String> {
        let slow = policy.slow_call_rate().is_none();
        let rates = !policy.has_rate_rule();
        let unused = [
            (slow, SettingName::SlowCallDuration, "`slow_call_rate` is off"),
            (rates, SettingName::Window, "no rate is set"),
            (rates, SettingName::MinimumCalls, "no rate is set"),
        ];
        let cache_key = |setting: &SettingName| {
            ConfigLayer::Attribute <= self.layer(*setting) && !self.fell_back(*setting, policy)
        };
        let unused = unused.into_iter().filter(|(off, setting, _)| *off && cache_key(setting));
        unused
            .map(|(_, setting, why)| {
                let (value, layer) = (policy.display_value(setting), self.layer(setting));
                format!("`{setting}` ({value}, {layer}) does nothing: {why}")
            })
            .collect()
    }
}
