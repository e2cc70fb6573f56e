//! The families of metrics: names, and the samples of each breaker.

use std::{fmt, time::UNIX_EPOCH};

use brama::{
    Health, State, Totals,
    config::LastReload,
    metrics::{RegistryCounts, Series},
    status::{DurationHistogram, Durations, WindowCounts},
};
use prometheus_client::{
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::MetricType,
    registry::Unit,
};

use crate::labels::{LabelsOfIdentifier, SampleLabels};

/// Adds a sample: further labels, and the value.
type AddCount<'a> = dyn FnMut(&[(&'static str, &'static str)], u64) -> fmt::Result + 'a;

struct Families<'a, 'e> {
    encoder: &'a mut DescriptorEncoder<'e>,
    all: &'a [Series],
}

pub(crate) fn encode_breakers(encoder: &mut DescriptorEncoder<'_>, all: &[Series]) -> fmt::Result {
    let mut families = Families { encoder, all };
    families.states()?;
    families.calls()?;
    families.rejections()?;
    families.window()?;
    families.durations(&Unit::Seconds)?;
    families.longest(&Unit::Seconds)
}

impl Families<'_, '_> {
    fn states(&mut self) -> fmt::Result {
        self.gauge(
            "brama_breaker_state",
            "Whether the circuit is in this state",
            |series, add| {
                State::ALL
                    .into_iter()
                    .try_for_each(|state| add(&[("state", state.as_str())], series.in_state(state)))
            },
        )?;
        self.counter("brama_breaker_transitions", "Changes of state", |series, add| {
            series.transitions.iter().try_for_each(|(from, to, count)| {
                add(&[("from", from.as_str()), ("to", to.as_str())], count)
            })
        })?;
        self.counter("brama_breaker_openings", "Openings of the circuit", |series, add| {
            add(&[], series.openings)
        })?;
        self.gauge(
            "brama_breaker_failures_in_a_row",
            "The present run of failures",
            |series, add| add(&[], series.failures),
        )?;
        let help = "Keys without series of their own, which are summed under the key other";
        let name = "brama_series_limited_keys";
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for series in self.all {
            if let Some(keys) = series.summed {
                metric.encode_family(&LabelsOfIdentifier(series))?.encode_gauge(&signed(keys))?;
            }
        }
        Ok(())
    }

    fn calls(&mut self) -> fmt::Result {
        self.counter("brama_breaker_calls", "Calls that ended, by outcome", |series, add| {
            let mut calls = series.totals.by_outcome();
            calls.try_for_each(|(outcome, calls)| add(&[("outcome", outcome)], calls))
        })?;
        let help = "Calls dropped before they had an outcome";
        self.rare("brama_breaker_abandoned_calls", help, |totals| totals.abandoned)?;
        let help = "Calls slower than slow_call_duration, if a rule judges them";
        self.rare("brama_breaker_slow_calls", help, |totals| totals.slow)?;
        let help = "Outcomes of calls that were admitted before the present state began";
        self.rare("brama_breaker_late_calls", help, |totals| totals.late)?;
        let help = "Calls within a probe of their own breaker, which are part of it";
        self.rare("brama_breaker_nested_calls", help, |totals| totals.nested)
    }

    fn rejections(&mut self) -> fmt::Result {
        self.counter("brama_breaker_rejections", "Rejected calls, by reason", |series, add| {
            let mut rejections = series.rejections.by_reason();
            rejections.try_for_each(|(reason, calls)| add(&[("reason", reason)], calls))
        })
    }

    fn window(&mut self) -> fmt::Result {
        self.gauge(
            "brama_breaker_window_calls",
            "Calls in the window, by outcome",
            |series, add| {
                let mut calls = series.window.iter().flat_map(WindowCounts::by_outcome);
                calls.try_for_each(|(outcome, calls)| add(&[("outcome", outcome)], calls))
            },
        )?;
        self.gauge(
            "brama_breaker_window_slow_calls",
            "Slow calls in the window",
            |series, add| series.window.map_or(Ok(()), |window| add(&[], window.slow)),
        )?;
        let (name, help) = ("brama_breaker_calls_in_flight", "Calls in flight, with a limit");
        self.gauge(name, help, |series, add| series.in_flight.map_or(Ok(()), |it| add(&[], it)))?;
        let (name, help) = ("brama_breaker_concurrency_limit", "How many may be in flight at once");
        self.gauge(name, help, |series, add| {
            series.concurrency_limit.map_or(Ok(()), |limit| add(&[], limit))
        })?;
        let (name, help) = ("brama_breaker_overlaid", "Breakers over which an overlay is in force");
        self.gauge(name, help, |series, add| series.overlaid.map_or(Ok(()), |it| add(&[], it)))?;
        let ratio = Unit::Other("ratio".to_owned());
        let help = "The share of failures in the window; absent below minimum_calls";
        self.share("brama_breaker_failure", help, &ratio, |series| series.failure_ratio)?;
        let help = "The share of slow calls in the window; absent below minimum_calls";
        self.share("brama_breaker_slow", help, &ratio, |series| series.slow_ratio)?;
        let help = "The share of calls that the ramp after an outage admits";
        self.share("brama_breaker_admitting", help, &ratio, |series| series.admitting)
    }

    fn durations(&mut self, unit: &Unit) -> fmt::Result {
        let (name, help) = ("brama_breaker_call_duration", "How long calls took, by outcome");
        let kind = MetricType::Histogram;
        let mut metric = self.encoder.encode_descriptor(name, help, Some(unit), kind)?;
        for series in self.all {
            for (outcome, histogram) in histograms(series) {
                let labels = [("outcome", outcome)];
                encode_histogram(&mut metric, &SampleLabels(series, &labels), histogram)?;
            }
        }
        Ok(())
    }

