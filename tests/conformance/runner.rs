//! The runner: runs vectors through subjects and reports which do not hold, and at which step.

use std::{collections::HashMap, fmt};

use brama::{State, error::InvalidPolicy};

use super::{
    breaker::WholeBreaker,
    circuit::BareCircuit,
    fact::{Fact, Key},
    step::{Does, Step},
    subject::{Observation, Subject},
    vector::Vector,
};

/// Runs one vector through one subject.
pub(crate) type Check = fn(&Vector) -> Result<(), Miss>;

/// All subjects.
pub(crate) const SUBJECTS: [(&str, Check); 2] =
    [("circuit", check::<BareCircuit>), ("breaker", check::<WholeBreaker>)];

/// The result of a run: one line for each vector that does not hold, then how many hold.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failures: Vec<String>,
}

/// The first fact of a vector that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Miss {
    step: usize,
    key: &'static str,
    expected: String,
    seen: String,
}

/// Runs every vector through every subject. A vector holds if all subjects agree with it.
pub(crate) fn run<'a>(
    vectors: impl IntoIterator<Item = &'a Vector>,
    subjects: &[(&str, Check)],
) -> Report {
    let mut report = Report::default();
    for vector in vectors {
        report.add(vector, &misses(vector, subjects));
    }
    report
}

impl Report {
    pub(crate) const fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    fn add(&mut self, vector: &Vector, misses: &[String]) {
        if misses.is_empty() {
            self.passed += 1;
        } else {
            let Vector { file, name, .. } = vector;
            self.failures.push(format!("{file}: \"{name}\": {}", misses.join("; ")));
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failures.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        write!(f, "{} passed, {} failed", self.passed, self.failures.len())
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, key, expected, seen } = self;
        write!(f, "step {step}: {key}: expected {expected}, seen {seen}")
    }
}

/// The misses of all subjects. Subjects with equal misses share an entry.
fn misses(vector: &Vector, subjects: &[(&str, Check)]) -> Vec<String> {
    let mut misses: Vec<(Miss, Vec<&str>)> = Vec::new();
    for (subject, check) in subjects {
        let Err(miss) = check(vector) else { continue };
        match misses.iter_mut().find(|(known, _)| *known == miss) {
            Some((_, names)) => names.push(subject),
            None => misses.push((miss, vec![subject])),
        }
    }
    misses.iter().map(|(miss, names)| format!("{miss} ({})", names.join(", "))).collect()
}

/// Runs the vector through a fresh subject, up to the first fact that differs.
pub(crate) fn check<S: Subject>(vector: &Vector) -> Result<(), Miss> {
    let invalid = |error: InvalidPolicy| Miss::at("policy", "a valid one", &error.to_string());
    let subject = S::new(vector.policy).map_err(invalid)?;
    let mut run = Run { subject, in_flight: HashMap::new() };
    vector.steps.iter().zip(1..).try_for_each(|(step, number)| run.take(step, number))
}

struct Run<S: Subject> {
    subject: S,
    in_flight: HashMap<String, S::Permit>,
}

/// What happened during a step.
#[derive(Debug, Default)]
struct Passage {
    admitted: u64,
    rejected: u64,
    changes: Vec<State>,
}

impl<S: Subject> Run<S> {
    fn take(&mut self, step: &Step, number: usize) -> Result<(), Miss> {
        let mut passage = Passage::default();
        for _ in 0..step.times {
            self.act(&step.does, &mut passage).map_err(|miss| Miss { step: number, ..miss })?;
        }
        passage.changes = self.subject.take_changes();
        let observation = self.subject.observe();
        let seen = |key| passage.fact(&observation, key);
        let miss = step.expects.iter().find(|(key, expected)| seen(*key) != *expected);
        miss.map_or(Ok(()), |(key, expected)| {
            Err(Miss {
                step: number,
                key: key.as_str(),
                expected: expected.to_string(),
                seen: seen(*key).to_string(),
            })
        })
    }

    fn act(&mut self, does: &Does, passage: &mut Passage) -> Result<(), Miss> {
        match does {
            Does::Call { end, took } => passage.count(self.subject.call(*end, *took)),
            Does::Begin(name) => return self.begin(name, passage),
            Does::End { name, end } => {
                let unadmitted = || Miss::at("end", "a call in flight", "its begin was rejected");
                let permit = self.in_flight.remove(name).ok_or_else(unadmitted)?;
                self.subject.end(permit, *end);
            }
            Does::Tell(outcome) => self.subject.report(*outcome),
            Does::Wait(length) => self.subject.wait(*length),
            Does::Act(action) => self.subject.act(*action),
            Does::Sweep => self.subject.sweep(),
        }
        Ok(())
    }

    fn begin(&mut self, name: &str, passage: &mut Passage) -> Result<(), Miss> {
        if self.in_flight.contains_key(name) {
            return Err(Miss::at("begin", "a free name", "its call in flight"));
        }
        let permit = self.subject.admit();
        passage.count(permit.is_some());
        self.in_flight.extend(permit.map(|permit| (name.to_owned(), permit)));
        Ok(())
    }
}

impl Miss {
    fn at(key: &'static str, expected: &str, seen: &str) -> Self {
        Self { step: 0, key, expected: expected.to_owned(), seen: seen.to_owned() }
    }
}

impl Passage {
    const fn count(&mut self, is_admitted: bool) {
        if is_admitted {
            self.admitted += 1;
        } else {
            self.rejected += 1;
        }
    }

    fn fact(&self, observation: &Observation, key: Key) -> Fact {
        let Observation { state, failures, successes, retry_after, cause, trips, totals } =
            *observation;
        match key {
            Key::State => Fact::State(state),
            Key::Admitted => Fact::Count(self.admitted),
            Key::Rejected => Fact::Count(self.rejected),
            Key::Failures => Fact::Count(failures),
            Key::Successes => Fact::Count(successes),
            Key::RetryAfter => Fact::Length(retry_after),
            Key::Cause => Fact::Cause(cause.filter(|_| is_opened(state))),
            Key::Trips => Fact::Count(trips.into()),
            Key::Changes => Fact::States(self.changes.clone()),
            Key::TotalSuccesses => Fact::Count(totals.successes),
            Key::TotalFailures => Fact::Count(totals.failures),
            Key::TotalIgnored => Fact::Count(totals.ignored),
            Key::TotalAbandoned => Fact::Count(totals.abandoned),
            Key::TotalRejected => Fact::Count(totals.rejected),
            Key::TotalLate => Fact::Count(totals.late),
        }
    }
}

/// Whether the last opening is still in effect.
const fn is_opened(state: State) -> bool {
    match state {
        State::Open | State::HalfOpen | State::ForcedOpen => true,
        State::Closed | State::Disabled => false,
    }
}
