//! What must always hold, and what must be reachable for that to mean something.

use std::collections::BTreeSet;

use stateright::Property;

use crate::{
    fleet::{Fleet, State},
    record::Law,
};

pub(crate) fn properties() -> Vec<Property<Fleet>> {
    let always = Property::<Fleet>::always;
    let sometimes = Property::<Fleet>::sometimes;
    vec![
        always("at most one live lease an epoch", |_, it| are_distinct(&tokens(it))),
        always("at most one live lease without a loss of data", |_, it| {
            keeps(it, Law::OneLease) && (it.record.has_lost_data() || tokens(it).len() <= 1)
        }),
        always("never open for the fleet without a quorum", |_, it| keeps(it, Law::Quorum)),
        always("never closed by a stale token", |_, it| keeps(it, Law::Token)),
        always("a node ignores what is not newer", |_, it| keeps(it, Law::Newer)),
        always("epochs grow, also over a loss of data", |_, it| keeps(it, Law::Epochs)),
        always("local in the end when the link is down", ends_alone),
        sometimes("a probe closes", |_, it| it.record.closed_by_probe),
        sometimes("a lease is passed on", |_, it| it.record.lease_passed_on),
        sometimes("the fleet opens after a loss of data", |_, it| it.record.opened_after_loss),
    ]
}

fn keeps(state: &State, law: Law) -> bool {
    state.record.broken != Some(law)
}

fn are_distinct(tokens: &[u64]) -> bool {
    tokens.iter().collect::<BTreeSet<_>>().len() == tokens.len()
}

/// The tokens of the probes under way, as their nodes see it.
fn tokens(state: &State) -> Vec<u64> {
    let probing = state.nodes.iter().filter(|node| node.is_probing(state.now));
    probing.filter_map(|node| node.lease.map(|lease| lease.token)).collect()
}

/// Whether each node is on its own once nothing has arrived for as long as an overlay lasts.
fn ends_alone(fleet: &Fleet, state: &State) -> bool {
    let (mut nodes, later) = (state.nodes.clone(), state.now + fleet.longest_overlay());
    nodes.iter_mut().all(|node| {
        node.pass(later);
        node.overlay.is_none() && !node.is_probing(later)
    })
}
