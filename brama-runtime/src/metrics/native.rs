//! The native names: what a page shows of each breaker.

use std::fmt;

use super::{
    bounds::Bounds,
    page::{
        MetricFamily, Page,
        SampleValue::{Count, Real},
    },
    snapshot::Snapshot,
};
use crate::{
    circuit::{State, WindowCounts},
    histogram::{DurationHistogram, Durations},
    status::Series,
};

/// A family of native names, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NativeFamily {
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
    InFlight,
    ConcurrencyLimit,
    Overlaid,
    Duration,
    LongestDuration,
    LimitedKeys,
}

impl NativeFamily {
    pub(super) const ALL: [Self; 21] = [
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
        Self::InFlight,
        Self::ConcurrencyLimit,
        Self::Overlaid,
        Self::Duration,
        Self::LongestDuration,
        Self::LimitedKeys,
    ];

    pub(super) const fn family(self) -> MetricFamily {
        let (counter, gauge) = (MetricFamily::counter, MetricFamily::gauge);
        let histogram = MetricFamily::histogram;
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
            Self::InFlight => gauge("brama_breaker_calls_in_flight", "Calls in flight, with a concurrency_limit."),
            Self::ConcurrencyLimit => gauge("brama_breaker_concurrency_limit", "How many calls may be in flight at once."),
            Self::Overlaid => gauge("brama_breaker_overlaid", "Breakers over which an overlay of a fleet is in force; absent without one."),
            Self::Duration => histogram("brama_breaker_call_duration_seconds", "How long calls took, by outcome, with the setting durations.").unit("seconds"),
            Self::LongestDuration => gauge("brama_breaker_call_duration_max_seconds", "The longest call of this minute and the one before.").unit("seconds"),
            Self::LimitedKeys => gauge("brama_series_limited_keys", "Keys without series of their own, which are summed under the key other."),
        }
    }
}

/// Adds the lines of all breakers.
pub(super) fn add_native<W: fmt::Write>(page: &mut Page<'_, W>, snapshot: &Snapshot) {
    let bounds = Bounds::new();
    for family in NativeFamily::ALL {
        page.begin(family.family());
        for (labels, series) in snapshot.iter() {
            family.add(page, &bounds, labels, series);
        }
    }
}

impl NativeFamily {
    fn add<W: fmt::Write>(
        self,
        page: &mut Page<'_, W>,
        bounds: &Bounds,
        labels: &str,
        series: &Series,
    ) {
        let Series { totals, .. } = series;
        match self {
            Self::State => add_states(page, labels, series),
            Self::Calls => add_outcomes(page, labels, totals.by_outcome()),
            Self::Abandoned => add_rare(page, labels, totals.abandoned),
            Self::Slow => add_rare(page, labels, totals.slow),
            Self::Late => add_rare(page, labels, totals.late),
            Self::Nested => add_rare(page, labels, totals.nested),
            Self::Rejections => add_rejections(page, labels, series),
            Self::Transitions => add_transitions(page, labels, series),
            Self::Openings => page.add(&[labels], Count(series.openings)),
            Self::Failures => page.add(&[labels], Count(series.failures)),
            Self::WindowCalls => {
                add_outcomes(page, labels, series.window.iter().flat_map(WindowCounts::by_outcome));
            }
            Self::WindowSlowCalls => add_some(page, labels, series.window.map(|it| it.slow)),
            Self::FailureRatio => add_share(page, labels, series.failure_ratio),
            Self::SlowRatio => add_share(page, labels, series.slow_ratio),
            Self::Admitting => add_share(page, labels, series.admitting),
            Self::InFlight => add_some(page, labels, series.in_flight),
            Self::ConcurrencyLimit => add_some(page, labels, series.concurrency_limit),
            Self::Overlaid => add_some(page, labels, series.overlaid),
            Self::Duration => add_histograms(page, bounds, labels, series),
            Self::LongestDuration => add_longest(page, labels, series),
            Self::LimitedKeys => {
                if let Some(keys) = series.summed {
                    page.add(&[without_key(labels)], Count(keys));
                }
            }
        }
    }
}

/// The labels of the identifier of a sum, whose key stands last.
fn without_key(labels: &str) -> &str {
    labels.rsplit_once(",key=").map_or(labels, |(labels, _)| labels)
}

fn add_states<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for state in State::ALL {
        let parts = [labels, ",state=\"", state.as_str(), "\""];
        page.add(&parts, Count(series.in_state(state)));
    }
}

fn add_outcomes<W: fmt::Write>(
    page: &mut Page<'_, W>,
    labels: &str,
    outcomes: impl Iterator<Item = (&'static str, u64)>,
) {
    for (outcome, calls) in outcomes {
        page.add(&[labels, ",outcome=\"", outcome, "\""], Count(calls));
    }
}

/// Adds a count that few breakers have, unless it is zero: for the others, these lines would be a
/// fifth of the page.
fn add_rare<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, count: u64) {
    if 0 < count {
        page.add(&[labels], Count(count));
    }
}

fn add_some<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, count: Option<u64>) {
    if let Some(count) = count {
        page.add(&[labels], Count(count));
    }
}

fn add_rejections<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for (reason, calls) in series.rejections.by_reason() {
        page.add(&[labels, ",reason=\"", reason, "\""], Count(calls));
    }
}

fn add_transitions<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for (from, to, count) in series.transitions.iter() {
        let parts = [labels, ",from=\"", from.as_str(), "\",to=\"", to.as_str(), "\""];
        page.add(&parts, Count(count));
    }
}

fn add_share<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, share: Option<f64>) {
    if let Some(share) = share {
        page.add(&[labels], Real(share));
    }
}

/// Adds the histograms of the outcomes that occurred.
fn add_histograms<W: fmt::Write>(
    page: &mut Page<'_, W>,
    bounds: &Bounds,
    labels: &str,
    series: &Series,
) {
    for (outcome, histogram) in series.durations.iter().flat_map(Durations::by_outcome) {
        if 0 < histogram.count() {
            add_histogram(page, bounds, [labels, ",outcome=\"", outcome, "\""], histogram);
        }
    }
}

fn add_histogram<W: fmt::Write>(
    page: &mut Page<'_, W>,
    bounds: &Bounds,
    [labels, begin, outcome, end]: [&str; 4],
    histogram: &DurationHistogram,
) {
    let (bucket, count) = ("_bucket", Count(histogram.count()));
    for (bound, below) in bounds.of(histogram) {
        page.add_with_suffix(bucket, &[labels, begin, outcome, end, bound], Count(below));
    }
    page.add_with_suffix(bucket, &[labels, begin, outcome, end, ",le=\"+Inf\""], count);
    let labels = [labels, begin, outcome, end];
    page.add_with_suffix("_sum", &labels, Real(histogram.sum().as_secs_f64()));
    page.add_with_suffix("_count", &labels, count);
}

/// Adds the longest calls of the outcomes that occurred lately.
fn add_longest<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for (outcome, histogram) in series.durations.iter().flat_map(Durations::by_outcome) {
        if let Some(longest) = histogram.recent_max() {
            let parts = [labels, ",outcome=\"", outcome, "\""];
            page.add(&parts, Real(longest.as_secs_f64()));
        }
    }
}
