//! The native names: what a page shows of each breaker.

use super::{
    bounds::Bounds,
    label::write_identity,
    page::{
        FamilyKind, MetricFamily, OnPage, Page,
        SampleValue::{Count, Real},
    },
};
use crate::{circuit::State, histogram::DurationHistogram, status::Series};

/// A family of native names, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Native {
    State,
    Calls,
    Abandoned,
    Slow,
    Late,
    Nested,
    Rejections,
    Transitions,
    Openings,
    Failures,
    WindowCalls,
    WindowSlowCalls,
    FailureRatio,
    SlowRatio,
    Admitting,
    Duration,
    LongestDuration,
    LimitedKeys,
}

impl Native {
    pub(super) const ALL: [Self; 18] = [
        Self::State,
        Self::Calls,
        Self::Abandoned,
        Self::Slow,
        Self::Late,
        Self::Nested,
        Self::Rejections,
        Self::Transitions,
        Self::Openings,
        Self::Failures,
        Self::WindowCalls,
        Self::WindowSlowCalls,
        Self::FailureRatio,
        Self::SlowRatio,
        Self::Admitting,
        Self::Duration,
        Self::LongestDuration,
        Self::LimitedKeys,
    ];

    pub(super) const fn family(self) -> MetricFamily {
        let (counter, gauge) = (MetricFamily::counter, MetricFamily::gauge);
        match self {
            Self::State => gauge("brama_breaker_state", "Whether the circuit is in this state; for the key other, how many are."),
            Self::Calls => counter("brama_breaker_calls", "Calls that ended, by outcome."),
            Self::Abandoned => counter("brama_breaker_abandoned_calls", "Calls dropped before they had an outcome."),
            Self::Slow => counter("brama_breaker_slow_calls", "Calls slower than slow_call_duration, if a rule judges them."),
            Self::Late => counter("brama_breaker_late_calls", "Outcomes of calls that were admitted before the present state began."),
            Self::Nested => counter("brama_breaker_nested_calls", "Calls within a probe of their own breaker, which are part of it."),
            Self::Rejections => counter("brama_breaker_rejections", "Rejected calls, by reason; in shadow, those that would have been."),
            Self::Transitions => counter("brama_breaker_transitions", "Changes of state."),
            Self::Openings => counter("brama_breaker_openings", "Openings of the circuit."),
            Self::Failures => gauge("brama_breaker_failures_in_a_row", "The present run of failures; for the key other, the longest."),
            Self::WindowCalls => gauge("brama_breaker_window_calls", "Calls in the window, by outcome."),
            Self::WindowSlowCalls => gauge("brama_breaker_window_slow_calls", "Slow calls in the window."),
            Self::FailureRatio => gauge("brama_breaker_failure_ratio", "The share of failures in the window; absent below minimum_calls.").unit("ratio"),
            Self::SlowRatio => gauge("brama_breaker_slow_ratio", "The share of slow calls in the window; absent below minimum_calls.").unit("ratio"),
            Self::Admitting => gauge("brama_breaker_admitting_ratio", "The share of calls that the ramp after an outage admits; absent outside of a ramp.").unit("ratio"),
            Self::Duration => gauge("brama_breaker_call_duration_seconds", "How long calls took, by outcome, with the setting durations.").kind(FamilyKind::Histogram).unit("seconds"),
            Self::LongestDuration => gauge("brama_breaker_call_duration_max_seconds", "The longest call of this minute and the one before.").unit("seconds"),
            Self::LimitedKeys => gauge("brama_series_limited_keys", "Keys without series of their own, which are summed under the key other."),
        }
    }
}

impl OnPage for Native {
    fn place(self) -> usize {
        self as usize
    }
}

/// Writes the lines of breakers.
pub(super) struct NativeLines {
    pub(super) page: Page,
    bounds: Bounds,
    /// The labels of the present breaker.
    labels: String,
}

impl NativeLines {
    pub(super) fn new(page: Page) -> Self {
        Self { page, bounds: Bounds::new(), labels: String::new() }
    }

    pub(super) fn add(&mut self, series: &Series) {
        let Self { page, bounds, labels } = self;
        write_identity(&series.identity, labels);
        if let Some(keys) = series.summed {
            page.add(Native::LimitedKeys, &[labels_without_key(labels)], Count(keys));
        }
        add_state(page, labels, series);
        add_calls(page, labels, series);
        add_window(page, labels, series);
        if let Some(durations) = &series.durations {
            add_durations(page, bounds, &[labels, SUCCESS], durations.successes());
            add_durations(page, bounds, &[labels, FAILURE], durations.failures());
            add_durations(page, bounds, &[labels, IGNORED], durations.ignored());
        }
    }
}

