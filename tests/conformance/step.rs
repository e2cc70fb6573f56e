//! A step of a vector: one thing done, some times, and the facts expected afterwards.

use std::time::Duration;

use brama::{State, circuit::Action, status::Rule};
use serde::Deserialize;

use super::{
    fact::{Fact, Key},
    length::{Length, LengthOrNone},
};

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) does: Does,
    pub(crate) times: u32,
    pub(crate) expects: Vec<(Key, Fact)>,
}

#[derive(Debug)]
pub(crate) enum Does {
    Call { end: CallEnd, took: Duration },
    Begin(String),
    End { name: String, end: CallEnd },
    Tell(Reported),
    Wait(Duration),
    Act(Action),
    Sweep,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallEnd {
    Success,
    Failure { retry_after: Option<Duration> },
    Trip { retry_after: Option<Duration> },
    Ignore,
    Panic,
    Drop,
}

/// An outcome that is reported without a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reported {
    Success,
    Failure,
}

/// A step that cannot be taken, with the key at fault.
#[derive(Debug)]
pub(crate) struct Impossible {
    pub(crate) key: &'static str,
    pub(crate) says: String,
}

/// A step as a vector file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    call: Option<Outcome>,
    begin: Option<String>,
    end: Option<String>,
    tell: Option<Reported>,
    wait: Option<Length>,
    r#do: Option<String>,
    sweep: Option<bool>,

    times: Option<u32>,
    outcome: Option<Outcome>,
    took: Option<Length>,
    retry_after_hint: Option<Length>,
    r#for: Option<Length>,

    state: Option<State>,
    admitted: Option<u64>,
    rejected: Option<u64>,
    failures: Option<u64>,
    successes: Option<u64>,
    retry_after: Option<LengthOrNone>,
    cause: Option<String>,
    trips: Option<u64>,
    changes: Option<Vec<State>>,
    total_successes: Option<u64>,
    total_failures: Option<u64>,
    total_ignored: Option<u64>,
    total_abandoned: Option<u64>,
    total_rejected: Option<u64>,
    total_late: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Success,
    Failure,
    Trip,
    Ignore,
    Panic,
    Drop,
}

