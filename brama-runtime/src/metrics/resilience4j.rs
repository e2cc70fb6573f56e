//! The names of Resilience4j, as Micrometer's registry for Prometheus writes them.
//!
//! Names, labels, their order and the types are those that a program on the JVM exports, so that
//! its dashboards and alerts work. The texts of `# HELP` are ours. Values are real numbers.

use std::fmt;

use super::{
    page::{
        MetricFamily, Page,
        SampleValue::{Real, Whole},
    },
    snapshot::Snapshot,
};
use crate::{
    circuit::{State, WindowCounts},
    histogram::Durations,
    status::Series,
};

/// A family of Resilience4j, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resilience4jFamily {
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

impl Resilience4jFamily {
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
            Self::Calls => MetricFamily::summary(
                "resilience4j_circuitbreaker_calls_seconds",
                "Calls and how long they took.",
            ),
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

/// Adds the lines of all breakers.
pub(super) fn add_resilience4j<W: fmt::Write>(page: &mut Page<'_, W>, snapshot: &Snapshot) {
    for family in Resilience4jFamily::ALL {
        page.begin(family.family());
        for (name, series) in snapshot.iter() {
            family.add(page, name, series);
        }
    }
}

impl Resilience4jFamily {
    fn add<W: fmt::Write>(self, page: &mut Page<'_, W>, name: &str, series: &Series) {
        match self {
            Self::State => add_states(page, name, series),
            Self::BufferedCalls => {
                let of = |window: WindowCounts| [window.failures, window.successes()];
                add_kinds(page, name, series.window.map(of));
            }
            Self::MaxBufferedCalls => {
                if let Some(size) = series.window_size {
                    page.add(&[name], Real(f64::from(size)));
                }
            }
            // A window does not know which of its slow calls failed.
            Self::SlowCalls => add_kinds(page, name, series.window.map(|window| [0, window.slow])),
            Self::FailureRate => add_percent(page, name, series, series.failure_ratio),
            Self::SlowCallRate => add_percent(page, name, series, series.slow_ratio),
            Self::Calls => add_calls(page, name, series),
            Self::LongestCall => add_longest(page, name, series),
            Self::NotPermittedCalls => {
                page.add(&[NOT_PERMITTED, name], Whole(series.totals.rejected));
            }
        }
    }
}

const FAILED: &str = "kind=\"failed\",";
const IGNORED: &str = "kind=\"ignored\",";
const NOT_PERMITTED: &str = "kind=\"not_permitted\",";
const SUCCESSFUL: &str = "kind=\"successful\",";

fn add_states<W: fmt::Write>(page: &mut Page<'_, W>, name: &str, series: &Series) {
    let states = [
        (",state=\"disabled\"", Some(State::Disabled)),
        // A state of Resilience4j alone. The setting `shadow` is none: a circuit in shadow opens.
        (",state=\"metrics_only\"", None),
        (",state=\"closed\"", Some(State::Closed)),
        (",state=\"open\"", Some(State::Open)),
        (",state=\"forced_open\"", Some(State::ForcedOpen)),
        (",state=\"half_open\"", Some(State::HalfOpen)),
    ];
    for (label, state) in states {
        page.add(&[name, label], Whole(state.map_or(0, |state| series.in_state(state))));
    }
}

/// Adds calls of the window that failed and that succeeded, if there is a window.
fn add_kinds<W: fmt::Write>(page: &mut Page<'_, W>, name: &str, calls: Option<[u64; 2]>) {
    let Some([failed, successful]) = calls else { return };
    page.add(&[FAILED, name], Whole(failed));
    page.add(&[SUCCESSFUL, name], Whole(successful));
}

/// Adds a rate in per cent; -1 if it is not known. A sum has none.
fn add_percent<W: fmt::Write>(
    page: &mut Page<'_, W>,
    name: &str,
    series: &Series,
    ratio: Option<f64>,
) {
    if series.summed.is_none() {
        page.add(&[name], Real(ratio.map_or(-1.0, |ratio| ratio * 100.0)));
    }
}

fn add_calls<W: fmt::Write>(page: &mut Page<'_, W>, name: &str, series: &Series) {
    let (totals, durations) = (&series.totals, series.durations.as_ref());
    let kinds = [
        (SUCCESSFUL, totals.successes, durations.map(Durations::successes)),
        (FAILED, totals.failures, durations.map(Durations::failures)),
        (IGNORED, totals.ignored, durations.map(Durations::ignored)),
    ];
    for (kind, calls, histogram) in kinds {
        page.add_with_suffix("_count", &[kind, name], Whole(calls));
        if let Some(histogram) = histogram {
            page.add_with_suffix("_sum", &[kind, name], Real(histogram.sum().as_secs_f64()));
        }
    }
}

fn add_longest<W: fmt::Write>(page: &mut Page<'_, W>, name: &str, series: &Series) {
    let Some(durations) = &series.durations else { return };
    for (kind, histogram) in [
        (SUCCESSFUL, durations.successes()),
        (FAILED, durations.failures()),
        (IGNORED, durations.ignored()),
    ] {
        let longest = histogram.recent_max().unwrap_or_default();
        page.add(&[kind, name], Real(longest.as_secs_f64()));
    }
}
