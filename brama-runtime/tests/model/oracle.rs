//! The rules of a circuit, written as naively as possible.
//!
//! The oracle keeps every outcome since the circuit closed, and counts runs and windows anew each
//! time.

use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

use brama_runtime::api::{
    State,
    circuit::{Action, Admission, Fate, Generation, Tick},
    status::{DurationSource, OpenDuration, Rule, WindowCounts},
};

use crate::{
    history::{History, in_a_row},
    oracle_policy::{OraclePolicy, Wait},
    signal::{Answer, How, Signal, Transition, View, Which, tick},
};

#[derive(Debug, Clone)]
pub(crate) struct Oracle {
    pub(crate) policy: OraclePolicy,
    now: Duration,
    permits: Vec<Permit>,
    state: State,
    generation: u64,
    opening: u64,
    since: Duration,
    until: Duration,
    trips: u32,
    probes: Vec<Permit>,
    /// The outcomes judged since the state was entered: whether each failed.
    outcomes: Vec<bool>,
    /// The run of failures that opened the circuit.
    opened_with: u64,
    /// The outcomes that entered the window since the circuit closed.
    history: History,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Permit {
    generation: u64,
    at: Duration,
}

/// How an outcome counts under the policy. There is none for an ignored call.
#[derive(Debug, Clone, Copy)]
struct Judged {
    failed: bool,
    slow: bool,
    hint: Option<Duration>,
}

impl Oracle {
    pub(crate) const fn new(policy: OraclePolicy) -> Self {
        Self {
            policy,
            now: Duration::ZERO,
            permits: Vec::new(),
            state: State::Closed,
            generation: 0,
            opening: 0,
            since: Duration::ZERO,
            until: Duration::ZERO,
            trips: 0,
            probes: Vec::new(),
            outcomes: Vec::new(),
            opened_with: 0,
            history: History::new(),
        }
    }

    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        match signal {
            Signal::Admit => Some(self.admit_call()),
            Signal::Report(which, how) => self.report(which, how),
            Signal::Record(how) => Some(self.judge(self.interpret(how, false))),
            Signal::Act(action) => Some(changed(Some(self.act(action)))),
            Signal::Sweep => Some(changed(self.sweep())),
            Signal::CheckPassed => Some(self.check_passed()),
            Signal::Wait(length) => Some(self.turn_clock(self.now + length)),
            Signal::StepBack(length) => Some(self.turn_clock(self.now.saturating_sub(length))),
        }
    }

    fn turn_clock(&mut self, now: Duration) -> Answer {
        self.now = now;
        Answer::default()
    }

    fn admit_call(&mut self) -> Answer {
        let change = self.sweep();
        Answer { admission: Some(self.admission()), ..changed(change) }
    }

    fn sweep(&mut self) -> Option<Transition> {
        let due = self.state == State::Open && self.until <= self.now;
        due.then(|| self.enter(State::HalfOpen, Rule::Expiry, None, None))
    }

    fn check_passed(&mut self) -> Answer {
        match self.state {
            State::Open => {
                changed(Some(self.enter(State::HalfOpen, Rule::HealthCheck, None, None)))
            }
            State::HalfOpen => self.judge(self.interpret(How::Success, false)),
            State::Closed | State::ForcedOpen | State::Disabled => Answer::default(),
        }
    }

    fn admission(&mut self) -> Admission {
        match self.state {
            State::Closed | State::Disabled => self.admit(),
            State::Open => self.reject(Some(self.until.saturating_sub(self.now))),
            State::HalfOpen => self.admit_probe(),
            State::ForcedOpen => self.reject(None),
        }
    }

    fn admit_probe(&mut self) -> Admission {
        let left = self.places_lost_at().saturating_sub(self.now);
        if !self.has_place() && Duration::ZERO < left {
            return self.reject(Some(left));
        }
        if !self.has_place() {
            self.probes.clear();
            self.generation += 1;
        }
        self.probes.push(Permit { generation: self.generation, at: self.now });
        self.admit()
    }

    fn has_place(&self) -> bool {
        self.probes.len() < self.policy.half_open_limit as usize
    }

    /// When the newest probe has been in flight for `probe_timeout`.
    fn places_lost_at(&self) -> Duration {
        self.probes.last().map_or(self.now, |newest| newest.at + self.policy.probe_timeout)
    }

