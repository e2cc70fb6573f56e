//! The rules that take a circuit from one state to the next.

use std::time::Duration;

use super::{
    Action, Admission, By, Cause, Change, Circuit, DurationSource, Fate, Generation, OpenDuration,
    Phase, Policy, Probes, Reason, Rule, Tick, Verdict, outcome_ring::CallFlags,
};

impl Circuit {
    /// Decides whether a call may run.
    ///
    /// An opening whose deadline has come becomes half-open first, so a call exactly at the
    /// deadline is admitted.
    pub fn admit(&mut self, policy: &Policy, now: Tick) -> (Admission, Option<Change>) {
        match self.phase {
            Phase::Closed | Phase::Disabled => (Admission::Admitted(self.generation), None),
            Phase::Open { until } if now < until => (reject(policy, Some(until.since(now))), None),
            Phase::Open { .. } => {
                let change = self.become_half_open(Rule::Expiry, now);
                (self.admit_probe(Probes::NONE, policy, now), Some(change))
            }
            Phase::HalfOpen(probes) => (self.admit_probe(probes, policy, now), None),
            Phase::ForcedOpen => (reject(policy, None), None),
        }
    }

    /// Records the outcome of a call that was admitted in `generation`.
    ///
    /// Each permit must report once. A probe gives back its place whatever its outcome.
    pub fn report(
        &mut self,
        policy: &Policy,
        generation: Generation,
        verdict: Verdict,
        now: Tick,
    ) -> (Fate, Option<Change>) {
        if generation != self.generation {
            return (Fate::Late, None);
        }
        if let Phase::HalfOpen(probes) = &mut self.phase {
            probes.in_flight = probes.in_flight.saturating_sub(1);
        }
        let slow = policy.is_slow(verdict.took());
        self.judge(policy, verdict, slow, now)
    }

    /// Records an outcome without a permit.
    ///
    /// It neither takes nor frees the place of a probe, and is never slow.
    pub fn record_unpermitted(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        now: Tick,
    ) -> (Fate, Option<Change>) {
        self.judge(policy, verdict, false, now)
    }

    /// Records a health check that passed.
    ///
    /// An open circuit becomes half-open as if its deadline had come. A half-open circuit counts
    /// the check as the success of a probe, and its fate is returned; it is `None` in every other
    /// state. A closed circuit learns nothing from a check, and a circuit that was forced open or
    /// disabled by hand stays so.
    ///
    /// Record a check that failed as a failure, with
    /// [`record_unpermitted`](Self::record_unpermitted).
    pub fn check_passed(&mut self, policy: &Policy, now: Tick) -> (Option<Fate>, Option<Change>) {
        match self.phase {
            Phase::Open { .. } => (None, Some(self.become_half_open(Rule::HealthCheck, now))),
            Phase::HalfOpen(_) => {
                let (fate, change) = self.record_unpermitted(policy, Verdict::SUCCESS, now);
                (Some(fate), change)
            }
            Phase::Closed | Phase::ForcedOpen | Phase::Disabled => (None, None),
        }
    }

    /// Performs an action by hand, in any state.
    ///
    /// The change has equal `from` and `to` if the circuit was in that state already.
    pub fn act(&mut self, policy: &Policy, action: Action, by: By, now: Tick) -> Change {
        let cause = Cause { by_hand: Some((action, by)), ..self.cause(Rule::ByHand, None, now) };
        match action {
            Action::Open(None) => {
                let length = self.length(policy);
                self.become_open(length, cause, now)
            }
            Action::Open(Some(duration)) => {
                let length = OpenDuration {
                    duration,
                    source: DurationSource::ByHand,
                    jitter: Duration::ZERO,
                };
                self.become_open(length, cause, now)
            }
            Action::ForceOpen => {
                self.openings = self.openings.saturating_add(1);
                self.enter(Phase::ForcedOpen, cause, now)
            }
            Action::Close | Action::Reset => self.become_closed(cause, now),
            Action::Disable => self.enter(Phase::Disabled, cause, now),
        }
    }

    /// Makes an opening half-open if its deadline has come.
    ///
    /// A call would do this too; `sweep` keeps the recorded state up to date without one.
    pub fn sweep(&mut self, now: Tick) -> Option<Change> {
        match self.phase {
            Phase::Open { until } if until <= now => Some(self.become_half_open(Rule::Expiry, now)),
            Phase::Closed
            | Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::ForcedOpen
            | Phase::Disabled => None,
        }
    }

    /// Ends the run of failures after a success that a gate counted itself while
    /// [`is_settled_by_success`](Self::is_settled_by_success) held.
    ///
    /// Does nothing if there is no run of failures.
    pub const fn end_failures(&mut self) {
        if matches!(self.phase, Phase::Closed) {
            self.failures = 0;
        }
    }

    /// Adds quick successes that a gate counted while [`is_settled`](Self::is_settled) held.
    ///
    /// Call it before every step that judges or closes, so that the window sees outcomes in their
    /// order. Successes that arrive after the state has changed are dropped: only the totals
    /// include them.
    pub fn count_successes(&mut self, policy: &Policy, count: u64) {
        match self.phase {
            Phase::Closed => {
                // After a failure, these successes can only be older than it.
                if self.failures == 0 {
                    self.successes = self.successes.saturating_add(count);
                }
                if let Some(history) = &mut self.history {
                    history.count_successes(policy, count);
                }
            }
            Phase::Open { .. } | Phase::HalfOpen(_) | Phase::ForcedOpen | Phase::Disabled => {}
        }
    }

