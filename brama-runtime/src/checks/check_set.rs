//! The set of a plan's checks, which finds those that are due.

use std::collections::{BTreeMap, BTreeSet};

use super::planned_check::PlannedCheck;
use crate::circuit::Tick;

/// Checks by their numbers. A check is changed here only, so that it is always found by its stage,
/// and a change examines no other check.
#[derive(Default)]
pub(super) struct CheckSet {
    checks: BTreeMap<u64, PlannedCheck>,
    stages: Stages,
}

/// The checks by their stages.
#[derive(Default)]
struct Stages {
    /// The checks that the clock will move to another stage, by the time of the move.
    changes: BTreeSet<(Tick, u64)>,
    /// The checks that wait for the worker thread, by the time at which they were due.
    queue: BTreeSet<(Tick, u64)>,
    /// How many checks need a worker thread.
    closures: usize,
}

impl CheckSet {
    pub(super) fn add(&mut self, number: u64, check: PlannedCheck) {
        self.stages.add(number, &check);
        self.checks.insert(number, check);
    }

    /// Removes a check, which contains user values: the caller drops it after the lock is released.
    pub(super) fn remove(&mut self, number: u64) -> Option<PlannedCheck> {
        let check = self.checks.remove(&number)?;
        self.stages.remove(number, &check);
        Some(check)
    }

    /// Changes a check; `None` if it was removed.
    pub(super) fn change<R>(
        &mut self,
        number: u64,
        change: impl FnOnce(&mut PlannedCheck) -> R,
    ) -> Option<R> {
        let check = self.checks.get_mut(&number)?;
        self.stages.remove(number, check);
        let answer = change(check);
        self.stages.add(number, check);
        Some(answer)
    }

    pub(super) fn get(&self, number: u64) -> Option<&PlannedCheck> {
        self.checks.get(&number)
    }

    /// Every check, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &PlannedCheck)> {
        self.checks.iter().map(|(number, check)| (*number, check))
    }

    /// Every check, one by one.
    pub(super) fn into_checks(self) -> impl Iterator<Item = PlannedCheck> {
        self.checks.into_values()
    }

    /// The checks that the clock moves to another stage at `now`, the longest overdue first.
    pub(super) fn due(&self, now: Tick) -> Vec<u64> {
        let due = self.stages.changes.range(..=(now, u64::MAX));
        due.map(|(_, number)| *number).collect()
    }

    /// When the clock moves a check to another stage next.
    pub(super) fn next_change(&self) -> Option<Tick> {
        self.stages.changes.first().map(|(at, _)| *at)
    }

    /// The check that has waited longest for the worker thread.
    pub(super) fn first_queued(&self) -> Option<u64> {
        self.stages.queue.first().map(|(_, number)| *number)
    }

    /// Whether any check needs a worker thread.
    pub(super) const fn has_closures(&self) -> bool {
        0 < self.stages.closures
    }
}

impl Stages {
    fn add(&mut self, number: u64, check: &PlannedCheck) {
        #[cfg(test)]
        EXAMINED.set(EXAMINED.get() + 1);
        self.changes.extend(check.next_change().map(|at| (at, number)));
        self.queue.extend(check.queued_since().map(|due| (due, number)));
        self.closures += usize::from(check.needs_worker());
    }

    fn remove(&mut self, number: u64, check: &PlannedCheck) {
        check.next_change().map(|at| self.changes.remove(&(at, number)));
        check.queued_since().map(|due| self.queue.remove(&(due, number)));
        self.closures -= usize::from(check.needs_worker());
    }
}

#[cfg(test)]
thread_local! {
    /// How many checks this thread has filed under their stages.
    pub(super) static EXAMINED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}
