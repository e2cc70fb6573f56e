//! The series of a breaker, read without a list or a text.

use super::{locked::Locked, slot::Slot};
use crate::{
    circuit::{State, Tick},
    status::Series,
};

impl Slot {
    /// Sets whether metrics sum the breaker with others of its identifier, and how many of those
    /// were evicted before it was created. Call it before another thread can use the slot.
    pub(crate) fn set_in_metrics(&self, is_summed: bool, incarnation: u64) {
        self.whereabouts.set_in_metrics(is_summed, incarnation);
    }

    /// A number that differs between a breaker and an evicted one that had the same key.
    pub(super) fn incarnation(&self) -> u64 {
        self.whereabouts.incarnation()
    }

    /// Whether metrics sum the breaker with others of its identifier.
    pub(crate) fn is_summed(&self) -> bool {
        self.whereabouts.is_summed()
    }

    /// Returns what metrics show of the breaker. It allocates for a long identity, for transitions
    /// if there were any, and for durations if they are counted.
    pub(crate) fn series(&self) -> Series {
        let now = self.time_now();
        let mut locked = self.locked.lock();
        self.sync_counters_relaxed(&mut locked);
        self.series_of(&locked, now)
    }

    /// Whether the circuit is open past its deadline, so that the next call is a probe.
    pub(crate) fn is_due(&self) -> bool {
        self.state() == State::Open && self.gate.published().rejects_until() <= self.time_now()
    }

    /// Whether an overlay rejects every call.
    pub(crate) fn is_rejected_by_overlay(&self) -> bool {
        self.gate.load().is_overlaid() && {
            let now = self.time_now();
            self.locked.lock().overlay_rejects_until(now).is_some()
        }
    }

    pub(super) fn series_of(&self, locked: &Locked, now: Tick) -> Series {
        let Locked { circuit, policy, .. } = locked;
        let (totals, rejections) = self.totals_and_rejections(locked);
        let window = circuit.counts(now);
        let is_judged = policy.has_rate_rule() && u64::from(policy.minimum_calls()) <= window.calls;
        let ratio = |calls| is_judged.then(|| share(calls, window.calls));
        Series {
            identity: self.identity.clone(),
            incarnation: self.incarnation(),
            summed: None,
            states: State::ALL.map(|state| u64::from(state == circuit.state())),
            totals,
            rejections,
            transitions: locked.rare().map(|it| it.transitions.clone()).unwrap_or_default(),
            openings: circuit.opening(),
            durations: self.durations(policy, now),
            failures: circuit.failures(),
            window: policy.has_window_rule().then_some(window),
            window_size: policy.window().size().filter(|_| policy.has_window_rule()),
            failure_ratio: ratio(window.failures),
            slow_ratio: ratio(window.slow),
            in_flight: self.in_flight(policy),
            concurrency_limit: policy.concurrency_limit().map(u64::from),
            overlaid: locked.overlay().filter(|overlay| overlay.is_present(now)).map(|_| 1),
            admitting: circuit.admitting(now).map(|mille| f64::from(mille) / 1000.0),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
fn share(some: u64, calls: u64) -> f64 {
    some as f64 / calls.max(1) as f64
}