    fn admit(&mut self) -> Admission {
        self.permits.push(Permit { generation: self.generation, at: self.now });
        Admission::Admitted(Generation::new(self.generation))
    }

    fn reject(&self, retry_after: Option<Duration>) -> Admission {
        if self.policy.shadow { Admission::Shadowed } else { Admission::Rejected { retry_after } }
    }

    fn report(&mut self, which: Which, how: How) -> Option<Answer> {
        let permit = which.take(&mut self.permits)?;
        if permit.generation < self.generation {
            return Some(Answer { fate: Some(Fate::Late), ..Answer::default() });
        }
        if let Some(place) = self.probes.iter().position(|probe| *probe == permit) {
            self.probes.remove(place);
        }
        Some(self.judge(self.interpret(how, true)))
    }

    /// Only the outcome of a permit can be slow.
    fn interpret(&self, how: How, by_permit: bool) -> Option<Judged> {
        let slow = by_permit && self.policy.slow_call_rate.is_some();
        match how {
            How::Success | How::AlmostSlowSuccess => Some(Judged::new(false, false)),
            How::SlowSuccess => Some(Judged::new(false, slow)),
            How::Failure => Some(Judged::new(true, false)),
            How::SlowFailure => Some(Judged::new(true, slow)),
            How::HintedFailure(hint) => {
                Some(Judged { hint: Some(hint), ..Judged::new(true, false) })
            }
            How::Ignore => None,
            How::Abandon => self.policy.abandoned_fails.then_some(Judged::new(true, false)),
        }
    }

    fn judge(&mut self, judged: Option<Judged>) -> Answer {
        let (fate, change) = match self.state {
            State::Closed => (Fate::Judged, judged.and_then(|judged| self.judge_call(judged))),
            State::HalfOpen => (Fate::Judged, judged.and_then(|judged| self.judge_probe(judged))),
            State::Open | State::ForcedOpen | State::Disabled => (Fate::TotalsOnly, None),
        };
        Answer { fate: Some(fate), ..changed(change) }
    }

    fn judge_call(&mut self, Judged { failed, slow, hint }: Judged) -> Option<Transition> {
        self.outcomes.push(failed);
        if self.policy.judges_rates() {
            self.history.record(self.now, failed, slow);
        }
        let (rule, limit) = self.rule_that_opens()?;
        Some(self.open(rule, Some(limit), hint))
    }

    fn rule_that_opens(&self) -> Option<(Rule, u32)> {
        let OraclePolicy { failure_threshold, failure_rate, slow_call_rate, .. } = self.policy;
        let WindowCounts { failures, slow, .. } = self.counts();
        let in_a_row = failure_threshold.filter(|limit| u64::from(*limit) <= self.failures());
        let failed = failure_rate.filter(|rate| self.reaches(*rate, failures));
        let slow = slow_call_rate.filter(|rate| self.reaches(*rate, slow));
        let first = in_a_row.map(|limit| (Rule::FailureThreshold, limit));
        let second = failed.map(|rate| (Rule::FailureRate, rate));
        first.or(second).or(slow.map(|rate| (Rule::SlowCallRate, rate)))
    }

    fn reaches(&self, rate: u32, count: u64) -> bool {
        let calls = self.counts().calls;
        u64::from(self.policy.minimum_calls) <= calls && u64::from(rate) * calls <= count * 100
    }

    fn judge_probe(&mut self, Judged { failed, slow, hint }: Judged) -> Option<Transition> {
        self.outcomes.push(failed || slow);
        if failed || slow {
            return Some(self.open(Rule::ProbeFailed, None, hint));
        }
        let limit = self.policy.success_threshold;
        let recovered = u64::from(limit) <= self.successes();
        recovered.then(|| self.enter(State::Closed, Rule::SuccessThreshold, Some(limit), None))
    }

    fn act(&mut self, action: Action) -> Transition {
        let transition = match action {
            Action::Open(None) => self.open(Rule::ByHand, None, None),
            Action::Open(Some(duration)) => {
                let length = OpenDuration {
                    duration,
                    source: DurationSource::ByHand,
                    jitter: Duration::ZERO,
                };
                self.enter(State::Open, Rule::ByHand, None, Some(length))
            }
            Action::ForceOpen => self.enter(State::ForcedOpen, Rule::ByHand, None, None),
            Action::Close | Action::Reset => self.enter(State::Closed, Rule::ByHand, None, None),
            Action::Disable => self.enter(State::Disabled, Rule::ByHand, None, None),
        };
        Transition { by_hand: Some(action), ..transition }
    }