const SUCCESS: &str = "outcome=\"success\"";
const FAILURE: &str = "outcome=\"failure\"";
const IGNORED: &str = "outcome=\"ignored\"";

/// The labels of the identifier of a sum, whose key stands last.
fn labels_without_key(labels: &str) -> &str {
    labels.rsplit_once(",key=").map_or(labels, |(labels, _)| labels)
}

fn add_state(page: &mut Page, labels: &str, series: &Series) {
    for state in State::ALL {
        let label = match state {
            State::Closed => "state=\"closed\"",
            State::Open => "state=\"open\"",
            State::HalfOpen => "state=\"half_open\"",
            State::ForcedOpen => "state=\"force_open\"",
            State::Disabled => "state=\"disabled\"",
        };
        page.add(Native::State, &[labels, label], Count(series.in_state(state)));
    }
    page.add(Native::Openings, &[labels], Count(series.openings));
    page.add(Native::Failures, &[labels], Count(series.failures));
    if let Some(share) = series.admitting {
        page.add(Native::Admitting, &[labels], Real(share));
    }
    for (from, to, count) in series.transitions.iter() {
        let (from, to) = (format!("from=\"{from}\""), format!("to=\"{to}\""));
        page.add(Native::Transitions, &[labels, &from, &to], Count(count));
    }
}

fn add_calls(page: &mut Page, labels: &str, series: &Series) {
    let (totals, rejections) = (&series.totals, &series.rejections);
    page.add(Native::Calls, &[labels, SUCCESS], Count(totals.successes));
    page.add(Native::Calls, &[labels, FAILURE], Count(totals.failures));
    page.add(Native::Calls, &[labels, IGNORED], Count(totals.ignored));
    page.add(Native::Abandoned, &[labels], Count(totals.abandoned));
    page.add(Native::Slow, &[labels], Count(totals.slow));
    page.add(Native::Late, &[labels], Count(totals.late));
    page.add(Native::Nested, &[labels], Count(totals.nested));
    let reasons = [
        ("reason=\"open\"", rejections.open),
        ("reason=\"probe_limit\"", rejections.half_open),
        ("reason=\"ramp\"", rejections.ramp),
        ("reason=\"forced\"", rejections.forced),
    ];
    for (reason, calls) in reasons {
        page.add(Native::Rejections, &[labels, reason], Count(calls));
    }
}

fn add_window(page: &mut Page, labels: &str, series: &Series) {
    if let Some(window) = series.window {
        let successes = window.calls.saturating_sub(window.failures);
        page.add(Native::WindowCalls, &[labels, SUCCESS], Count(successes));
        page.add(Native::WindowCalls, &[labels, FAILURE], Count(window.failures));
        page.add(Native::WindowSlowCalls, &[labels], Count(window.slow));
    }
    if let Some(share) = series.failure_ratio {
        page.add(Native::FailureRatio, &[labels], Real(share));
    }
    if let Some(share) = series.slow_ratio {
        page.add(Native::SlowRatio, &[labels], Real(share));
    }
}

/// Adds a histogram, once it has counted a call.
fn add_durations(
    page: &mut Page,
    bounds: &Bounds,
    labels: &[&str; 2],
    histogram: &DurationHistogram,
) {
    let (count, [labels, outcome]) = (histogram.count(), labels);
    if count == 0 {
        return;
    }
    let (bucket, family) = ("_bucket", Native::Duration);
    for (bound, below) in bounds.of(histogram) {
        page.add_with_suffix(family, bucket, &[labels, outcome, bound], Count(below));
    }
    page.add_with_suffix(family, bucket, &[labels, outcome, "le=\"+Inf\""], Count(count));
    page.add_with_suffix(family, "_sum", &[labels, outcome], Real(histogram.sum().as_secs_f64()));
    page.add_with_suffix(family, "_count", &[labels, outcome], Count(count));
    if let Some(max) = histogram.max() {
        page.add(Native::LongestDuration, &[labels, outcome], Real(max.as_secs_f64()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_stands_at_its_place() {
        for (place, family) in Native::ALL.into_iter().enumerate() {
            assert_eq!(family.place(), place, "{family:?}");
        }
    }
}
