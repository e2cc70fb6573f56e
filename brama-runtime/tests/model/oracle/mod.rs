//! The rules of a circuit, written as naively as possible.
//!
//! The oracle keeps every outcome since the circuit closed, and counts runs and windows anew each
//! time.

pub(crate) mod opening;
pub(crate) mod policy;
mod view;

use std::{hash::Hash, time::Duration};

use brama_runtime::api::{
    State,
    circuit::{Action, Admission, Fate, Generation},
    status::{Limit, OpenDuration, Rule, WindowCounts},
};

use self::{
    opening::{Ending, Opening, Ramp, trailing_inconclusive},
    policy::OraclePolicy,
};
use crate::{
    history::{Hint, History, Judged, latest_hint, run_of},
    signal::{Answer, How, Signal, Transition, Which, tick},
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
    trips: u32,
    probes: Vec<Permit>,
    /// The generation with which the present state began.
    first: u64,
    /// How the probes of this half-open ended, in their order.
    endings: Vec<Ending>,
    ramp: Option<Ramp>,
    /// The last opening since the circuit was closed.
    last: Option<Opening>,
    /// Whether a check has shortened an opening since the circuit was closed.
    was_shortened: bool,
    /// The outcomes judged since the state was entered.
    outcomes: Vec<Judged>,
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
            trips: 0,
            probes: Vec::new(),
            first: 0,
            endings: Vec::new(),
            ramp: None,
            last: None,
            was_shortened: false,
            outcomes: Vec::new(),
            opened_with: 0,
            history: History::new(),
        }
    }

    pub(crate) fn step(&mut self, signal: Signal) -> Option<Answer> {
        match signal {
            Signal::Admit => Some(self.admit_call()),
            Signal::Report(which, how) => self.report(which, how),
            Signal::Record(how) => Some(self.record(how)),
            Signal::Act(action) => Some(changed([self.act(action)])),
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

    fn until(&self) -> Option<Duration> {
        let open = self.last.filter(|_| self.state == State::Open)?;
        Some(self.since + open.length.duration)
    }

    fn sweep(&mut self) -> Option<Transition> {
        if self.until().is_some_and(|until| until <= self.now) {
            return Some(self.enter(State::HalfOpen, Rule::Expiry, None));
        }
        let over = self.ramp.is_some_and(|ramp| ramp.until <= self.now);
        over.then(|| self.end_ramp())
    }

    /// The ramp's window, outcomes and generation go on.
    fn end_ramp(&mut self) -> Transition {
        let transition = Transition {
            generation: self.generation,
            to: State::Closed,
            ..self.transition(Rule::Ramp, None)
        };
        (self.ramp, self.last, self.trips, self.was_shortened) = (None, None, 0, false);
        (self.state, self.since) = (State::Closed, self.now);
        transition
    }

    fn check_passed(&mut self) -> Answer {
        if let Some(change) = self.sweep() {
            return changed([change]);
        }
        let open = self.last.filter(|_| self.state == State::Open);
        let shortens = open.is_some_and(|open| {
            let word_is_over = open.named.is_none_or(|named| named <= self.now);
            !open.by_hand && !self.was_shortened && word_is_over
        });
        self.was_shortened |= shortens;
        changed(shortens.then(|| self.enter(State::HalfOpen, Rule::HealthCheck, None)))
    }

    fn admission(&mut self) -> Admission {
        match self.state {
            State::Closed | State::Disabled => self.admit(),
            State::Open => self.reject(self.retry_after()),
            State::HalfOpen => match self.ramp {
                Some(_) => self.admit_by_ramp(),
                None => self.admit_probe(),
            },
            State::ForcedOpen => self.reject(None),
        }
    }

    fn admit_by_ramp(&mut self) -> Admission {
        let (now, generation) = (self.now, self.generation);
        let Some(ramp) = &mut self.ramp else { unreachable!("it was just there") };
        ramp.calls += 1;
        if ramp.admits(generation, now) {
            return self.admit();
        }
        let left = ramp.until.saturating_sub(now.max(self.since));
        self.reject(Some(left.min(Duration::from_secs(1))))
    }

    fn admit_probe(&mut self) -> Admission {
        if !self.has_place() {
            if self.now < self.places_lost_at() {
                return self.reject(None);
            }
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

    /// The outcome of a call that was admitted since the state began counts, also if the call is a
    /// probe that lost its place.
    fn report(&mut self, which: Which, how: How) -> Option<Answer> {
        let permit = which.take(&mut self.permits)?;
        if permit.generation < self.first {
            return Some(Answer { fate: Some(self.report_late(how)), ..Answer::default() });
        }
        let due = self.ramp.is_some().then(|| self.sweep()).flatten();
        let how = if permit.generation < self.generation { how.displaced() } else { how };
        if let Some(place) = self.probes.iter().position(|probe| *probe == permit) {
            self.probes.remove(place);
        }
        let ending = Ending::of(how);
        Some(self.judge(how, self.judged(how, true), Some(ending), due))
    }

    fn report_late(&mut self, how: How) -> Fate {
        let (policy, since, now) = (self.policy, self.since, self.now);
        let (Some(hint), Some(until)) = (how.hint(), self.until()) else { return Fate::Late };
        let Some(open) = self.last.as_mut().filter(|open| !open.by_hand && now < until) else {
            return Fate::Late;
        };
        let cap = policy.retry_after_cap;
        let named = (now + hint.min(cap)).min(since + cap);
        open.named = open.named.max(Some(named));
        if open.prolong(named.saturating_sub(since)) { Fate::Extended } else { Fate::Late }
    }

    fn record(&mut self, how: How) -> Answer {
        let due = self.sweep();
        self.judge(how, self.judged(how, false), None, due)
    }

    /// Only the outcome of a permit can be slow.
    fn judged(&self, how: How, by_permit: bool) -> Option<Judged> {
        let slow = by_permit && self.policy.slow_call_rate.is_some() && how.is_slow();
        let at = self.now;
        let cut = |hint: Duration| Hint { at, until: at + hint.min(self.policy.retry_after_cap) };
        let judged = |failed| Judged { failed, slow, hint: how.hint().map(cut) };
        match how {
            How::Success | How::AlmostSlowSuccess | How::SlowSuccess => Some(judged(false)),
            How::Failure | How::SlowFailure | How::HintedFailure(_) | How::Trip(_) => {
                Some(judged(true))
            }
            How::Ignore | How::InnerRejection => None,
            How::Abandon | How::HangUp | How::GiveUp => {
                self.policy.abandoned_fails.then(|| judged(true))
            }
        }
    }

    fn judge(
        &mut self,
        how: How,
        judged: Option<Judged>,
        ending: Option<Ending>,
        due: Option<Transition>,
    ) -> Answer {
        let (fate, change) = match (self.state, self.ramp) {
            (State::Closed, _) | (State::HalfOpen, Some(_)) => {
                (Fate::Judged, judged.and_then(|judged| self.judge_call(how, judged)))
            }
            (State::HalfOpen, None) => {
                let change = match judged {
                    Some(judged) => self.judge_probe(how, judged),
                    None => ending.and_then(|ending| self.end_probe(ending)),
                };
                (Fate::Judged, change)
            }
            (State::Open | State::ForcedOpen | State::Disabled, _) => (Fate::TotalsOnly, None),
        };
        Answer { fate: Some(fate), ..changed(due.into_iter().chain(change)) }
    }

    fn judge_call(&mut self, how: How, judged: Judged) -> Option<Transition> {
        self.outcomes.push(judged);
        if self.policy.judges_window() {
            self.history.record(self.now, judged);
        }
        if let How::Trip(hint) = how {
            return Some(self.trip(hint));
        }
        let (rule, limit) = self.rule_that_opens()?;
        Some(self.open(rule, Some(limit)))
    }

    fn rule_that_opens(&self) -> Option<(Rule, Limit)> {
        let OraclePolicy { failure_threshold, failure_count, .. } = self.policy;
        let WindowCounts { failures, slow, .. } = self.counts();
        let count = |rule, limit: Option<u32>, seen: u64| {
            let reached = limit.filter(|limit| u64::from(*limit) <= seen);
            reached.map(|limit| (rule, Limit::Count(limit)))
        };
        let rate = |rule, rate: Option<u32>, seen| {
            let reached = rate.filter(|rate| self.reaches(*rate, seen));
            reached.map(|rate| (rule, Limit::Hundredths(rate)))
        };
        count(Rule::FailureThreshold, failure_threshold, self.failures())
            .or_else(|| count(Rule::FailureCount, failure_count, failures))
            .or_else(|| rate(Rule::FailureRate, self.policy.failure_rate, failures))
            .or_else(|| rate(Rule::SlowCallRate, self.policy.slow_call_rate, slow))
    }

    fn reaches(&self, rate: u32, count: u64) -> bool {
        let calls = self.counts().calls;
        u64::from(self.policy.minimum_calls) <= calls && u64::from(rate) * calls <= count * 10_000
    }

    fn judge_probe(&mut self, how: How, judged: Judged) -> Option<Transition> {
        let failed = judged.failed || judged.slow;
        self.endings.push(Ending::Conclusive);
        self.outcomes.push(Judged { failed, ..judged });
        if let How::Trip(hint) = how {
            return Some(self.trip(hint));
        }
        if failed {
            return Some(self.open(Rule::ProbeFailed, None));
        }
        let recovered = u64::from(self.policy.success_threshold) <= self.successes();
        recovered.then(|| self.recover()).flatten()
    }

    fn end_probe(&mut self, ending: Ending) -> Option<Transition> {
        self.endings.push(ending);
        let most = self.policy.half_open_limit.max(10);
        let run = trailing_inconclusive(&self.endings);
        if ending != Ending::Inconclusive || run < u64::from(most) {
            return None;
        }
        let again = self.last?.again();
        let limit = Some(Limit::Count(u32::try_from(run).expect("few probes")));
        let change = self.begin_opening(Rule::InconclusiveProbes, limit, again);
        Some(Transition { run, ..change })
    }

    fn recover(&mut self) -> Option<Transition> {
        let Some(length) = self.policy.ramp else {
            let limit = Limit::Count(self.policy.success_threshold);
            return Some(self.enter(State::Closed, Rule::SuccessThreshold, Some(limit)));
        };
        self.enter(State::HalfOpen, Rule::SuccessThreshold, None);
        self.ramp = Some(Ramp::new(self.now, length));
        self.history = History::new();
        None
    }

    fn act(&mut self, action: Action) -> Transition {
        let transition = match action {
            Action::Open(duration) => {
                let opening = Opening::by_hand(self.policy.wait, self.trips, duration);
                self.trips += 1;
                self.begin_opening(Rule::ByHand, None, opening)
            }
            Action::ForceOpen => self.enter(State::ForcedOpen, Rule::ByHand, None),
            Action::Close | Action::Reset => self.enter(State::Closed, Rule::ByHand, None),
            Action::Disable => self.enter(State::Disabled, Rule::ByHand, None),
        };
        Transition { by_hand: Some(action), ..transition }
    }

    fn open(&mut self, rule: Rule, limit: Option<Limit>) -> Transition {
        let opening = self.opening_by_rule();
        self.trips += 1;
        self.begin_opening(rule, limit, opening)
    }

    fn opening_by_rule(&self) -> Opening {
        let hinted = latest_hint(&self.outcomes).map(|hint| hint.left(self.now));
        Opening::by_rule(self.policy.wait, self.trips, hinted, self.now)
    }

    fn trip(&mut self, hint: Option<Duration>) -> Transition {
        // The hint of the trip itself is none of the hints of the run.
        if let Some(trip) = self.outcomes.last_mut() {
            trip.hint = None;
        }
        let heard = hint.filter(|hint| Duration::from_secs(1) <= *hint);
        let exactly = heard.map(|hint| hint.min(self.policy.retry_after_cap));
        let opening = self.opening_by_rule().tripped(exactly, self.now);
        self.trips += 1;
        self.begin_opening(Rule::Trip, None, opening)
    }

    fn begin_opening(&mut self, rule: Rule, limit: Option<Limit>, opening: Opening) -> Transition {
        self.last = Some(opening);
        let transition = self.enter(State::Open, rule, limit);
        Transition { length: Some(opening.length), ..transition }
    }

    fn transition(&self, rule: Rule, limit: Option<Limit>) -> Transition {
        let closes = rule == Rule::SuccessThreshold;
        let run = if closes { self.successes() } else { self.failures() };
        Transition {
            from: self.state,
            to: self.state,
            generation: self.generation + 1,
            at: tick(self.now),
            rule,
            limit,
            run,
            counts: self.counts(),
            length: None,
            by_hand: None,
        }
    }

    fn enter(&mut self, to: State, rule: Rule, limit: Option<Limit>) -> Transition {
        let transition = Transition { to, ..self.transition(rule, limit) };
        self.opened_with = self.failures();
        self.opening += u64::from(matches!(to, State::Open | State::ForcedOpen));
        if to == State::Closed {
            (self.trips, self.last, self.was_shortened) = (0, None, false);
            self.history = History::new();
        }
        self.generation += 1;
        (self.first, self.state, self.since, self.ramp) = (self.generation, to, self.now, None);
        self.outcomes.clear();
        self.probes.clear();
        self.endings.clear();
        transition
    }

    fn failures(&self) -> u64 {
        match self.state {
            State::Open => self.opened_with,
            State::Closed | State::HalfOpen | State::ForcedOpen | State::Disabled => {
                run_of(&self.outcomes, true)
            }
        }
    }

    fn successes(&self) -> u64 {
        run_of(&self.outcomes, false)
    }

    fn counts(&self) -> WindowCounts {
        self.history.counts(self.policy.window, self.now)
    }

    fn retry_after(&self) -> Option<Duration> {
        self.until().map(|until| until.saturating_sub(self.now.max(self.since)))
    }

    fn open_duration(&self) -> Option<OpenDuration> {
        self.last.map(|opening| opening.length)
    }
}

fn changed(changes: impl IntoIterator<Item = Transition>) -> Answer {
    Answer { changes: changes.into_iter().collect(), ..Answer::default() }
}
