//! Sections 2 to 5 of the semantics, written as naively as they can be.
//!
//! The oracle keeps every outcome since it closed and counts runs and windows anew each time.

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
    oracle_policy::{Terms, Wait},
    signal::{Answer, Entry, How, Signal, View, Which, tick},
};

#[derive(Debug, Clone)]
pub(crate) struct Oracle {
    pub(crate) terms: Terms,
    now: Duration,
    permits: Vec<Permit>,
    state: State,
    generation: u64,
    opening: u64,
    since: Duration,
    until: Duration,
    trips: u32,
    probes: Vec<Permit>,
    /// Whether each outcome failed that was judged since the state was entered.
    stay: Vec<bool>,
    /// The run of failures with which it opened.
    opened_with: u64,
    /// What entered the window since it closed.
    history: History,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Permit {
    generation: u64,
    at: Duration,
}

/// What a way to end means under the terms: nothing for a call that is ignored.
#[derive(Debug, Clone, Copy)]
struct Reading {
    failed: bool,
    slow: bool,
    hint: Option<Duration>,
}

impl Oracle {
    pub(crate) const fn new(terms: Terms) -> Self {
        Self {
            terms,
            now: Duration::ZERO,
            permits: Vec::new(),
            state: State::Closed,
            generation: 0,
            opening: 0,
            since: Duration::ZERO,
            until: Duration::ZERO,
            trips: 0,
            probes: Vec::new(),
            stay: Vec::new(),
            opened_with: 0,
            history: History::new(),
        }
    }

    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        match signal {
            Signal::Ask => Some(self.ask()),
            Signal::End(which, how) => self.end(which, how),
            Signal::Tell(how) => Some(self.judge(self.read(how, false))),
            Signal::Act(action) => Some(changed(Some(self.act(action)))),
            Signal::Sweep => Some(changed(self.sweep())),
            Signal::Pass => Some(self.pass()),
            Signal::Wait(length) => Some(self.turn_clock(self.now + length)),
            Signal::StepBack(length) => Some(self.turn_clock(self.now.saturating_sub(length))),
        }
    }

    fn turn_clock(&mut self, now: Duration) -> Answer {
        self.now = now;
        Answer::default()
    }

    fn ask(&mut self) -> Answer {
        let change = self.sweep();
        Answer { admission: Some(self.admission()), ..changed(change) }
    }

    fn sweep(&mut self) -> Option<Entry> {
        let due = self.state == State::Open && self.until <= self.now;
        due.then(|| self.enter(State::HalfOpen, Rule::Expiry, None, None))
    }

