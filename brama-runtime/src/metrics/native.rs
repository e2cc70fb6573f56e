//! The native names: what a page shows of each breaker.

use std::fmt;

use super::{
    bounds::Bounds,
    page::{
        FamilyKind, MetricFamily, Page,
        SampleValue::{Count, Real},
    },
    snapshot::Snapshot,
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

/// Adds the lines of all breakers.
pub(super) fn add_native<W: fmt::Write>(page: &mut Page<'_, W>, snapshot: &Snapshot) {
    let bounds = Bounds::new();
    for family in Native::ALL {
        page.begin(family.family());
        for (labels, series) in snapshot.iter() {
            family.add(page, &bounds, labels, series);
        }
    }
}

impl Native {
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
            Self::Calls => add_outcomes(
                page,
                labels,
                [
                    (SUCCESS, totals.successes),
                    (FAILURE, totals.failures),
                    (IGNORED, totals.ignored),
                ],
            ),
            Self::Abandoned => add_rare(page, labels, totals.abandoned),
            Self::Slow => add_rare(page, labels, totals.slow),
            Self::Late => add_rare(page, labels, totals.late),
            Self::Nested => add_rare(page, labels, totals.nested),
            Self::Rejections => add_rejections(page, labels, series),
            Self::Transitions => add_transitions(page, labels, series),
            Self::Openings => page.add(labels, "", Count(series.openings)),
            Self::Failures => page.add(labels, "", Count(series.failures)),
            Self::WindowCalls | Self::WindowSlowCalls => self.add_window(page, labels, series),
            Self::FailureRatio => add_share(page, labels, series.failure_ratio),
            Self::SlowRatio => add_share(page, labels, series.slow_ratio),
            Self::Admitting => add_share(page, labels, series.admitting),
            Self::Duration | Self::LongestDuration => {
                self.add_durations(page, bounds, labels, series);
            }
            Self::LimitedKeys => {
                if let Some(keys) = series.summed {
                    page.add(without_key(labels), "", Count(keys));
                }
            }
        }
    }

    fn add_window<W: fmt::Write>(self, page: &mut Page<'_, W>, labels: &str, series: &Series) {
        let Some(window) = series.window else { return };
        let successes = window.calls.saturating_sub(window.failures);
        if self == Self::WindowSlowCalls {
            page.add(labels, "", Count(window.slow));
        } else {
            add_outcomes(page, labels, [(SUCCESS, successes), (FAILURE, window.failures)]);
        }
    }

    /// Adds the histograms or maxima of the outcomes that occurred.
    fn add_durations<W: fmt::Write>(
        self,
        page: &mut Page<'_, W>,
        bounds: &Bounds,
        labels: &str,
        series: &Series,
    ) {
        let Some(durations) = &series.durations else { return };
        for (outcome, histogram) in [
            (SUCCESS, durations.successes()),
            (FAILURE, durations.failures()),
            (IGNORED, durations.ignored()),
        ] {
            match (self, histogram.recent_max()) {
                (Self::LongestDuration, Some(max)) => {
                    page.add(labels, outcome, Real(max.as_secs_f64()));
                }
                (Self::LongestDuration, None) => {}
                (_, _) => add_histogram(page, bounds, &[labels, outcome], histogram),
            }
        }
    }
}

const SUCCESS: &str = ",outcome=\"success\"";
const FAILURE: &str = ",outcome=\"failure\"";
const IGNORED: &str = ",outcome=\"ignored\"";

/// The labels of the identifier of a sum, whose key stands last.
fn without_key(labels: &str) -> &str {
    labels.rsplit_once(",key=").map_or(labels, |(labels, _)| labels)
}

fn add_states<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for state in State::ALL {
        let label = match state {
            State::Closed => ",state=\"closed\"",
            State::Open => ",state=\"open\"",
            State::HalfOpen => ",state=\"half_open\"",
            State::ForcedOpen => ",state=\"force_open\"",
            State::Disabled => ",state=\"disabled\"",
        };
        page.add(labels, label, Count(series.in_state(state)));
    }
}

fn add_outcomes<W: fmt::Write, const N: usize>(
    page: &mut Page<'_, W>,
    labels: &str,
    outcomes: [(&str, u64); N],
) {
    for (outcome, calls) in outcomes {
        page.add(labels, outcome, Count(calls));
    }
}

/// Adds a count that few breakers have, unless it is zero: for the others, these lines would be a
/// fifth of the page.
fn add_rare<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, count: u64) {
    if 0 < count {
        page.add(labels, "", Count(count));
    }
}

fn add_rejections<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    let rejections = &series.rejections;
    add_outcomes(
        page,
        labels,
        [
            (",reason=\"open\"", rejections.open),
            (",reason=\"probe_limit\"", rejections.half_open),
            (",reason=\"ramp\"", rejections.ramp),
            (",reason=\"forced\"", rejections.forced),
        ],
    );
}

fn add_transitions<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, series: &Series) {
    for (from, to, count) in series.transitions.iter() {
        let more = format!(",from=\"{from}\",to=\"{to}\"");
        page.add(labels, &more, Count(count));
    }
}

fn add_share<W: fmt::Write>(page: &mut Page<'_, W>, labels: &str, share: Option<f64>) {
    if let Some(share) = share {
        page.add(labels, "", Real(share));
    }
}

/// Adds a histogram, once it has counted a call.
fn add_histogram<W: fmt::Write>(
    page: &mut Page<'_, W>,
    bounds: &Bounds,
    labels: &[&str; 2],
    histogram: &DurationHistogram,
) {
    let (count, [labels, outcome]) = (histogram.count(), labels);
    if count == 0 {
        return;
    }
    let bucket = "_bucket";
    for (bound, below) in bounds.of(histogram) {
        page.add_with_suffix(bucket, &[labels, outcome, bound], Count(below));
    }
    page.add_with_suffix(bucket, &[labels, outcome, ",le=\"+Inf\""], Count(count));
    page.add_with_suffix("_sum", &[labels, outcome], Real(histogram.sum().as_secs_f64()));
    page.add_with_suffix("_count", &[labels, outcome], Count(count));
}
