//! The metrics of one breaker.

use std::{iter::zip, time::Duration};

use brama::{
    State,
    metrics::Series,
    status::{DurationHistogram, Durations},
};
use metrics::{Label, counter, gauge};

use crate::{PublishedGauge, as_f64};

/// Publishes the metrics of a breaker, with the counts that were added. Returns its gauges.
pub(crate) fn publish(series: &Series, added: &Series) -> Vec<PublishedGauge> {
    let labels = series.labels().map(|(label, value)| Label::new(label, value.into_owned()));
    let mut publisher = BreakerPublisher { labels: labels.collect(), gauges: Vec::new() };
    publisher.states(series);
    publisher.changes(added);
    publisher.calls(added);
    publisher.window(series);
    if let (Some(durations), Some(added)) = (&series.durations, &added.durations) {
        publisher.durations(durations, added);
    }
    publisher.limited(series);
    publisher.gauges
}

struct BreakerPublisher {
    /// The labels of the breaker.
    labels: Vec<Label>,
    gauges: Vec<PublishedGauge>,
}

impl BreakerPublisher {
    fn states(&mut self, series: &Series) {
        for state in State::ALL {
            let breakers = as_f64(series.in_state(state));
            self.gauge("brama_breaker_state", &[("state", state.as_str())], breakers, 0.0);
        }
        self.gauge("brama_breaker_failures_in_a_row", &[], as_f64(series.failures), 0.0);
    }

    /// How many keys are summed, which is a fact about their identifier.
    fn limited(&mut self, series: &Series) {
        self.labels.retain(|label| label.key() != "key");
        if let Some(keys) = series.summed {
            self.gauge("brama_series_limited_keys", &[], as_f64(keys), 0.0);
        }
    }

    fn changes(&self, added: &Series) {
        for (from, to, count) in added.transitions.iter() {
            let labels = [("from", from.as_str()), ("to", to.as_str())];
            self.counter("brama_breaker_transitions_total", &labels, count);
        }
        self.counter("brama_breaker_openings_total", &[], added.openings);
    }

    fn calls(&self, added: &Series) {
        let totals = added.totals;
        for (outcome, calls) in totals.by_outcome() {
            self.counter("brama_breaker_calls_total", &[("outcome", outcome)], calls);
        }
        self.counter("brama_breaker_abandoned_calls_total", &[], totals.abandoned);
        self.counter("brama_breaker_slow_calls_total", &[], totals.slow);
        self.counter("brama_breaker_late_calls_total", &[], totals.late);
        self.counter("brama_breaker_nested_calls_total", &[], totals.nested);
        for (reason, calls) in added.rejections.by_reason() {
            self.counter("brama_breaker_rejections_total", &[("reason", reason)], calls);
        }
    }

    fn window(&mut self, series: &Series) {
        if let Some(window) = series.window {
            for (outcome, calls) in window.by_outcome() {
                let labels = [("outcome", outcome)];
                self.gauge("brama_breaker_window_calls", &labels, as_f64(calls), 0.0);
            }
            self.gauge("brama_breaker_window_slow_calls", &[], as_f64(window.slow), 0.0);
        }
        for (name, calls) in [
            ("brama_breaker_calls_in_flight", series.in_flight),
            ("brama_breaker_concurrency_limit", series.concurrency_limit),
            ("brama_breaker_overlaid", series.overlaid),
        ] {
            if let Some(calls) = calls {
                self.gauge(name, &[], as_f64(calls), 0.0);
            }
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

    fn durations(&mut self, durations: &Durations, added: &Durations) {
        for ((outcome, histogram), (_, added)) in zip(durations.by_outcome(), added.by_outcome()) {
            self.histogram(&[("outcome", outcome)], histogram, added);
        }
    }

    fn histogram(
        &mut self,
        outcome: LabelPairs<'_>,
        histogram: &DurationHistogram,
        added: &DurationHistogram,
    ) {
        if histogram.count() == 0 {
            return;
        }
        self.counter("brama_breaker_call_duration_seconds_count_total", outcome, added.count());
        // The parts of a microsecond are published once they are a whole one.
        let before = histogram.sum().saturating_sub(added.sum());
        let added = micros(histogram.sum()).saturating_sub(micros(before));
        self.counter("brama_breaker_call_duration_microseconds_total", outcome, added);
        if let Some(max) = histogram.recent_max() {
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

    fn counter(&self, name: &'static str, labels: LabelPairs<'_>, added: u64) {
        counter!(name, self.with(labels)).increment(added);
    }

    /// Sets a gauge. `absent` is the value to set once it is not published any more.
    fn gauge(&mut self, name: &'static str, labels: LabelPairs<'_>, value: f64, absent: f64) {
        let labels = self.with(labels);
        gauge!(name, labels.clone()).set(value);
        self.gauges.push(PublishedGauge { name, labels, absent });
    }

    fn with(&self, more: LabelPairs<'_>) -> Vec<Label> {
        let more = more.iter().map(|(label, value)| Label::new(*label, (*value).to_owned()));
        self.labels.iter().cloned().chain(more).collect()
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

type LabelPairs<'a> = &'a [(&'static str, &'static str)];