    fn longest(&mut self, unit: &Unit) -> fmt::Result {
        let name = "brama_breaker_call_duration_max";
        let help = "The longest call of this minute and the one before";
        let kind = MetricType::Gauge;
        let mut metric = self.encoder.encode_descriptor(name, help, Some(unit), kind)?;
        for series in self.all {
            for (outcome, histogram) in histograms(series) {
                if let Some(longest) = histogram.recent_max() {
                    let outcome = [("outcome", outcome)];
                    let labels = SampleLabels(series, &outcome);
                    metric.encode_family(&labels)?.encode_gauge(&longest.as_secs_f64())?;
                }
            }
        }
        Ok(())
    }

    fn counter(
        &mut self,
        name: &'static str,
        help: &str,
        samples: impl Fn(&Series, &mut AddCount<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for series in self.all {
            samples(series, &mut |labels, count| {
                let labels = SampleLabels(series, labels);
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, u64, f64>(&count, None)
            })?;
        }
        Ok(())
    }

    /// A counter that few breakers have. It is absent while it is 0.
    fn rare(
        &mut self,
        name: &'static str,
        help: &str,
        count: impl Fn(&Totals) -> u64,
    ) -> fmt::Result {
        self.counter(name, help, |series, add| {
            let count = count(&series.totals);
            if 0 < count { add(&[], count) } else { Ok(()) }
        })
    }

    fn gauge(
        &mut self,
        name: &'static str,
        help: &str,
        samples: impl Fn(&Series, &mut AddCount<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for series in self.all {
            samples(series, &mut |labels, count| {
                metric.encode_family(&SampleLabels(series, labels))?.encode_gauge(&signed(count))
            })?;
        }
        Ok(())
    }

    fn share(
        &mut self,
        name: &'static str,
        help: &str,
        unit: &Unit,
        share: impl Fn(&Series) -> Option<f64>,
    ) -> fmt::Result {
        let mut metric =
            self.encoder.encode_descriptor(name, help, Some(unit), MetricType::Gauge)?;
        for series in self.all {
            if let Some(share) = share(series) {
                metric.encode_family(&SampleLabels(series, &[]))?.encode_gauge(&share)?;
            }
        }
        Ok(())
    }
}

/// The histograms of the outcomes that occurred.
fn histograms(series: &Series) -> impl Iterator<Item = (&'static str, &DurationHistogram)> {
    let outcomes = series.durations.iter().flat_map(Durations::by_outcome);
    outcomes.filter(|(_, histogram)| 0 < histogram.count())
}

fn encode_histogram(
    metric: &mut MetricEncoder<'_>,
    labels: &SampleLabels<'_>,
    histogram: &DurationHistogram,
) -> fmt::Result {
    // The encoder adds the buckets up again.
    let (count, mut before) = (histogram.count(), 0);
    let all = histogram.cumulative().chain([(f64::INFINITY, count)]);
    let buckets: Vec<_> = all
        .map(|(bound, below)| {
            let calls = below - before;
            before = below;
            (bound, calls)
        })
        .collect();
    let sum = histogram.sum().as_secs_f64();
    metric.encode_family(labels)?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
}

pub(crate) fn encode_registry(
    encoder: &mut DescriptorEncoder<'_>,
    counts: &RegistryCounts,
) -> fmt::Result {
    let (gauge, counter) = (MetricType::Gauge, MetricType::Counter);
    let name = "brama_breakers";
    let mut metric = encoder.encode_descriptor(name, "Breakers", None, gauge)?;
    metric.encode_gauge(&signed(counts.breakers))?;
    let help = "Whether this is the health of all breakers";
    let mut metric = encoder.encode_descriptor("brama_health", help, None, gauge)?;
    for health in Health::NAMES {
        let is_present = i64::from(counts.health.as_str() == health);
        metric.encode_family(&[("health", health)])?.encode_gauge(&is_present)?;
    }
    let help = "Whether the kill switch puts every breaker into shadow";
    let mut metric = encoder.encode_descriptor("brama_shadow_all", help, None, gauge)?;
    metric.encode_gauge(&i64::from(counts.shadow_all))?;
    if let Some(last) = &counts.last_reload {
        encode_reload(encoder, last)?;
    }
    for (name, help, count) in [
        ("brama_keys_evicted", "Breakers with a key that were evicted", counts.evicted_keys),
        ("brama_overflow_calls", "Calls that found no room for their key", counts.overflow_calls),
        ("brama_events_lost", "Events that slow subscriptions lost", counts.lost_events),
    ] {
        let mut metric = encoder.encode_descriptor(name, help, None, counter)?;
        metric.encode_counter::<NoLabelSet, u64, f64>(&count, None)?;
    }
    Ok(())
}

fn encode_reload(encoder: &mut DescriptorEncoder<'_>, last: &LastReload) -> fmt::Result {
    let name = "brama_config_last_reload_successful";
    let help = "Whether the last reload of the configuration was successful";
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    metric.encode_gauge(&i64::from(last.is_successful()))?;
    let time = last.last_success.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let Some(since_1970) = time else { return Ok(()) };
    let name = "brama_config_last_reload_success_timestamp";
    let help = "When the configuration was last reloaded with success, since 1970";
    let seconds = Some(&Unit::Seconds);
    let mut metric = encoder.encode_descriptor(name, help, seconds, MetricType::Gauge)?;
    metric.encode_gauge(&since_1970.as_secs_f64())
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
