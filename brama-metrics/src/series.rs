//! The metrics of one breaker.

use brama::{
    State,
    metrics::Series,
    status::{DurationHistogram, Durations},
};
use metrics::{Label, counter, gauge};

use crate::{Gauges, real};

/// Publishes the metrics of a breaker. Returns its gauges.
pub(crate) fn publish(series: &Series) -> Gauges {
    let labels = series.labels().map(|(label, value)| Label::new(label, value.into_owned()));
    let mut published = Published { labels: labels.collect(), gauges: Vec::new() };
    published.states(series);
    published.calls(series);
    published.window(series);
    if let Some(durations) = &series.durations {
        published.durations(durations);
    }
    published.gauges
}

struct Published {
    /// The labels of the breaker.
    labels: Vec<Label>,
    gauges: Gauges,
}

impl Published {
    fn states(&mut self, series: &Series) {
        for state in State::ALL {
            let breakers = real(series.in_state(state));
            self.gauge("brama_breaker_state", &[("state", state.as_str())], breakers, 0.0);
        }
        for (from, to, count) in series.transitions.iter() {
            let labels = [("from", from.as_str()), ("to", to.as_str())];
            self.counter("brama_breaker_transitions_total", &labels, count);
        }
        self.counter("brama_breaker_openings_total", &[], series.openings);
        self.gauge("brama_breaker_failures_in_a_row", &[], real(series.failures), 0.0);
        if let Some(keys) = series.summed {
            self.gauge("brama_series_limited_keys", &[], real(keys), 0.0);
        }
    }

    fn calls(&self, series: &Series) {
        let (totals, rejections) = (series.totals, series.rejections);
        self.counter("brama_breaker_calls_total", SUCCESS, totals.successes);
        self.counter("brama_breaker_calls_total", FAILURE, totals.failures);
        self.counter("brama_breaker_calls_total", IGNORED, totals.ignored);
        self.counter("brama_breaker_abandoned_calls_total", &[], totals.abandoned);
        self.counter("brama_breaker_slow_calls_total", &[], totals.slow);
        self.counter("brama_breaker_late_calls_total", &[], totals.late);
        self.counter("brama_breaker_nested_calls_total", &[], totals.nested);
        for (reason, calls) in [
            ("open", rejections.open),
            ("probe_limit", rejections.half_open),
            ("ramp", rejections.ramp),
            ("forced", rejections.forced),
        ] {
            self.counter("brama_breaker_rejections_total", &[("reason", reason)], calls);
        }
    }

    fn window(&mut self, series: &Series) {
        if let Some(window) = series.window {
            let successes = window.calls.saturating_sub(window.failures);
            self.gauge("brama_breaker_window_calls", SUCCESS, real(successes), 0.0);
            self.gauge("brama_breaker_window_calls", FAILURE, real(window.failures), 0.0);
            self.gauge("brama_breaker_window_slow_calls", &[], real(window.slow), 0.0);
        }
        for (name, share) in [
            ("brama_breaker_failure_ratio", series.failure_ratio),
            ("brama_breaker_slow_ratio", series.slow_ratio),
            ("brama_breaker_admitting_ratio", series.admitting),
        ] {
            if let Some(share) = share {
                self.gauge(name, &[], share, f64::NAN);
            }
        }
    }

    fn durations(&mut self, durations: &Durations) {
        self.histogram(SUCCESS, durations.successes());
        self.histogram(FAILURE, durations.failures());
        self.histogram(IGNORED, durations.ignored());
    }

    fn histogram(&mut self, outcome: Labels<'_>, histogram: &DurationHistogram) {
        let count = histogram.count();
        if count == 0 {
            return;
        }
        self.counter("brama_breaker_call_duration_seconds_count_total", outcome, count);
        let micros = u64::try_from(histogram.sum().as_micros()).unwrap_or(u64::MAX);
        self.counter("brama_breaker_call_duration_microseconds_total", outcome, micros);
        if let Some(max) = histogram.max() {
            let max = max.as_secs_f64();
            self.gauge("brama_breaker_call_duration_max_seconds", outcome, max, 0.0);
        }
        for (quantile, share) in [("0.5", 0.5), ("0.9", 0.9), ("0.99", 0.99)] {
            let Some(duration) = histogram.quantile(share) else { continue };
            let labels: Vec<_> = outcome.iter().copied().chain([("quantile", quantile)]).collect();
            let name = "brama_breaker_call_duration_quantile_seconds";
            self.gauge(name, &labels, duration.as_secs_f64(), f64::NAN);
        }
    }

    fn counter(&self, name: &'static str, labels: Labels<'_>, count: u64) {
        counter!(name, self.with(labels)).absolute(count);
    }

    /// Sets a gauge. `none` is its value once it is not known any more.
    fn gauge(&mut self, name: &'static str, labels: Labels<'_>, value: f64, none: f64) {
        let labels = self.with(labels);
        gauge!(name, labels.clone()).set(value);
        self.gauges.push((name, labels, none));
    }

    fn with(&self, more: Labels<'_>) -> Vec<Label> {
        let more = more.iter().map(|(label, value)| Label::new(*label, (*value).to_owned()));
        self.labels.iter().cloned().chain(more).collect()
    }
}

type Labels<'a> = &'a [(&'static str, &'static str)];

const SUCCESS: Labels<'static> = &[("outcome", "success")];
const FAILURE: Labels<'static> = &[("outcome", "failure")];
const IGNORED: Labels<'static> = &[("outcome", "ignored")];
