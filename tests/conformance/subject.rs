//! A subject: a thing under test, the steps it takes and the facts it shows.

use std::time::Duration;

use brama::{PolicyPatch, State, circuit::Action, error::InvalidPolicy, status::Rule};

use super::step::{CallEnd, Reported};

/// A breaker or circuit in virtual time, which begins at 0.
pub(crate) trait Subject: Sized {
    /// The right to one call.
    type Permit;

    fn new(policy: PolicyPatch) -> Result<Self, InvalidPolicy>;

    fn wait(&mut self, length: Duration);

    fn admit(&mut self) -> Option<Self::Permit>;

    fn end(&mut self, permit: Self::Permit, end: CallEnd);

    fn report(&mut self, outcome: Reported);

    fn act(&mut self, action: Action);

    fn sweep(&mut self);

    /// Takes the states entered since the last call, in order.
    fn take_changes(&mut self) -> Vec<State>;

    fn observe(&self) -> Observation;

    /// Makes one whole call and returns whether it was admitted.
    fn call(&mut self, end: CallEnd, took: Duration) -> bool {
        call_by_permit(self, end, took)
    }
}

/// Implements [`Subject::call`] with a permit.
pub(crate) fn call_by_permit(subject: &mut impl Subject, end: CallEnd, took: Duration) -> bool {
    let Some(permit) = subject.admit() else {
        return false;
    };
    subject.wait(took);
    subject.end(permit, end);
    true
}

/// The visible state of a subject. Observing changes nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observation {
    pub(crate) state: State,
    pub(crate) failures: u64,
    pub(crate) successes: u64,
    /// The time left of the opening.
    pub(crate) retry_after: Option<Duration>,
    /// Why it last opened.
    pub(crate) cause: Option<Rule>,
    pub(crate) trips: u32,
    pub(crate) totals: Totals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) successes: u64,
    pub(crate) failures: u64,
    pub(crate) ignored: u64,
    pub(crate) abandoned: u64,
    pub(crate) rejected: u64,
    pub(crate) late: u64,
}
