//! The names of Resilience4j, as Micrometer's registry for Prometheus writes them.
//!
//! Names, labels, their order and the types are those that a program on the JVM exports, so that
//! its dashboards and alerts work. The texts of `# HELP` are ours. Values are real numbers.

use super::{
    label::write_joined,
    page::{FamilyKind, MetricFamily, OnPage, Page, SampleValue::Real},
};
use crate::{circuit::State, histogram::Durations, status::Series};

/// A family of Resilience4j, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resilience4j {
    State,
    BufferedCalls,
    MaxBufferedCalls,
    SlowCalls,
    FailureRate,
    SlowCallRate,
    Calls,
    LongestCall,
    NotPermittedCalls,
}

impl Resilience4j {
    pub(super) const ALL: [Self; 9] = [
        Self::State,
        Self::BufferedCalls,
        Self::MaxBufferedCalls,
        Self::SlowCalls,
        Self::FailureRate,
        Self::SlowCallRate,
        Self::Calls,
        Self::LongestCall,
        Self::NotPermittedCalls,
    ];

    pub(super) const fn family(self) -> MetricFamily {
        let gauge = MetricFamily::gauge;
        match self {
            Self::State => {
                gauge("resilience4j_circuitbreaker_state", "Whether the circuit is in this state.")
            }
            Self::BufferedCalls => {
                gauge("resilience4j_circuitbreaker_buffered_calls", "Calls in the window.")
            }
            Self::MaxBufferedCalls => gauge(
                "resilience4j_circuitbreaker_max_buffered_calls",
                "Calls that the window holds once it is full.",
            ),
            Self::SlowCalls => {
                gauge("resilience4j_circuitbreaker_slow_calls", "Slow calls in the window.")
            }
            Self::FailureRate => gauge(
                "resilience4j_circuitbreaker_failure_rate",
                "The percentage of failures in the window; -1 below the minimum.",
            ),
            Self::SlowCallRate => gauge(
                "resilience4j_circuitbreaker_slow_call_rate",
                "The percentage of slow calls in the window; -1 below the minimum.",
            ),
            Self::Calls => {
                gauge("resilience4j_circuitbreaker_calls_seconds", "Calls and how long they took.")
                    .kind(FamilyKind::Summary)
            }
            Self::LongestCall => gauge(
                "resilience4j_circuitbreaker_calls_seconds_max",
                "The longest call of this minute and the one before.",
            ),
            Self::NotPermittedCalls => MetricFamily::counter(
                "resilience4j_circuitbreaker_not_permitted_calls",
                "Rejected calls.",
            ),
        }
    }
}

impl OnPage for Resilience4j {
    fn place(self) -> usize {
        self as usize
    }
}

/// Writes the lines of breakers.
pub(super) struct Resilience4jLines {
    pub(super) page: Page,
    /// The label of the present breaker.
    name: String,
}

impl Resilience4jLines {
    pub(super) const fn new(page: Page) -> Self {
        Self { page, name: String::new() }
    }

    pub(super) fn add(&mut self, series: &Series) {
        let Self { page, name } = self;
        write_joined(&series.identity, name);
        add_states(page, name, series);
        add_window(page, name, series);
        add_calls(page, name, series);
    }
}

const FAILED: &str = "kind=\"failed\"";
const IGNORED: &str = "kind=\"ignored\"";
const NOT_PERMITTED: &str = "kind=\"not_permitted\"";
const SUCCESSFUL: &str = "kind=\"successful\"";

fn add_states(page: &mut Page, name: &str, series: &Series) {
    let states = [
        ("state=\"disabled\"", Some(State::Disabled)),
        // A state of Resilience4j alone. The setting `shadow` is none: a circuit in shadow opens.
        ("state=\"metrics_only\"", None),
        ("state=\"closed\"", Some(State::Closed)),
        ("state=\"open\"", Some(State::Open)),
        ("state=\"forced_open\"", Some(State::ForcedOpen)),
        ("state=\"half_open\"", Some(State::HalfOpen)),
    ];
    for (label, state) in states {
        let breakers = state.map_or(0, |state| series.in_state(state));
        page.add(Resilience4j::State, &[name, label], real(breakers));
    }
}

fn add_window(page: &mut Page, name: &str, series: &Series) {
    if let Some(window) = series.window {
        let successes = window.calls.saturating_sub(window.failures);
        page.add(Resilience4j::BufferedCalls, &[FAILED, name], real(window.failures));
        page.add(Resilience4j::BufferedCalls, &[SUCCESSFUL, name], real(successes));
        // A window does not know which of its slow calls failed.
        page.add(Resilience4j::SlowCalls, &[SUCCESSFUL, name], real(window.slow));
        page.add(Resilience4j::SlowCalls, &[FAILED, name], real(0));
    }
    if let Some(size) = series.window_size {
        page.add(Resilience4j::MaxBufferedCalls, &[name], Real(f64::from(size)));
    }
    if series.summed.is_none() {
        let percent = |ratio: Option<f64>| Real(ratio.map_or(-1.0, |ratio| ratio * 100.0));
        page.add(Resilience4j::FailureRate, &[name], percent(series.failure_ratio));
        page.add(Resilience4j::SlowCallRate, &[name], percent(series.slow_ratio));
    }
}

fn add_calls(page: &mut Page, name: &str, series: &Series) {
    let (totals, durations) = (&series.totals, series.durations.as_ref());
    let kinds = [
        (SUCCESSFUL, totals.successes, durations.map(Durations::successes)),
        (FAILED, totals.failures, durations.map(Durations::failures)),
        (IGNORED, totals.ignored, durations.map(Durations::ignored)),
    ];
    for (kind, calls, histogram) in kinds {
        page.add_with_suffix(Resilience4j::Calls, "_count", &[kind, name], real(calls));
        if let Some(histogram) = histogram {
            let (sum, max) = (histogram.sum(), histogram.max().unwrap_or_default());
            let sum = Real(sum.as_secs_f64());
            page.add_with_suffix(Resilience4j::Calls, "_sum", &[kind, name], sum);
            page.add(Resilience4j::LongestCall, &[kind, name], Real(max.as_secs_f64()));
        }
    }
    page.add(Resilience4j::NotPermittedCalls, &[NOT_PERMITTED, name], real(totals.rejected));
}

/// A count as a real number, as every value of Micrometer is.
#[expect(clippy::cast_precision_loss, reason = "as exact as a reader of the page keeps it")]
const fn real(count: u64) -> super::page::SampleValue {
    Real(count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_stands_at_its_place() {
        for (place, family) in Resilience4j::ALL.into_iter().enumerate() {
            assert_eq!(family.place(), place, "{family:?}");
        }
    }
}