    fn pass(&mut self) -> Answer {
        match self.state {
            State::Open => {
                changed(Some(self.enter(State::HalfOpen, Rule::HealthCheck, None, None)))
            }
            State::HalfOpen => self.judge(self.read(How::Success, false)),
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
        self.probes.len() < self.terms.half_open_limit as usize
    }

    /// When the newest probe has been out for its time.
    fn places_lost_at(&self) -> Duration {
        self.probes.last().map_or(self.now, |newest| newest.at + self.terms.probe_timeout)
    }

    fn admit(&mut self) -> Admission {
        self.permits.push(Permit { generation: self.generation, at: self.now });
        Admission::Admitted(Generation::new(self.generation))
    }

    fn reject(&self, retry_after: Option<Duration>) -> Admission {
        if self.terms.shadow { Admission::Shadowed } else { Admission::Rejected { retry_after } }
    }

    fn end(&mut self, which: Which, how: How) -> Option<Answer> {
        let permit = which.take(&mut self.permits)?;
        if permit.generation < self.generation {
            return Some(Answer { fate: Some(Fate::Late), ..Answer::default() });
        }
        if let Some(place) = self.probes.iter().position(|probe| *probe == permit) {
            self.probes.remove(place);
        }
        Some(self.judge(self.read(how, true)))
    }

    /// Only what a permit reports can be slow.
    fn read(&self, how: How, by_permit: bool) -> Option<Reading> {
        let slow = by_permit && self.terms.slow_call_rate.is_some();
        match how {
            How::Success | How::AlmostSlowSuccess => Some(Reading::new(false, false)),
            How::SlowSuccess => Some(Reading::new(false, slow)),
            How::Failure => Some(Reading::new(true, false)),
            How::SlowFailure => Some(Reading::new(true, slow)),
            How::HintedFailure(hint) => {
                Some(Reading { hint: Some(hint), ..Reading::new(true, false) })
            }
            How::Ignore => None,
            How::Abandon => self.terms.abandoned_fails.then_some(Reading::new(true, false)),
        }
    }

    fn judge(&mut self, reading: Option<Reading>) -> Answer {
        let (fate, change) = match self.state {
            State::Closed => (Fate::Judged, reading.and_then(|reading| self.judge_call(reading))),
            State::HalfOpen => {
                (Fate::Judged, reading.and_then(|reading| self.judge_probe(reading)))
            }
            State::Open | State::ForcedOpen | State::Disabled => (Fate::TotalsOnly, None),
        };
        Answer { fate: Some(fate), ..changed(change) }
    }

    fn judge_call(&mut self, Reading { failed, slow, hint }: Reading) -> Option<Entry> {
        self.stay.push(failed);
        if self.terms.judges_rates() {
            self.history.record(self.now, failed, slow);
        }
        let (rule, limit) = self.rule_that_opens()?;
        Some(self.open(rule, Some(limit), hint))
    }

    fn rule_that_opens(&self) -> Option<(Rule, u32)> {
        let Terms { failure_threshold, failure_rate, slow_call_rate, .. } = self.terms;
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
        u64::from(self.terms.minimum_calls) <= calls && u64::from(rate) * calls <= count * 100
    }

    fn judge_probe(&mut self, Reading { failed, slow, hint }: Reading) -> Option<Entry> {
        self.stay.push(failed || slow);
        if failed || slow {
            return Some(self.open(Rule::ProbeFailed, None, hint));
        }
        let limit = self.terms.success_threshold;
        let enough = u64::from(limit) <= self.successes();
        enough.then(|| self.enter(State::Closed, Rule::SuccessThreshold, Some(limit), None))
    }

    fn act(&mut self, action: Action) -> Entry {
        let entry = match action {
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
        Entry { by_hand: Some(action), ..entry }
    }

    fn open(&mut self, rule: Rule, limit: Option<u32>, hint: Option<Duration>) -> Entry {
        let wait = self.terms.wait.after_trips(self.trips);
        let asked = hint.map_or(Duration::ZERO, |hint| hint.min(self.terms.retry_after_cap));
        let source = match self.terms.wait {
            Wait::Fixed(_) => DurationSource::Fixed,
            Wait::Progressive { .. } => DurationSource::Progressive { trips: self.trips },
        };
        let source = if wait < asked { DurationSource::RetryAfter } else { source };
        let length = OpenDuration { duration: wait.max(asked), source, jitter: Duration::ZERO };
        self.enter(State::Open, rule, limit, Some(length))
    }

    fn enter(
        &mut self,
        to: State,
        rule: Rule,
        limit: Option<u32>,
        length: Option<OpenDuration>,
    ) -> Entry {
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
        self.stay.clear();
        self.probes.clear();
        (self.state, self.since) = (to, self.now);
        let (generation, at) = (self.generation, tick(self.now));
        Entry { from, to, generation, at, rule, limit, run, counts, length, by_hand: None }
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
                in_a_row(&self.stay, true)
            }
        }
    }

    fn successes(&self) -> u64 {
        in_a_row(&self.stay, false)
    }

    fn counts(&self) -> WindowCounts {
        self.history.counts(self.terms.window, self.now)
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
            would_admit: self.terms.shadow || self.is_available(),
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

impl Reading {
    const fn new(failed: bool, slow: bool) -> Self {
        Self { failed, slow, hint: None }
    }
}

fn changed(change: Option<Entry>) -> Answer {
    Answer { change, ..Answer::default() }
}

/// Outcomes that have left the window, or stand before a run, decide nothing any more.
impl Hash for Oracle {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (self.view(), self.now, self.until, self.opened_with).hash(hasher);
        (&self.permits, &self.probes, self.history.window(self.terms.window, self.now))
            .hash(hasher);
    }
}
