//! Every outcome that entered the window since the circuit closed.

use std::time::Duration;

use brama_runtime::api::status::WindowCounts;

use crate::oracle::policy::Span;

#[derive(Debug, Clone)]
pub(crate) struct History(Vec<Outcome>);

#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct Outcome {
    at: Duration,
    failed: bool,
    slow: bool,
}

/// How an outcome counts under the policy. There is none for an ignored call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
    pub(crate) hint: Option<Hint>,
}

/// When a failure came with a hint, and the moment that the hint names.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct Hint {
    pub(crate) at: Duration,
    pub(crate) until: Duration,
}

impl Hint {
    pub(crate) fn left(self, now: Duration) -> Duration {
        self.until.saturating_sub(now.max(self.at))
    }
}

impl History {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn record(&mut self, now: Duration, Judged { failed, slow, .. }: Judged) {
        let at = self.newest().max(now);
        self.0.push(Outcome { at, failed, slow });
    }

    pub(crate) fn counts(&self, span: Span, now: Duration) -> WindowCounts {
        let window = self.window(span, now);
        WindowCounts {
            calls: window.len() as u64,
            failures: window.iter().filter(|outcome| outcome.failed).count() as u64,
            slow: window.iter().filter(|outcome| outcome.slow).count() as u64,
        }
    }

    pub(crate) fn window(&self, span: Span, now: Duration) -> &[Outcome] {
        let left = match span {
            Span::Calls(size) => self.0.len().saturating_sub(size as usize),
            Span::Time(length) => {
                let bucket = |at: Duration| at.as_nanos() / (length / 10).as_nanos();
                let current = bucket(self.newest().max(now));
                self.0.iter().filter(|outcome| bucket(outcome.at) + 9 < current).count()
            }
        };
        self.0.get(left..).unwrap_or_default()
    }

    fn newest(&self) -> Duration {
        self.0.last().map_or(Duration::ZERO, |last| last.at)
    }
}

/// Counts the outcomes of this kind at the end.
pub(crate) fn run_of(outcomes: &[Judged], failed: bool) -> u64 {
    outcomes.iter().rev().take_while(|outcome| outcome.failed == failed).count() as u64
}

/// The first of the hints of the run of failures that name the latest moment.
pub(crate) fn latest_hint(outcomes: &[Judged]) -> Option<Hint> {
    let run = outcomes.iter().rev().take_while(|outcome| outcome.failed);
    run.filter_map(|outcome| outcome.hint).max_by_key(|hint| hint.until)
}
