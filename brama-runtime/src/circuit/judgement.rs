//! Judgement: what the outcome of a call changes.

use super::{
    Change, Circuit, Fate, Generation, Phase, Policy, Reason, Rule, Tick, Verdict,
    outcome_ring::CallFlags,
};

impl Circuit {
    /// Records the outcome of a call that was admitted in `generation`.
    ///
    /// Each permit must report once. A probe gives back its place whatever its outcome. A probe
    /// whose place was taken has none to give back, but its outcome counts like any probe's, except
    /// that a trip counts as an ordinary failure.
    ///
    /// Returns the changes in their order: none, one, or two if a ramp was over before.
    pub fn report(
        &mut self,
        policy: &Policy,
        generation: Generation,
        verdict: Verdict,
        now: Tick,
    ) -> (Fate, Vec<Change>) {
        let is_displaced = self.has_displaced(generation);
        if generation != self.generation() && !is_displaced {
            return (self.report_late(policy, &verdict, now), Vec::new());
        }
        let verdict = if is_displaced { verdict.without_trip() } else { verdict };
        let due = self.end_of_ramp(now);
        if matches!(self.phase(), Phase::HalfOpen(_))
            && generation == self.generation()
            && let Phase::HalfOpen(probes) = &mut self.changed_mut().phase
        {
            probes.in_flight = probes.in_flight.saturating_sub(1);
        }
        let call = JudgedCall { slow: policy.is_slow(verdict.took()), by_permit: true };
        self.judge(policy, verdict, call, due, now)
    }

    /// Records an outcome without a permit.
    ///
    /// A change that is due comes first: at the deadline of an opening the circuit becomes
    /// half-open, and the outcome counts there. The outcome neither takes nor frees the place of a
    /// probe, and is never slow.
    ///
    /// Returns the changes in their order: none, one or two.
    pub fn record_unpermitted(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        now: Tick,
    ) -> (Fate, Vec<Change>) {
        let due = self.sweep(now);
        self.judge(policy, verdict, JudgedCall { slow: false, by_permit: false }, due, now)
    }

    /// Ends the run of failures after a success that a gate counted itself while
    /// [`is_settled_by_success`](Self::is_settled_by_success) held.
    ///
    /// Does nothing if there is no run of failures.
    pub fn end_failures(&mut self) {
        if matches!(self.phase(), Phase::Closed) {
            self.end_run_of_failures();
        }
    }

    /// Adds quick successes that a gate counted while [`is_settled`](Self::is_settled) or
    /// [`is_settled_by_success`](Self::is_settled_by_success) held. In the second case, call
    /// [`end_failures`](Self::end_failures) first.
    ///
    /// Call it before every step that judges or closes, so that the window sees outcomes in their
    /// order. Successes that arrive after the state has changed are dropped: only the totals
    /// include them.
    pub fn count_successes(&mut self, policy: &Policy, count: u64) {
        if !matches!(self.phase(), Phase::Closed) {
            return;
        }
        // After a failure, these successes can only be older than it.
        if self.run() == 0 {
            self.successes = self.successes.saturating_add(count);
        }
        if let Some(history) = &mut self.history {
            history.count_successes(policy, count);
        }
    }

    /// Whether a permit of this generation is a probe of the present half-open that lost its place.
    fn has_displaced(&self, generation: Generation) -> bool {
        let Phase::HalfOpen(_) = self.phase() else { return false };
        let displaced = self.outage().map_or(0, |outage| outage.displaced);
        let first = self.generation().number().saturating_sub(displaced);
        (first..self.generation().number()).contains(&generation.number())
    }

    fn end_of_ramp(&mut self, now: Tick) -> Option<Change> {
        match self.phase() {
            Phase::Ramp { .. } => self.sweep(now),
            Phase::Closed
            | Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::ForcedOpen
            | Phase::Disabled => None,
        }
    }

