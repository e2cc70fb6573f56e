//! The answer of `brama explain --format json`.

use std::time::Duration;

use brama::{
    config::Location,
    status::{ConfigLayer, Rule, SettingName},
};
use serde::Serialize;

use super::{
    Explained, PlacedSetting,
    simulation::{Reaction, Recovery, Trouble},
};

/// A breaker, its settings, and what they do. Times are in seconds.
#[derive(Serialize)]
pub(super) struct ExplainedJson<'a> {
    file: &'a str,
    scope: Option<&'a str>,
    identifier: &'a str,
    key: Option<&'a str>,
    kind: Option<&'a str>,
    /// Whether the file has a table for the breaker.
    is_named: bool,
    settings: Vec<SettingJson<'a>>,
    /// Whether the breaker rejects no call, by its policy or because every breaker is in shadow.
    is_shadow: bool,
    /// In calls a second.
    rate: f64,
    outages: Vec<OutageJson>,
    /// The lengths of openings in a row, the first eight at most.
    openings: Vec<f64>,
    recovery: Option<RecoveryJson>,
    sentences: Vec<String>,
    notes: &'a [String],
}

/// A setting, the layer that it comes from, and what each layer sets, from the highest down.
#[derive(Serialize)]
struct SettingJson<'a> {
    name: SettingName,
    value: &'a str,
    layer: ConfigLayer,
    layers: Vec<LayerJson<'a>>,
}

#[derive(Serialize)]
struct LayerJson<'a> {
    layer: ConfigLayer,
    value: &'a str,
    #[serde(flatten)]
    place: Option<&'a Location>,
}

/// Trouble that follows healthy calls.
#[derive(Serialize)]
struct OutageJson {
    /// `all_fail`, `half_fail`, `tenth_fail`, `all_slow` or `all_time_out`.
    trouble: &'static str,
    opens: bool,
    /// From the first call in trouble until the circuit opened, or until it was watched no longer.
    seconds: f64,
    calls: u64,
    rule: Option<&'static str>,
    cause: Option<String>,
}

#[derive(Serialize)]
struct RecoveryJson {
    /// From the deadline of the opening until the circuit closed.
    seconds: f64,
    successes: u64,
    ramp: Option<f64>,
    rejected: u64,
}

impl<'a> ExplainedJson<'a> {
    pub(super) fn new(explained: &'a Explained) -> Self {
        let Explained { identity, kind, .. } = explained;
        Self {
            file: &explained.file,
            scope: identity.scope(),
            identifier: identity.identifier(),
            key: identity.key(),
            kind: kind.as_ref().map(brama::ConnectionKind::as_str),
            is_named: explained.is_named,
            settings: explained.settings.iter().map(SettingJson::new).collect(),
            is_shadow: explained.is_shadow,
            rate: explained.rate,
            outages: explained.reactions.iter().map(OutageJson::new).collect(),
            openings: explained.openings.iter().map(Duration::as_secs_f64).collect(),
            recovery: explained.recovery.as_ref().map(RecoveryJson::new),
            sentences: explained.sentences(),
            notes: &explained.notes,
        }
    }
}

impl<'a> SettingJson<'a> {
    fn new(placed: &'a PlacedSetting) -> Self {
        let PlacedSetting { setting, places, .. } = placed;
        let layers = setting.layers.iter().zip(places).map(|(it, place)| LayerJson {
            layer: it.layer,
            value: &it.value,
            place: place.as_ref(),
        });
        let layers = layers.collect();
        Self { name: setting.name, value: &setting.value, layer: setting.layer, layers }
    }
}

impl OutageJson {
    fn new((trouble, reaction): &(Trouble, Reaction)) -> Self {
        let trouble = match trouble {
            Trouble::AllFail => "all_fail",
            Trouble::HalfFail => "half_fail",
            Trouble::TenthFail => "tenth_fail",
            Trouble::AllSlow => "all_slow",
            Trouble::AllTimeOut => "all_time_out",
        };
        let (seconds, calls, cause) = match reaction {
            Reaction::Opens { after, calls, cause } => (after, *calls, Some(cause)),
            Reaction::StaysClosed { during, calls } => (during, *calls, None),
        };
        let (opens, seconds) = (cause.is_some(), seconds.as_secs_f64());
        let rule = cause.map(|cause| Rule::as_str(cause.rule));
        Self { trouble, opens, seconds, calls, rule, cause: cause.map(ToString::to_string) }
    }
}

impl RecoveryJson {
    fn new(recovery: &Recovery) -> Self {
        Self {
            seconds: recovery.after.as_secs_f64(),
            successes: recovery.probes,
            ramp: recovery.ramp.as_ref().map(Duration::as_secs_f64),
            rejected: recovery.rejected,
        }
    }
}
