//! The outcome of a run, and whether it is what was promised.

use std::{sync::Arc, time::Duration};

use crate::{
    node::SimNode,
    record::{NodeRecord, Record, Round, Second},
    script::{Opens, Script},
    world::{Guard, World},
};

/// What came out of a run.
#[derive(Debug, Clone)]
pub(crate) struct RunOutcome {
    pub(crate) guard: Guard,
    pub(crate) record: Record,
    pub(crate) opening: Spread,
    /// From the end of the trouble to the first success of a node.
    pub(crate) answered: Spread,
    /// From the end of the trouble to the last rejection of a node.
    pub(crate) recovery: Spread,
    /// Nodes that do not call as before at the end.
    pub(crate) stuck: usize,
    /// Nodes whose breakers counted other calls than were made, or whose circuits an overlay has
    /// changed.
    pub(crate) miscounted: usize,
    pub(crate) changed: usize,
}

/// How long something took on all nodes for which it happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    fn of(lengths: impl Iterator<Item = Duration>) -> Self {
        let mut lengths: Vec<_> = lengths.collect();
        lengths.sort_unstable();
        Self(lengths)
    }

    /// The length that so many per cent do not exceed; `None` if it happened on no node.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).copied()
    }
}

impl RunOutcome {
    pub(crate) fn of(script: &Script, guard: Guard, world: &World, nodes: &[Arc<SimNode>]) -> Self {
        let processes: Vec<_> = nodes.iter().filter_map(|node| node.process()).collect();
        let count = |is: &dyn Fn(&crate::node::Process) -> bool| {
            processes.iter().filter(|process| is(process)).count()
        };
        let stuck = nodes.len() - count(&|it| guard == Guard::Bare || it.is_free());
        let changed = count(&|it| 0 < it.mirror.differences(&it.breaker));
        let miscounted = count(&|it| !it.counts_add_up());
        let (record, nodes) = world.take_records();
        let [opening, answered, recovery] = spreads(script, &nodes);
        Self { guard, record, opening, answered, recovery, stuck, miscounted, changed }
    }

    /// Calls that reached the sick service.
    pub(crate) fn sick_calls(&self) -> u64 {
        self.record.sum(|second| second.reached_sick)
    }

    /// Those after the node had opened.
    pub(crate) fn late_calls(&self) -> u64 {
        self.record.sum(|second| second.reached_late)
    }

    /// The round with the most probes.
    pub(crate) fn busiest_round(&self) -> Round {
        self.record.rounds.iter().copied().max_by_key(|it| it.probes).unwrap_or_default()
    }

    /// What was promised and did not happen, in words; empty if all did.
    pub(crate) fn broken(&self, script: &Script) -> Vec<String> {
        let Record { harmed, openings, .. } = self.record;
        let opens_wrongly = match script.opens {
            Opens::Must => self.guard == Guard::Fleet && openings == 0,
            Opens::Never => 0 < openings,
            #[cfg(test)]
            Opens::May => false,
        };
        let mut broken = self.broken_laws();
        broken.extend(self.broken_leases());
        broken.extend(self.broken_rounds());
        broken.extend(self.broken_quorums());
        if 0 < harmed {
            broken.push(format!("{harmed} calls were rejected while the service was well"));
        }
        if opens_wrongly {
            broken.push(format!("the fleet opened {openings} times"));
        }
        broken
    }

    /// What must hold whatever goes wrong, and did not.
    pub(crate) fn broken_laws(&self) -> Vec<String> {
        let laws = [
            (self.stuck, "breakers are stuck"),
            (self.miscounted, "breakers have totals that do not add up"),
            (self.changed, "circuits were changed by an overlay"),
            (usize::try_from(self.record.delayed).unwrap_or(usize::MAX), "calls waited"),
        ];
        let broken = laws.into_iter().filter(|(count, _)| 0 < *count);
        broken.map(|(count, what)| format!("{count} {what}")).collect()
    }

    /// Rounds with more than one probe that no lost holder explains.
    pub(crate) fn broken_rounds(&self) -> Vec<String> {
        let broken = self.record.rounds.iter().filter(|it| 1 + it.lost < it.probes);
        broken.map(|it| format!("{it:?}, must be 1 probe")).collect()
    }

    /// Rounds with more probes than leases.
    pub(crate) fn broken_leases(&self) -> Vec<String> {
        let broken = self.record.rounds.iter().filter(|it| it.leases < it.probes);
        broken.map(|it| format!("{it:?}, must be a probe a lease")).collect()
    }

    /// Openings for which too few nodes were open.
    pub(crate) fn broken_quorums(&self) -> Vec<String> {
        self.record.without_quorum.iter().map(|it| format!("no quorum: {it}")).collect()
    }

    /// How the calls of each second ended.
    pub(crate) fn seconds(&self) -> &[Second] {
        &self.record.seconds
    }
}

fn spreads(script: &Script, nodes: &[NodeRecord]) -> [Spread; 3] {
    let (begins, ends) = (Duration::from_secs(script.begins), Duration::from_secs(script.ends));
    let stopped = nodes.iter().filter(|it| it.stopped_at.is_some());
    let recovered = stopped.map(|it| it.rejected_at.unwrap_or_default().saturating_sub(ends));
    let answered = nodes.iter().filter_map(|it| it.answered_at);
    [
        Spread::of(nodes.iter().filter_map(|it| it.stopped_at).map(|at| at.saturating_sub(begins))),
        Spread::of(answered.map(|at| at.saturating_sub(ends))),
        Spread::of(recovered),
    ]
}
