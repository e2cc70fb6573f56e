//! The ledger: what the nodes have reported, a page for each phase and node.

use std::collections::BTreeMap;

use crate::{
    node_number::NodeNumber,
    phase::Phase,
    report::{CallEnd, CallResult, Lets, Report},
};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pages: BTreeMap<(Phase, NodeNumber), Page>,
    /// How the nodes are now.
    states: BTreeMap<NodeNumber, NodeState>,
    /// Requests that reached the service in a phase.
    reached: BTreeMap<Phase, u64>,
}

/// What a node did in a phase.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) answered: u64,
    pub(crate) failed: u64,
    pub(crate) rejected: u64,
    /// Calls that took as long as a command of the store may.
    pub(crate) slow: u64,
    /// How often its own circuit opened.
    pub(crate) opened: u64,
    pub(crate) failed_probes: u64,
    pub(crate) good_probes: u64,
    /// Who rejected for the fleet.
    pub(crate) rejected_by: Option<String>,
    pub(crate) had_ramp: bool,
    pub(crate) lost_store: bool,
}

/// How a node is now.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct NodeState {
    pub(crate) is_linked: bool,
    pub(crate) is_open: bool,
    pub(crate) is_overlaid: bool,
    /// Whether a call was answered since the circuit or the fleet last changed.
    pub(crate) is_answered: bool,
}

/// A command of the store that takes longer has failed.
const SLOW: u64 = 100_000;

impl Ledger {
    pub(crate) fn note(&mut self, phase: Phase, node: NodeNumber, report: &Report) {
        self.pages.entry((phase, node)).or_default().note(report);
        self.states.entry(node).or_default().note(report);
    }

    pub(crate) fn note_reached(&mut self, phase: Phase, reached: u64) {
        self.reached.insert(phase, reached);
    }

    pub(crate) fn reached(&self, phase: Phase) -> u64 {
        self.reached.get(&phase).copied().unwrap_or_default()
    }

    pub(crate) fn page(&self, phase: Phase, node: NodeNumber) -> Page {
        self.pages.get(&(phase, node)).cloned().unwrap_or_default()
    }

    /// A figure of all nodes in some phases.
    pub(crate) fn sum(&self, phases: &[Phase], figure: fn(&Page) -> u64) -> u64 {
        let pages = self.pages.iter().filter(|((phase, _), _)| phases.contains(phase));
        pages.map(|(_, page)| figure(page)).sum()
    }

    /// Whether a probe, and the call that was it, have ended.
    pub(crate) fn probe_has_failed(&self) -> bool {
        let sum = |figure| self.sum(&[Phase::StillFails], figure);
        0 < sum(|page| page.failed_probes) && 0 < sum(|page| page.failed)
    }

    pub(crate) fn has(&self, phase: Phase) -> bool {
        self.reached.contains_key(&phase)
    }

    pub(crate) fn state(&self, node: NodeNumber) -> NodeState {
        self.states.get(&node).copied().unwrap_or_default()
    }

    pub(crate) fn all(&self, holds: fn(NodeState) -> bool) -> bool {
        NodeNumber::ALL.into_iter().all(|node| holds(self.state(node)))
    }
}

impl Page {
    fn note(&mut self, report: &Report) {
        match report {
            Report::Called(CallResult { end, micros }) => {
                match end {
                    CallEnd::Answered => self.answered += 1,
                    CallEnd::Failed => self.failed += 1,
                    CallEnd::Rejected => self.rejected += 1,
                }
                self.slow += u64::from(SLOW <= *micros);
            }
            Report::Opened(_) => self.opened += 1,
            Report::Overlaid { by, lets: Lets::Nothing } => self.rejected_by = Some(by.clone()),
            Report::Overlaid { lets: Lets::Share, .. } => self.had_ramp = true,
            Report::Probed { succeeded: true } => self.good_probes += 1,
            Report::Probed { succeeded: false } => self.failed_probes += 1,
            Report::Unlinked(_) => self.lost_store = true,
            Report::Started
            | Report::HalfOpened
            | Report::Closed
            | Report::Overlaid { lets: Lets::Probe, .. }
            | Report::Lifted
            | Report::Linked
            | Report::Ended => {}
        }
    }

    pub(crate) const fn calls(&self) -> u64 {
        self.answered + self.failed + self.rejected
    }
}

impl NodeState {
    fn note(&mut self, report: &Report) {
        match report {
            Report::Called(result) => self.is_answered |= result.end == CallEnd::Answered,
            Report::Linked => self.is_linked = true,
            Report::Unlinked(_) => self.is_linked = false,
            Report::Opened(_) => (self.is_open, self.is_answered) = (true, false),
            Report::Closed => self.is_open = false,
            Report::Overlaid { .. } => (self.is_overlaid, self.is_answered) = (true, false),
            Report::Lifted => (self.is_overlaid, self.is_answered) = (false, false),
            Report::Started | Report::HalfOpened | Report::Probed { .. } | Report::Ended => {}
        }
    }

    /// Whether each call runs, and one was answered.
    pub(crate) const fn is_well(self) -> bool {
        self.is_answered && !self.is_open && !self.is_overlaid
    }
}