    fn admit_probe(&mut self, probes: Probes, policy: &Policy, now: Tick) -> Admission {
        let lose_places_at = probes.lose_places_at(policy);
        let in_flight = if probes.has_place(policy) {
            probes.in_flight.saturating_add(1)
        } else if lose_places_at <= now {
            self.generation = self.generation.next();
            1
        } else {
            return reject(policy, Some(lose_places_at.since(now)));
        };
        self.phase = Phase::HalfOpen(Probes { in_flight, newest: now });
        Admission::Admitted(self.generation)
    }

    fn judge(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        slow: bool,
        now: Tick,
    ) -> (Fate, Option<Change>) {
        let verdict = verdict.under(policy);
        match self.phase {
            Phase::Closed => (Fate::Judged, self.judge_call(policy, verdict, slow, now)),
            Phase::HalfOpen(_) => (Fate::Judged, self.judge_probe(policy, verdict, slow, now)),
            Phase::Open { .. } | Phase::ForcedOpen | Phase::Disabled => (Fate::TotalsOnly, None),
        }
    }

    fn judge_call(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        slow: bool,
        now: Tick,
    ) -> Option<Change> {
        let hint = match verdict {
            Verdict::Ignore | Verdict::Abandoned { .. } => return None,
            Verdict::Success { .. } => {
                self.count_success();
                self.remember(policy, CallFlags { failed: false, slow }, now);
                None
            }
            Verdict::Failure { reason, retry_after, .. } => {
                self.count_failure(reason);
                self.remember(policy, CallFlags { failed: true, slow }, now);
                retry_after
            }
        };
        let (rule, limit) = self.broken_rule(policy, now)?;
        Some(self.open_by(rule, Some(limit), policy, hint, now))
    }

    fn judge_probe(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        slow: bool,
        now: Tick,
    ) -> Option<Change> {
        match verdict {
            Verdict::Ignore | Verdict::Abandoned { .. } => None,
            Verdict::Success { .. } if slow => {
                self.count_failure(Reason::from("the probe was slow"));
                Some(self.open_by(Rule::ProbeFailed, None, policy, None, now))
            }
            Verdict::Success { .. } => {
                self.count_success();
                let limit = policy.success_threshold;
                let recovered = u64::from(limit) <= self.successes;
                recovered.then(|| self.close_by_successes(limit, now))
            }
            Verdict::Failure { reason, retry_after, .. } => {
                self.count_failure(reason);
                Some(self.open_by(Rule::ProbeFailed, None, policy, retry_after, now))
            }
        }
    }

    fn open_by(
        &mut self,
        rule: Rule,
        limit: Option<u32>,
        policy: &Policy,
        hint: Option<Duration>,
        now: Tick,
    ) -> Change {
        let cause = self.cause(rule, limit, now);
        let length = self.length(policy).jittered(policy, self.seed, self.generation.next());
        let length = length.lengthened(hint.map(|hint| hint.min(policy.retry_after_cap)));
        self.become_open(length, cause, now)
    }

    fn close_by_successes(&mut self, limit: u32, now: Tick) -> Change {
        let run = self.successes;
        let cause = self.cause(Rule::SuccessThreshold, Some(limit), now);
        self.become_closed(Cause { run, reasons: Vec::new(), ..cause }, now)
    }

    fn become_open(&mut self, length: OpenDuration, cause: Cause, now: Tick) -> Change {
        let failures = self.failures;
        let until = now.after(length.duration);
        let cause = Cause { duration: Some(length), ..cause };
        let change = self.enter(Phase::Open { until }, cause, now);
        self.openings = self.openings.saturating_add(1);
        self.failures = failures;
        self.trips = self.trips.saturating_add(1);
        change
    }

    fn become_half_open(&mut self, rule: Rule, now: Tick) -> Change {
        let cause = self.cause(rule, None, now);
        self.enter(Phase::HalfOpen(Probes::NONE), cause, now)
    }

    fn become_closed(&mut self, cause: Cause, now: Tick) -> Change {
        self.trips = 0;
        self.history = None;
        self.enter(Phase::Closed, cause, now)
    }

    const fn enter(&mut self, phase: Phase, cause: Cause, now: Tick) -> Change {
        let from = self.state();
        self.generation = self.generation.next();
        self.phase = phase;
        self.since = now;
        self.failures = 0;
        self.successes = 0;
        Change { from, to: self.state(), generation: self.generation, at: now, cause }
    }

    fn cause(&self, rule: Rule, limit: Option<u32>, now: Tick) -> Cause {
        Cause {
            rule,
            limit,
            run: self.failures(),
            counts: self.counts(now),
            reasons: self.reasons().cloned().collect(),
            duration: None,
            by_hand: None,
        }
    }
}

const fn reject(policy: &Policy, retry_after: Option<Duration>) -> Admission {
    if policy.shadow { Admission::Shadowed } else { Admission::Rejected { retry_after } }
}
