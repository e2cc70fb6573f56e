//! What a circuit remembers of calls since it closed.

use std::fmt;

use super::{
    Circuit, Generation, Phase, Policy, Reason, Tick, WindowCounts, outage::Outage,
    outcome_ring::CallFlags, recent_reasons::RecentReasons, window::WindowState,
};

/// The outcomes in the window, the present run of failures with its last reasons, and what began
/// when the circuit left its first state.
///
/// One box holds them. A circuit that has no window rule and has never failed or opened has no box.
///
/// What a failure writes comes first, in as few cache lines as possible: two threads whose calls
/// fail take them from each other.
#[derive(Debug, Clone, Default)]
#[repr(C)]
pub(super) struct History {
    pub(super) failures: u32,
    pub(super) reasons: RecentReasons,
    pub(super) changed: Option<Box<ChangedState>>,
    pub(super) window_state: WindowState,
}

/// What a circuit remembers since it left its first state. Until then, all of it is as new.
#[derive(Debug, Clone)]
pub(super) struct ChangedState {
    pub(super) generation: Generation,
    pub(super) openings: u64,
    pub(super) phase: Phase,
    pub(super) trips: u32,
    /// `None` while the circuit is closed, unless the present run of failures has a hint.
    pub(super) outage: Option<Box<Outage>>,
}

impl ChangedState {
    pub(super) const NONE: Self = Self {
        generation: Generation::new(0),
        openings: 0,
        phase: Phase::Closed,
        trips: 0,
        outage: None,
    };
}

impl Default for ChangedState {
    fn default() -> Self {
        Self::NONE
    }
}

impl Circuit {
    pub(super) fn history_mut(&mut self) -> &mut History {
        self.history.get_or_insert_default()
    }

    pub(super) const fn changed(&self) -> Option<&ChangedState> {
        match &self.history {
            Some(history) => match &history.changed {
                Some(changed) => Some(changed),
                None => None,
            },
            None => None,
        }
    }

    /// What began when the circuit left its first state, allocated if necessary.
    pub(super) fn changed_mut(&mut self) -> &mut ChangedState {
        self.history_mut().changed.get_or_insert_default()
    }

    pub(super) const fn phase(&self) -> Phase {
        match self.changed() {
            Some(changed) => changed.phase,
            None => Phase::Closed,
        }
    }

    /// The number of failures in a row.
    pub(super) const fn run(&self) -> u32 {
        match &self.history {
            Some(history) => history.failures,
            None => 0,
        }
    }
}

impl History {
    /// Counts successes that were not reported one by one.
    ///
    /// Without a window rule, they do not enter the window. The window is incomplete then, so it is
    /// emptied and starts anew under the next policy with such a rule.
    pub(super) fn count_successes(&mut self, policy: &Policy, count: u64) {
        if !policy.has_window_rule() && 0 < count {
            self.window_state = WindowState::Empty;
        } else {
            self.window_state.push_successes(count);
        }
    }
}

impl Circuit {
    pub(super) fn count_success(&mut self) {
        self.successes = self.successes.saturating_add(1);
        self.end_run_of_failures();
    }

    pub(super) fn count_failure(&mut self, reason: Reason) {
        self.successes = 0;
        let history = self.history_mut();
        history.failures = history.failures.saturating_add(1);
        history.reasons.push(reason);
    }

    pub(super) fn end_run_of_failures(&mut self) {
        if let Some(history) = &mut self.history {
            history.failures = 0;
            self.forget_hints();
        }
    }

    pub(super) fn remember(&mut self, policy: &Policy, flags: CallFlags, now: Tick) {
        if policy.has_window_rule() {
            let window_state = &mut self.history_mut().window_state;
            window_state.turn(policy.window, now);
            window_state.push(flags);
        } else if let Some(history) = &mut self.history {
            history.window_state = WindowState::Empty;
        }
    }

    /// Gives the window of a closed circuit the shape that the policy configures, as the next
    /// outcome would. Returns the counts of a window that is lost, because the new one is of
    /// another unit.
    pub(crate) fn reshape_window(&mut self, policy: &Policy, now: Tick) -> Option<WindowCounts> {
        let is_judged =
            matches!(self.phase(), Phase::Closed | Phase::Ramp { .. }) && policy.has_window_rule();
        let window_state = &mut self.history.as_mut().filter(|_| is_judged)?.window_state;
        if matches!(window_state, WindowState::Empty) {
            return None;
        }
        let is_lost = window_state.is_of_another_unit(policy.window);
        let lost = is_lost.then(|| window_state.counts(now));
        window_state.turn(policy.window, now);
        lost.filter(|lost| 0 < lost.calls)
    }
}

/// Prints every value, whether a box holds it or not.
impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (none, empty) = (ChangedState::NONE, History::default());
        let changed = self.changed().unwrap_or(&none);
        let history = self.history.as_deref().unwrap_or(&empty);
        f.debug_struct("Circuit")
            .field("seed", &self.seed)
            .field("generation", &changed.generation)
            .field("openings", &changed.openings)
            .field("phase", &changed.phase)
            .field("since", &self.since)
            .field("failures", &history.failures)
            .field("successes", &self.successes)
            .field("trips", &changed.trips)
            .field("window_state", &history.window_state)
            .field("reasons", &history.reasons)
            .field("outage", &changed.outage)
            .finish()
    }
}
