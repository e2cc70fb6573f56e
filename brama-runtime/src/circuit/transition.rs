//! From one state to the next: by time, by hand, and by what the other rules decide.

use std::time::Duration;

use super::{
    Action, By, Cause, Change, Circuit, Limit, Phase, Policy, Probes, Rule, Tick, opening::Term,
    recent_reasons::RecentReasons, window::WindowState,
};

impl Circuit {
    /// Makes the change that is due: an opening whose deadline has come becomes half-open, and a
    /// ramp that is over closes.
    ///
    /// A call would do this too; `sweep` keeps the recorded state up to date without one.
    pub fn sweep(&mut self, now: Tick) -> Option<Change> {
        match self.phase() {
            Phase::Open { until } if until <= now => Some(self.become_half_open(Rule::Expiry, now)),
            Phase::Ramp { until } if until <= now => Some(self.end_ramp(now)),
            Phase::Closed
            | Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::Ramp { .. }
            | Phase::ForcedOpen
            | Phase::Disabled => None,
        }
    }

    /// Performs an action by hand, in any state.
    ///
    /// The change has equal `from` and `to` if the circuit was in that state already.
    pub fn act(&mut self, policy: &Policy, action: Action, by: By, now: Tick) -> Change {
        let cause = Cause { by_hand: Some((action, by)), ..self.cause(Rule::ByHand, None, now) };
        match action {
            Action::Open(duration) => {
                let term = self.term_by_hand(policy, duration);
                self.count_trip();
                self.become_open(term, cause, now)
            }
            Action::ForceOpen => {
                self.count_opening();
                self.enter(Phase::ForcedOpen, cause, now)
            }
            Action::Close | Action::Reset => self.become_closed(cause, now),
            Action::Disable => self.enter(Phase::Disabled, cause, now),
        }
    }

    /// Records a health check that passed: real calls may probe an open circuit before its
    /// deadline.
    ///
    /// A check closes nothing, because a port that answers does not prove that calls work. It never
    /// shortens an opening by hand, nor one before the time that a retry-after hint asked for. Once
    /// a check has shortened an opening, no check shortens another until the circuit has closed.
    ///
    /// Record a check that failed as a failure, with
    /// [`record_unpermitted`](Self::record_unpermitted).
    pub fn check_passed(&mut self, now: Tick) -> Option<Change> {
        self.sweep(now).or_else(|| self.shorten_by_check(now))
    }

    fn shorten_by_check(&mut self, now: Tick) -> Option<Change> {
        let Phase::Open { .. } = self.phase() else { return None };
        let outage = self.outage_mut()?;
        let Term { hinted_until, is_by_hand, .. } = outage.term?;
        if is_by_hand || outage.shortened_by_check || now < hinted_until {
            return None;
        }
        outage.shortened_by_check = true;
        Some(self.become_half_open(Rule::HealthCheck, now))
    }

    pub(super) fn open_by(
        &mut self,
        rule: Rule,
        limit: Option<Limit>,
        policy: &Policy,
        now: Tick,
    ) -> Change {
        let (cause, term) = (self.cause(rule, limit, now), self.term_by_rule(policy, now));
        self.count_trip();
        self.become_open(term, cause, now)
    }

    pub(super) fn open_by_trip(
        &mut self,
        policy: &Policy,
        hint: Option<Duration>,
        now: Tick,
    ) -> Change {
        let (cause, term) =
            (self.cause(Rule::Trip, None, now), self.term_by_trip(policy, hint, now));
        self.count_trip();
        self.become_open(term, cause, now)
    }

    /// Opens again after `run` inconclusive probes in a row. This does not count as a trip: the
    /// probes did not show that the dependency is down, so no progressive wait grows.
    pub(super) fn open_by_inconclusive(&mut self, run: u32, now: Tick) -> Option<Change> {
        let term = self.term()?.repeated();
        let cause = self.cause(Rule::InconclusiveProbes, Some(Limit::Count(run)), now);
        Some(self.become_open(term, Cause { run: run.into(), ..cause }, now))
    }

    /// Closes, or begins the ramp that leads there.
    pub(super) fn recover(&mut self, policy: &Policy, now: Tick) -> Option<Change> {
        match policy.ramp {
            Some(length) => {
                self.begin_ramp(length, now);
                None
            }
            None => Some(self.close_by_successes(policy, now)),
        }
    }

    fn close_by_successes(&mut self, policy: &Policy, now: Tick) -> Change {
        let (run, limit) = (self.successes, Limit::Count(policy.success_threshold));
        let cause = self.cause(Rule::SuccessThreshold, Some(limit), now);
        self.become_closed(Cause { run, reasons: Vec::new(), ..cause }, now)
    }

    /// Begins the ramp as a state begins: with a new generation, empty runs and an empty window.
    fn begin_ramp(&mut self, length: Duration, now: Tick) {
        self.start(Phase::Ramp { until: now.after(length) }, now);
        self.begin_probes();
        if let Some(history) = &mut self.history {
            history.window_state = WindowState::Empty;
            history.reasons = RecentReasons::default();
        }
    }

    /// Closes after the ramp. Window, runs and generation go on, so that the calls in flight are
    /// not late.
    fn end_ramp(&mut self, now: Tick) -> Change {
        let cause = self.cause(Rule::Ramp, None, now);
        let from = self.state();
        let changed = self.changed_mut();
        (changed.phase, changed.trips) = (Phase::Closed, 0);
        self.since = now;
        self.end_outage();
        let cause = Cause { reasons: Vec::new(), ..cause };
        Change { from, to: self.state(), generation: self.generation(), at: now, cause }
    }

    fn count_trip(&mut self) {
        let changed = self.changed_mut();
        changed.trips = changed.trips.saturating_add(1);
    }

    fn count_opening(&mut self) {
        let changed = self.changed_mut();
        changed.openings = changed.openings.saturating_add(1);
    }

    fn become_open(&mut self, term: Term, cause: Cause, now: Tick) -> Change {
        let failures = self.run();
        let until = now.after(term.length.duration);
        let cause = Cause { duration: Some(term.length), ..cause };
        let change = self.enter(Phase::Open { until }, cause, now);
        self.begin_opening(term);
        self.count_opening();
        self.history_mut().failures = failures;
        change
    }

    fn become_half_open(&mut self, rule: Rule, now: Tick) -> Change {
        let cause = self.cause(rule, None, now);
        self.begin_probes();
        self.enter(Phase::HalfOpen(Probes::NONE), cause, now)
    }

    fn become_closed(&mut self, cause: Cause, now: Tick) -> Change {
        let history = self.history_mut();
        history.window_state = WindowState::Empty;
        history.reasons = RecentReasons::None;
        let changed = self.changed_mut();
        (changed.trips, changed.outage) = (0, None);
        self.enter(Phase::Closed, cause, now)
    }

    fn enter(&mut self, phase: Phase, cause: Cause, now: Tick) -> Change {
        let from = self.state();
        self.start(phase, now);
        Change { from, to: self.state(), generation: self.generation(), at: now, cause }
    }

    fn start(&mut self, phase: Phase, now: Tick) {
        let changed = self.changed_mut();
        (changed.generation, changed.phase) = (changed.generation.next(), phase);
        self.since = now;
        self.successes = 0;
        self.end_run_of_failures();
    }

    fn cause(&self, rule: Rule, limit: Option<Limit>, now: Tick) -> Cause {
        Cause {
            rule,
            limit,
            run: self.failures(),
            counts: self.counts(now),
            reasons: self.reasons().cloned().collect(),
            duration: None,
            by_hand: None,
            held_back: false,
        }
    }
}