    fn open(&mut self, rule: Rule, limit: Option<u32>, hint: Option<Duration>) -> Transition {
        let wait = self.policy.wait.after_trips(self.trips);
        let hinted = hint.map_or(Duration::ZERO, |hint| hint.min(self.policy.retry_after_cap));
        let source = match self.policy.wait {
            Wait::Fixed(_) => DurationSource::Fixed,
            Wait::Progressive { .. } => DurationSource::Progressive { trips: self.trips },
        };
        let source = if wait < hinted { DurationSource::RetryAfter } else { source };
        let length = OpenDuration { duration: wait.max(hinted), source, jitter: Duration::ZERO };
        self.enter(State::Open, rule, limit, Some(length))
    }

    fn enter(
        &mut self,
        to: State,
        rule: Rule,
        limit: Option<u32>,
        length: Option<OpenDuration>,
    ) -> Transition {
        let (from, counts, failures) = (self.state, self.counts(), self.failures());
        let run = if rule == Rule::SuccessThreshold { self.successes() } else { failures };
        self.generation += 1;
        match to {
            State::Open => self.begin_opening(length.map_or(self.now, |it| self.now + it.duration)),
            State::Closed => self.forget(),
            State::ForcedOpen => self.opening += 1,
            State::HalfOpen | State::Disabled => {}
        }
        self.opened_with = failures;
        self.outcomes.clear();
        self.probes.clear();
        (self.state, self.since) = (to, self.now);
        let (generation, at) = (self.generation, tick(self.now));
        Transition { from, to, generation, at, rule, limit, run, counts, length, by_hand: None }
    }

    fn begin_opening(&mut self, until: Duration) {
        self.until = until;
        self.opening += 1;
        self.trips += 1;
    }

    fn forget(&mut self) {
        self.trips = 0;
        self.history = History::new();
    }

    fn failures(&self) -> u64 {
        match self.state {
            State::Open => self.opened_with,
            State::Closed | State::HalfOpen | State::ForcedOpen | State::Disabled => {
                in_a_row(&self.outcomes, true)
            }
        }
    }

    fn successes(&self) -> u64 {
        in_a_row(&self.outcomes, false)
    }

    fn counts(&self) -> WindowCounts {
        self.history.counts(self.policy.window, self.now)
    }

    pub(crate) fn view(&self) -> View {
        let until = (self.state == State::Open).then_some(self.until);
        View {
            state: self.state,
            generation: self.generation,
            opening: self.opening,
            since: tick(self.since),
            until: until.map(tick),
            retry_after: until.map(|until| until.saturating_sub(self.now)),
            failures: self.failures(),
            successes: self.successes(),
            trips: self.trips,
            probes: u32::try_from(self.probes.len()).unwrap_or(u32::MAX),
            counts: self.counts(),
            would_admit: self.policy.shadow || self.is_available(),
            rejects_until: self.rejects_until(),
        }
    }

    fn rejects_until(&self) -> Option<Tick> {
        match self.state {
            State::Closed | State::Disabled => None,
            State::Open => Some(tick(self.until)),
            State::HalfOpen => (!self.has_place()).then(|| tick(self.places_lost_at())),
            State::ForcedOpen => Some(Tick::NEVER),
        }
    }

    fn is_available(&self) -> bool {
        match self.state {
            State::Closed | State::Disabled => true,
            State::Open => self.until <= self.now,
            State::HalfOpen => self.has_place() || self.places_lost_at() <= self.now,
            State::ForcedOpen => false,
        }
    }
}

impl Judged {
    const fn new(failed: bool, slow: bool) -> Self {
        Self { failed, slow, hint: None }
    }
}

fn changed(change: Option<Transition>) -> Answer {
    Answer { change, ..Answer::default() }
}

/// Outcomes that have left the window, or that precede a run, have no effect any more.
impl Hash for Oracle {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.view(), self.now, self.until, self.opened_with).hash(hasher);
        (&self.permits, &self.probes, self.history.window(self.policy.window, self.now))
            .hash(hasher);
    }
}
