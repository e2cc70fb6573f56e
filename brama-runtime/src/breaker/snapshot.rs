//! The snapshot of a breaker: its status.

use std::{sync::Arc, time::SystemTime};

use super::{locked::Locked, rare_state::RareState, slot::Slot};
use crate::{
    circuit::Tick,
    config::ConfigStore,
    counters::Totals,
    status::{PastOpening, Rate, Status},
};

impl Slot {
    pub(crate) fn status(&self) -> Status {
        let (mut status, store) = self.status_without_registry();
        if let Some(store) = store {
            status.warnings.extend(store.overflowed(&self.identity));
            status.warnings.extend(store.failed_reload());
        }
        status
    }

    /// Returns the status as far as the breaker knows it, and the registry, which knows more.
    fn status_without_registry(&self) -> (Status, Option<Arc<dyn ConfigStore>>) {
        let (now, time) = (self.context.time.now(), self.context.time.calendar());
        let calendar = |at| time.checked_sub(now.since(at)).unwrap_or(time);
        let mut locked = self.locked.lock();
        self.sync_counters_relaxed(&mut locked);
        let (totals, rejections) = self.totals_and_rejections(&locked);
        let Locked { circuit, policy, .. } = &*locked;
        let (layers, window) = (policy.layers(), circuit.counts(now));
        let rare = locked.rare();
        let opened = rare.and_then(|rare| rare.openings.back());
        let status = Status {
            identity: self.identity.clone(),
            kind: layers.kind(),
            labels: layers.labels(),
            state: circuit.state(),
            number: locked.number(),
            at: now,
            time,
            since: circuit.since(),
            since_time: calendar(circuit.since()),
            retry_after: circuit.retry_after(now),
            failures: circuit.failures(),
            successes: circuit.successes(),
            probes: circuit.probes(),
            in_flight: self.in_flight(policy),
            admitting: circuit.admitting(now),
            held_back: locked.is_held_back(),
            overlay: locked.overlay().and_then(|overlay| overlay.status(now)),
            trips: circuit.trips(),
            window,
            window_size: policy.window().size().filter(|_| policy.has_window_rule()),
            failure_rate: Rate::of(window.failures, window.calls, policy),
            slow_call_rate: Rate::of(window.slow, window.calls, policy),
            totals,
            rejections,
            durations: self.durations(policy, now),
            transitions: rare.map(|rare| rare.transitions.clone()).unwrap_or_default(),
            policy: policy.configured(),
            settings: policy.settings(),
            shadow_all: layers.is_shadow_all(),
            opening: opened.map(|opened| opened.number),
            cause: opened.map(|opened| Arc::clone(&opened.cause)),
            openings: past_openings(rare, calendar),
            reasons: circuit.reasons().cloned().collect(),
            warnings: self.warnings(&locked, totals, now),
        };
        (status, layers.store())
    }

    fn warnings(&self, locked: &Locked, totals: Totals, now: Tick) -> Vec<String> {
        let Locked { circuit, policy, .. } = locked;
        let losses = self.context.bus.losses(&self.identity, policy.layers().kind().as_ref());
        let abandoned = locked.rare().map(|rare| rare.abandoned).unwrap_or_default();
        let blind = abandoned.warning(totals, circuit.state());
        let full = self.warn_if_full(self.gate.load(), policy, now);
        policy.warnings().iter().cloned().chain(losses).chain(blind).chain(full).collect()
    }
}

/// The last openings, oldest first, each with the calendar time at which it began.
fn past_openings(
    rare: Option<&RareState>,
    calendar: impl Fn(Tick) -> SystemTime,
) -> Vec<PastOpening> {
    let openings = rare.into_iter().flat_map(|rare| &rare.openings);
    openings.map(|opened| opened.past(calendar(opened.at))).collect()
}
