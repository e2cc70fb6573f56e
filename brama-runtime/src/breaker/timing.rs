//! Timing: how long calls take.

use std::time::Duration;

use super::{entry::Entry, slot::Slot, stopped_time::StoppedTime};
use crate::{
    circuit::{Policy, Tick},
    histogram::{Durations, TimedOutcome},
};

impl Slot {
    /// Returns how long the call took, or `None` if calls are not timed.
    pub(super) fn took(&self, entry: Entry) -> Option<Duration> {
        if entry.started == Tick::NEVER {
            return None;
        }
        let until_now = || self.now(entry.word()).since(entry.started);
        Some(entry.stopped_time().map_or_else(until_now, StoppedTime::took))
    }

    /// Stops the time of a call, unless it was stopped before.
    pub(super) fn stop_timing(&self, entry: Entry) -> Entry {
        match self.took(entry) {
            Some(took) if !entry.word().is_stopped() => {
                entry.stopped(StoppedTime::new(entry.started, took))
            }
            Some(_) | None => entry,
        }
    }

    /// Counts the duration of a call that was admitted while durations were counted.
    #[inline]
    pub(super) fn count_duration(
        &self,
        entry: Entry,
        outcome: TimedOutcome,
        took: Option<Duration>,
    ) {
        if entry.word().is_measured()
            && let Some(took) = took
        {
            let ended = if entry.word().is_stopped() {
                self.now(entry.word())
            } else {
                entry.started.after(took)
            };
            self.extras().durations.count(outcome, took, ended);
        }
    }

    /// Returns the durations of calls; `None` if they are not counted, and never were.
    pub(super) fn durations(&self, policy: &Policy, now: Tick) -> Option<Durations> {
        let counted = self.extras.get().and_then(|extras| extras.durations.read(now));
        counted.or_else(|| policy.durations().then(Durations::default))
    }
}
