//! Metrics of a node in its fleet.

use brama_runtime::api::metrics::GaugeFamily;

use super::FleetStatus;
use crate::{BreakerName, node::FleetMode};

impl FleetStatus {
    /// Returns the metrics of the node, for
    /// [`Exposition::render_with`](brama_runtime::api::metrics::Exposition::render_with).
    ///
    /// | gauge | labels | value |
    /// |---|---|---|
    /// | `brama_fleet_link` | | 1 while the store answers |
    /// | `brama_fleet_lag_seconds` | | since the store last answered a heartbeat |
    /// | `brama_fleet_nodes` | | nodes that are alive |
    /// | `brama_fleet_policies` | | their different policies, which should be one |
    /// | `brama_fleet_doubt` | | 1 while the votes of this node weigh nothing |
    /// | `brama_fleet_shadow` | | 1 in shadow |
    /// | `brama_fleet_votes`, `_members`, `_quorum` | of the breaker | the last count |
    /// | `brama_fleet_decided` | of the breaker | 1 while a decision is in force |
    /// | `brama_fleet_held_back` | of the breaker | 1 while too much is open already |
    ///
    /// The labels of a breaker are those of its other metrics. A node that is off has none.
    #[must_use]
    pub fn gauges(&self) -> Vec<GaugeFamily> {
        if self.mode == FleetMode::Off {
            return Vec::new();
        }
        let mut families = self.gauges_of_node();
        families.extend(self.gauges_of_votes());
        families.push(each(
            GaugeFamily::new("brama_fleet_decided", "Whether a decision of the fleet is in force."),
            self.decided.iter().map(|(name, _)| (name, 1.0)),
        ));
        families.push(each(
            GaugeFamily::new(
                "brama_fleet_held_back",
                "Whether votes open nothing because too many breakers of the fleet are open.",
            ),
            self.held_back.iter().map(|name| (name, 1.0)),
        ));
        families
    }

    fn gauges_of_node(&self) -> Vec<GaugeFamily> {
        let gauge = |name, help, value: f64| GaugeFamily::new(name, help).sample(&[], value);
        let is = |holds| f64::from(u8::from(holds));
        let is_shadow = self.mode == FleetMode::Shadow;
        let mut gauges = vec![
            gauge(
                "brama_fleet_link",
                "Whether the store of the fleet answers.",
                is(self.is_linked),
            ),
            gauge("brama_fleet_nodes", "Nodes that are alive.", self.nodes.into()),
            gauge("brama_fleet_policies", "Different policies of the nodes.", self.policies.into()),
            gauge("brama_fleet_doubt", "Whether the node doubts itself.", is(self.doubts_itself)),
            gauge("brama_fleet_shadow", "Whether the node is in shadow.", is(is_shadow)),
        ];
        let help = "Time since the store of the fleet last answered a heartbeat.";
        let lag = self.lag.map(|lag| gauge("brama_fleet_lag_seconds", help, lag.as_secs_f64()));
        gauges.extend(lag);
        gauges
    }

    fn gauges_of_votes(&self) -> [GaugeFamily; 3] {
        let votes = self.votes.iter();
        let family = GaugeFamily::new;
        [
            each(
                family("brama_fleet_votes", "Nodes that have voted to open."),
                votes.clone().map(|(name, it)| (name, it.votes.into())),
            ),
            each(
                family("brama_fleet_members", "Nodes with traffic on the breaker."),
                votes.clone().map(|(name, it)| (name, it.members.into())),
            ),
            each(
                family("brama_fleet_quorum", "Votes that open."),
                votes.map(|(name, it)| (name, it.quorum.into())),
            ),
        ]
    }
}

/// Adds a sample for each breaker.
fn each<'a>(
    family: GaugeFamily,
    samples: impl Iterator<Item = (&'a BreakerName, f64)>,
) -> GaugeFamily {
    samples.fold(family, |family, (name, value)| match name.to_identity() {
        Some(identity) => family.sample_of(&identity, &[], value),
        None => family,
    })
}