/// The action of a step as a vector file writes it.
#[derive(Debug, Clone, Copy)]
enum Verb<'a> {
    Call(Outcome),
    Begin(&'a str),
    End(&'a str),
    Tell(Reported),
    Wait(Length),
    Do(&'a str),
    Sweep(bool),
}

impl Written {
    pub(crate) fn step(&self) -> Result<Step, Impossible> {
        let verb = self.verb()?;
        self.check_companions(verb)?;
        Ok(Step { does: self.does(verb)?, times: self.times(verb)?, expects: self.expects()? })
    }

    fn verb(&self) -> Result<Verb<'_>, Impossible> {
        let verbs = [
            self.call.map(Verb::Call),
            self.begin.as_deref().map(Verb::Begin),
            self.end.as_deref().map(Verb::End),
            self.tell.map(Verb::Tell),
            self.wait.map(Verb::Wait),
            self.r#do.as_deref().map(Verb::Do),
            self.sweep.map(Verb::Sweep),
        ];
        let mut named = verbs.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(verb), None) => Ok(verb),
            (Some(first), Some(second)) => {
                let says =
                    format!("the step does `{}` already; write a step for each", first.key());
                impossible(second.key(), says)
            }
            (None, _) => impossible("call", MISSING_VERB),
        }
    }

    /// Rejects a key of another verb, which would otherwise be ignored silently.
    fn check_companions(&self, verb: Verb<'_>) -> Result<(), Impossible> {
        let outcomes = [self.call, self.outcome];
        let fails =
            [Outcome::Failure, Outcome::Trip].iter().any(|it| outcomes.contains(&Some(*it)));
        let is_call = matches!(verb, Verb::Call(_));
        let is_end = matches!(verb, Verb::End(_));
        let is_open = matches!(verb, Verb::Do("open"));
        let companions = [
            ("outcome", self.outcome.is_some(), is_end, "goes with `end` only"),
            ("took", self.took.is_some(), is_call, "goes with `call` only"),
            ("retry_after_hint", self.retry_after_hint.is_some(), fails, HINT),
            ("for", self.r#for.is_some(), is_open, "goes with `do = \"open\"` only"),
        ];
        match companions.into_iter().find(|(_, is_given, fits, _)| *is_given && !fits) {
            Some((key, _, _, says)) => impossible(key, says),
            None => Ok(()),
        }
    }

    fn does(&self, verb: Verb<'_>) -> Result<Does, Impossible> {
        Ok(match verb {
            Verb::Call(outcome) => {
                let took = self.took.map(|took| took.0).unwrap_or_default();
                Does::Call { end: self.call_end(outcome), took }
            }
            Verb::Begin(name) => Does::Begin(name.to_owned()),
            Verb::End(name) => {
                let Some(outcome) = self.outcome else {
                    return impossible("outcome", "missing; `end` needs one");
                };
                Does::End { name: name.to_owned(), end: self.call_end(outcome) }
            }
            Verb::Tell(reported) => Does::Tell(reported),
            Verb::Wait(length) => Does::Wait(length.0),
            Verb::Do(name) => Does::Act(self.action(name)?),
            Verb::Sweep(true) => Does::Sweep,
            Verb::Sweep(false) => return impossible("sweep", "can only be true"),
        })
    }

    fn call_end(&self, outcome: Outcome) -> CallEnd {
        let retry_after = self.retry_after_hint.map(|hint| hint.0);
        match outcome {
            Outcome::Success => CallEnd::Success,
            Outcome::Failure => CallEnd::Failure { retry_after },
            Outcome::Trip => CallEnd::Trip { retry_after },
            Outcome::Ignore => CallEnd::Ignore,
            Outcome::Panic => CallEnd::Panic,
            Outcome::Drop => CallEnd::Drop,
        }
    }

    fn action(&self, name: &str) -> Result<Action, Impossible> {
        let length = self.r#for.map(|length| length.0);
        if length.is_some_and(|length| length.is_zero()) {
            return impossible("for", "must be at least 1ms");
        }
        let actions = [
            Action::Open(length),
            Action::ForceOpen,
            Action::Close,
            Action::Reset,
            Action::Disable,
        ];
        one_of("do", name, &actions.map(|action| (action.as_str(), action)))
    }

    fn times(&self, verb: Verb<'_>) -> Result<u32, Impossible> {
        match (self.times, verb) {
            (Some(0), _) => impossible("times", "must be at least 1"),
            (Some(2..), Verb::Begin(_) | Verb::End(_)) => {
                impossible("times", "must be 1 here: a name holds one call")
            }
            (times, _) => Ok(times.unwrap_or(1)),
        }
    }

    fn expects(&self) -> Result<Vec<(Key, Fact)>, Impossible> {
        let cause = self.cause.as_deref().map(cause).transpose()?;
        let others = [
            (Key::State, self.state.map(Fact::State)),
            (Key::RetryAfter, self.retry_after.map(|length| Fact::Length(length.0))),
            (Key::Cause, cause.map(|rule| Fact::Cause(Some(rule)))),
            (Key::Changes, self.changes.clone().map(Fact::States)),
        ];
        let counts = self.counts().map(|(key, count)| (key, count.map(Fact::Count)));
        let facts = others.into_iter().chain(counts);
        let mut expects: Vec<_> = facts.filter_map(|(key, fact)| Some((key, fact?))).collect();
        expects.sort_by_key(|(key, _)| *key);
        Ok(expects)
    }

    const fn counts(&self) -> [(Key, Option<u64>); 11] {
        [
            (Key::Admitted, self.admitted),
            (Key::Rejected, self.rejected),
            (Key::Failures, self.failures),
            (Key::Successes, self.successes),
            (Key::Trips, self.trips),
            (Key::TotalSuccesses, self.total_successes),
            (Key::TotalFailures, self.total_failures),
            (Key::TotalIgnored, self.total_ignored),
            (Key::TotalAbandoned, self.total_abandoned),
            (Key::TotalRejected, self.total_rejected),
            (Key::TotalLate, self.total_late),
        ]
    }
}

impl Verb<'_> {
    const fn key(self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Begin(_) => "begin",
            Self::End(_) => "end",
            Self::Tell(_) => "tell",
            Self::Wait(_) => "wait",
            Self::Do(_) => "do",
            Self::Sweep(_) => "sweep",
        }
    }
}

const HINT: &str = "rides on a failure or a trip only";
const MISSING_VERB: &str = "missing; a step does one of call, begin, end, tell, wait, do, sweep";

fn cause(name: &str) -> Result<Rule, Impossible> {
    one_of(Key::Cause.as_str(), name, &OPENING.map(|rule| (rule.as_str(), rule)))
}

const OPENING: [Rule; 8] = [
    Rule::FailureThreshold,
    Rule::FailureCount,
    Rule::FailureRate,
    Rule::SlowCallRate,
    Rule::Trip,
    Rule::ProbeFailed,
    Rule::InconclusiveProbes,
    Rule::ByHand,
];

fn one_of<T: Copy>(key: &'static str, name: &str, all: &[(&str, T)]) -> Result<T, Impossible> {
    if let Some((_, value)) = all.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let known: Vec<_> = all.iter().map(|(known, _)| *known).collect();
    impossible(key, format!("\"{name}\" is not known; write one of {}", known.join(", ")))
}

fn impossible<T>(key: &'static str, says: impl Into<String>) -> Result<T, Impossible> {
    Err(Impossible { key, says: says.into() })
}
