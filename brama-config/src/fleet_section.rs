//! What the table `[fleet]` says, and what a reload changes in it.

use std::collections::HashMap;

use brama_fleet::{FleetChange, FleetConfig, FleetSetting, node::FleetMode};
use brama_runtime::api::{
    __private::{log_reloaded_part, with_kept},
    Registry,
};

use crate::{
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    setting_rows::FLEET,
    words::path,
};

/// What the table says, and where.
#[derive(Debug, Clone)]
pub(crate) struct FleetSection {
    pub(crate) config: FleetConfig,
    pub(crate) places: HashMap<String, SourcePlace>,
}

impl FleetSection {
    /// How many settings it has.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Adds what is valid and probably not meant.
    pub(crate) fn lint(&self, warnings: &mut RawFindings) {
        let policy = self.config.policy();
        let terms = policy.terms();
        let mut warn = |names: &[&str], message: String, help: &str| {
            let mut places = names.iter().filter_map(|name| Some((name, self.places.get(*name)?)));
            let Some((name, place)) = places.next() else { return };
            let warning = RawFinding::new(place.clone(), path(&[FLEET, name]), message);
            let warning = places.fold(warning.help(help), |warning, (name, place)| {
                warning.note(place.clone(), format!("`{name}` is set here"))
            });
            warnings.add(warning);
        };
        if policy.quorum(3) == 1 {
            let message = "in a fleet of 3 nodes, one sick node opens for all".to_owned();
            warn(&["min_votes", "percent"], message, "set `min_votes` to at least 2");
        }
        let value = |name: &str| FleetSetting::named(name).map(|it| it.value(policy));
        let [vote, heartbeat, wait, longest] =
            ["vote", "heartbeat", "wait", "longest_wait"].map(|it| value(it).unwrap_or_default());
        if terms.vote <= terms.heartbeat {
            let message = format!(
                "`vote` {vote} is no longer than `heartbeat` {heartbeat}: a vote ends before it is \
                 cast again"
            );
            warn(&["vote", "heartbeat"], message, "let a vote last several heartbeats");
        }
        if terms.longest_wait < terms.wait {
            let message = format!(
                "`wait` {wait} is above `longest_wait` {longest}: the wait never grows, and a \
                 rejection by hand is shorter than it"
            );
            warn(&["wait", "longest_wait"], message, "raise `longest_wait`, or lower `wait`");
        }
    }
}

/// Notes with the registry what its fleet is configured by, for the next time. Returns what has
/// changed, and the log has it.
pub(crate) fn note(
    registry: &Registry,
    source: &str,
    new: Option<&FleetConfig>,
) -> Vec<FleetChange> {
    let changes = with_kept(registry, |kept: &mut Option<Option<FleetConfig>>| {
        let Some(running) = kept else {
            *kept = Some(new.cloned());
            return Vec::new();
        };
        let changes = FleetConfig::changes(running.as_ref(), new);
        // What needs a restart is as before.
        *running = running.take().map(|running| match new {
            Some(new) => running.reconfigured(new),
            None => running.with_mode(FleetMode::Off),
        });
        changes
    });
    let lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
    log_reloaded_part(source, &lines);
    changes
}
