//! The world of one run: what all its nodes share.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use brama_fleet::{FleetPolicy, ballot::Standing};
use brama_runtime::api::PolicyPatch;

use crate::{
    clock::PausedClock,
    record::{NodeRecord, Record, Round},
    script::{Crash, Load, Script, Terms},
    service::Service,
};

/// What protects the calls of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guard {
    /// Nothing.
    Bare,
    /// A breaker on each node.
    Alone,
    /// A breaker on each node, and a fleet.
    Fleet,
}

/// What all nodes of a run share. Nodes refer to it, and it refers to none.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: PausedClock,
    pub(crate) guard: Guard,
    pub(crate) policy: FleetPolicy,
    pub(crate) patch: PolicyPatch,
    pub(crate) patience: Duration,
    /// When the trouble begins and ends.
    trouble: (Duration, Duration),
    pub(crate) load: Load,
    pub(crate) seed: u64,
    pub(crate) service: Service,
    state: Mutex<WorldState>,
}

#[derive(Debug)]
struct WorldState {
    record: Record,
    nodes: Vec<NodeRecord>,
    surge: f64,
    crashes: Vec<Crash>,
}

impl World {
    pub(crate) fn new(script: &Script, guard: Guard, (nodes, seed): (usize, u64)) -> Self {
        let load = script.load;
        let count = u32::try_from(nodes).unwrap_or(u32::MAX);
        let capacity = load.capacity.map(|calls| calls * f64::from(count));
        let (service, nodes) = (Service::new(capacity), vec![NodeRecord::default(); nodes]);
        let (record, crashes) = (Record::default(), Vec::new());
        let state = Mutex::new(WorldState { record, nodes, surge: 1.0, crashes });
        let Terms { fleet: policy, local: patch, patience } = script.terms;
        let trouble = (Duration::from_secs(script.begins), Duration::from_secs(script.ends));
        let clock = PausedClock::new();
        Self { clock, guard, policy, patch, patience, trouble, load, seed, service, state }
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Calls come so many times as often as usual from now on.
    pub(crate) fn surge(&self, times: f64) {
        self.lock().surge = times;
    }

    /// The seconds between two calls of a node, on average.
    pub(crate) fn between_calls(&self) -> f64 {
        1.0 / (self.load.calls * self.lock().surge)
    }

    /// The next node of which this can be said crashes.
    pub(crate) fn crash_next(&self, crash: Crash) {
        self.lock().crashes.push(crash);
    }

    /// No further node crashes.
    pub(crate) fn crash_no_more(&self) {
        self.lock().crashes.clear();
    }

    /// Whether a node crashes now.
    pub(crate) fn takes_crash(&self, crash: Crash) -> bool {
        let mut state = self.lock();
        let found = state.crashes.iter().position(|it| *it == crash);
        if let Some(place) = found {
            state.crashes.swap_remove(place);
            state.record.round().lost += 1;
        }
        found.is_some()
    }

    /// Changes the record of the run.
    pub(crate) fn note<T>(&self, note: impl FnOnce(&mut Record) -> T) -> T {
        note(&mut self.lock().record)
    }

    /// Changes the record of a node.
    pub(crate) fn note_of(&self, node: usize, change: impl FnOnce(&mut NodeRecord)) {
        if let Some(record) = self.lock().nodes.get_mut(node) {
            change(record);
        }
    }

    /// Whether there is a fleet.
    pub(crate) fn takes_part(&self) -> bool {
        self.guard == Guard::Fleet
    }

    /// Whether the trouble has begun.
    pub(crate) fn has_begun(&self, now: Duration) -> bool {
        self.trouble.0 <= now
    }

    /// Whether the node has rejected calls since then.
    pub(crate) fn has_stopped(&self, node: usize) -> bool {
        self.lock().nodes.get(node).is_some_and(|record| record.stopped_at.is_some())
    }

    pub(crate) fn note_success(&self, node: usize) {
        let (mut state, now) = (self.lock(), self.now());
        state.record.second(now).succeeded += 1;
        if let Some(record) = state.nodes.get_mut(node).filter(|_| self.trouble.1 <= now) {
            record.answered_at.get_or_insert(now);
        }
    }

    pub(crate) fn note_rejection(&self, node: usize) {
        let (mut state, now) = (self.lock(), self.now());
        let is_well = !self.service.is_sick();
        let last = state.record.sick_at;
        let is_long_well = is_well && last.is_none_or(|at| at + self.patience < now);
        let Some(record) = state.nodes.get_mut(node) else { return };
        record.rejected_at = Some(now);
        let is_harm = is_long_well && !record.was_sick;
        state.record.harmed += u64::from(is_harm);
        state.record.second(now).rejected += 1;
    }

    /// Notes that votes have opened the breaker for the fleet, and whether so many nodes could have
    /// voted.
    pub(crate) fn note_opening(&self, standing: Standing) {
        let (mut state, now) = (self.lock(), self.now());
        let vote = Duration::from_millis(self.policy.terms().vote);
        let count = |nodes: usize| u32::try_from(nodes).unwrap_or(u32::MAX);
        let members = count(state.nodes.iter().filter(|it| it.is_member(now)).count());
        let open = count(state.nodes.iter().filter(|it| it.was_open_within(vote, now)).count());
        let (record, needed) = (&mut state.record, self.policy.quorum(members));
        record.openings += 1;
        record.rounds.push(Round::default());
        if open < needed {
            let why = format!("{:.1} s: {open} nodes were open, of {members}", now.as_secs_f64());
            record.without_quorum.push(format!("{why}; the store counted {standing:?}"));
        }
    }

    /// Returns what was recorded.
    pub(crate) fn take_records(&self) -> (Record, Vec<NodeRecord>) {
        let mut state = self.lock();
        (std::mem::take(&mut state.record), std::mem::take(&mut state.nodes))
    }

    fn lock(&self) -> MutexGuard<'_, WorldState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