    fn report_late(&mut self, policy: &Policy, verdict: &Verdict, now: Tick) -> Fate {
        let Phase::Open { until } = self.phase() else { return Fate::Late };
        let hint = verdict.retry_after().map(|hint| policy.cut(hint));
        let Some(hint) = hint.filter(|_| now < until) else { return Fate::Late };
        match self.prolong(policy, now.after(hint), until) {
            Some(until) => {
                self.changed_mut().phase = Phase::Open { until };
                Fate::Extended
            }
            None => Fate::Late,
        }
    }

    fn judge(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        call: JudgedCall,
        due: Option<Change>,
        now: Tick,
    ) -> (Fate, Vec<Change>) {
        let verdict = verdict.under(policy);
        let (fate, change) = match self.phase() {
            Phase::Closed | Phase::Ramp { .. } => {
                (Fate::Judged, self.judge_call(policy, verdict, call, now))
            }
            Phase::HalfOpen(_) => (Fate::Judged, self.judge_probe(policy, verdict, call, now)),
            Phase::Open { .. } | Phase::ForcedOpen | Phase::Disabled => (Fate::TotalsOnly, None),
        };
        // Most outcomes change nothing, and a change is large.
        let is_unchanged = due.is_none() && change.is_none();
        let changes = if is_unchanged { Vec::new() } else { in_order(due, change) };
        (fate, changes)
    }

    fn judge_call(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        JudgedCall { slow, .. }: JudgedCall,
        now: Tick,
    ) -> Option<Change> {
        match verdict {
            Verdict::Ignore | Verdict::InnerRejection | Verdict::Abandoned { .. } => return None,
            Verdict::Success { .. } => {
                self.count_success();
                self.remember(policy, CallFlags { failed: false, slow }, now);
            }
            Verdict::Failure { reason, retry_after, .. } => {
                self.count_failure(reason);
                self.remember(policy, CallFlags { failed: true, slow }, now);
                self.remember_hint(policy, retry_after, now);
            }
            Verdict::Trip { reason, retry_after, .. } => {
                self.count_failure(reason);
                self.remember(policy, CallFlags { failed: true, slow }, now);
                return Some(self.open_by_trip(policy, retry_after, now));
            }
        }
        let (rule, limit) = self.broken_rule(policy, now)?;
        Some(self.open_by(rule, Some(limit), policy, now))
    }

    fn judge_probe(
        &mut self,
        policy: &Policy,
        verdict: Verdict,
        JudgedCall { slow, by_permit }: JudgedCall,
        now: Tick,
    ) -> Option<Change> {
        let is_inconclusive = by_permit && verdict.is_inconclusive();
        match verdict {
            Verdict::Ignore | Verdict::InnerRejection | Verdict::Abandoned { .. } => {
                let run = is_inconclusive.then(|| self.count_inconclusive(policy))??;
                self.open_by_inconclusive(run, now)
            }
            Verdict::Success { .. } if slow => {
                self.count_failure(Reason::from("the probe was slow"));
                Some(self.open_by(Rule::ProbeFailed, None, policy, now))
            }
            Verdict::Success { .. } => {
                self.count_success();
                self.count_conclusive();
                let recovered = u64::from(policy.success_threshold) <= self.successes;
                recovered.then(|| self.recover(policy, now)).flatten()
            }
            Verdict::Failure { reason, retry_after, .. } => {
                self.count_failure(reason);
                self.remember_hint(policy, retry_after, now);
                Some(self.open_by(Rule::ProbeFailed, None, policy, now))
            }
            Verdict::Trip { reason, retry_after, .. } => {
                self.count_failure(reason);
                Some(self.open_by_trip(policy, retry_after, now))
            }
        }
    }
}

#[cold]
fn in_order(due: Option<Change>, change: Option<Change>) -> Vec<Change> {
    due.into_iter().chain(change).collect()
}

/// A finished call, apart from its verdict.
#[derive(Clone, Copy)]
struct JudgedCall {
    slow: bool,
    by_permit: bool,
}
