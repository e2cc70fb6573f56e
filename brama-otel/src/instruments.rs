//! The instruments: names, units, and what each observes.

use std::{sync::Arc, time::UNIX_EPOCH};

use brama::{
    Health, State,
    metrics::Series,
    status::{DurationHistogram, Durations, WindowCounts},
};
use opentelemetry::{KeyValue, metrics::Meter};

use crate::{registration::Registration, shared::Shared};

/// Registers every instrument.
pub(crate) fn register(shared: &Arc<Shared>, meter: &Meter) {
    let mut registration = Registration::new(shared, meter);
    registration.states();
    registration.calls();
    registration.window();
    registration.limits();
    registration.durations();
    registration.registry();
}

impl Registration<'_> {
    fn states(&mut self) {
        self.up_down_counter(
            "brama.breaker.state",
            "1",
            "Whether the circuit is in this state; of a sum, how many are.",
            |series, add| {
                for state in State::ALL {
                    let breakers = i64::try_from(series.in_state(state)).unwrap_or(i64::MAX);
                    add(&[KeyValue::new("brama.breaker.state", state.as_str())], breakers);
                }
            },
        );
        self.transitions("brama.breaker.transitions", "{transition}", "Changes of state.");
        self.counter(
            "brama.breaker.openings",
            "{opening}",
            "Openings of the circuit.",
            |series, add| add(&[], series.openings),
        );
        self.gauge(
            "brama.breaker.failures_in_a_row",
            "{call}",
            "The present run of failures; of a sum, the longest.",
            |series, add| add(&[], series.failures),
        );
        self.gauge(
            "brama.series.limited_keys",
            "{key}",
            "Breakers without points of their own, which are summed.",
            |series, add| series.summed.into_iter().for_each(|keys| add(&[], keys)),
        );
    }

    fn calls(&mut self) {
        self.counter(
            "brama.breaker.calls",
            "{call}",
            "Calls that ended, by outcome.",
            |series, add| {
                for (name, calls) in series.totals.by_outcome() {
                    add(&[outcome(name)], calls);
                }
            },
        );
        self.counter(
            "brama.breaker.calls.abandoned",
            "{call}",
            "Calls dropped before they had an outcome.",
            |series, add| add(&[], series.totals.abandoned),
        );
        self.counter(
            "brama.breaker.calls.slow",
            "{call}",
            "Calls slower than slow_call_duration, if a rule judges them.",
            |series, add| add(&[], series.totals.slow),
        );
        self.counter(
            "brama.breaker.calls.late",
            "{call}",
            "Outcomes of calls that were admitted before the present state began.",
            |series, add| add(&[], series.totals.late),
        );
        self.counter(
            "brama.breaker.calls.nested",
            "{call}",
            "Calls within a probe of their own breaker, which are part of it.",
            |series, add| add(&[], series.totals.nested),
        );
        self.counter(
            "brama.breaker.rejections",
            "{call}",
            "Rejected calls, by reason; in shadow, those that would have been.",
            |series, add| {
                for (reason, calls) in series.rejections.by_reason() {
                    add(&[KeyValue::new("reason", reason)], calls);
                }
            },
        );
    }

    fn window(&mut self) {
        self.gauge(
            "brama.breaker.window.calls",
            "{call}",
            "Calls in the window, by outcome.",
            |series, add| {
                for (name, calls) in series.window.iter().flat_map(WindowCounts::by_outcome) {
                    add(&[outcome(name)], calls);
                }
            },
        );
        self.gauge(
            "brama.breaker.window.slow_calls",
            "{call}",
            "Slow calls in the window.",
            |series, add| series.window.into_iter().for_each(|window| add(&[], window.slow)),
        );
        self.share(
            "brama.breaker.failure.ratio",
            "The share of failures in the window; absent below minimum_calls.",
            |series| series.failure_ratio,
        );
        self.share(
            "brama.breaker.slow.ratio",
            "The share of slow calls in the window; absent below minimum_calls.",
            |series| series.slow_ratio,
        );
        self.share(
            "brama.breaker.admitting.ratio",
            "The share of calls that the ramp after an outage admits; absent outside of a ramp.",
            |series| series.admitting,
        );
    }

    fn limits(&mut self) {
        self.gauge(
            "brama.breaker.calls.in_flight",
            "{call}",
            "Calls in flight, with a concurrency_limit.",
            |series, add| series.in_flight.into_iter().for_each(|calls| add(&[], calls)),
        );
        self.gauge(
            "brama.breaker.concurrency_limit",
            "{call}",
            "How many calls may be in flight at once.",
            |series, add| series.concurrency_limit.into_iter().for_each(|limit| add(&[], limit)),
        );
        self.gauge(
            "brama.breaker.overlaid",
            "{breaker}",
            "Breakers over which an overlay of a fleet is in force; absent without one.",
            |series, add| series.overlaid.into_iter().for_each(|overlaid| add(&[], overlaid)),
        );
    }

    fn durations(&mut self) {
        self.counter(
            "brama.breaker.call.duration.count",
            "{call}",
            "Calls whose duration was counted, by outcome.",
            |series, add| {
                for (name, histogram) in histograms(series) {
                    add(&[outcome(name)], histogram.count());
                }
            },
        );
        self.f64_counter(
            "brama.breaker.call.duration.sum",
            "s",
            "How long calls took in total, by outcome, with the setting durations.",
            |series, add| {
                for (name, histogram) in histograms(series) {
                    add(&[outcome(name)], histogram.sum().as_secs_f64());
                }
            },
        );
        self.f64_gauge(
            "brama.breaker.call.duration.max",
            "s",
            "The longest call of this minute and the one before.",
            |series, add| {
                for (name, histogram) in histograms(series) {
                    if let Some(longest) = histogram.recent_max() {
                        add(&[outcome(name)], longest.as_secs_f64());
                    }
                }
            },
        );
    }

    fn registry(&mut self) {
        self.registry_gauge(
            "brama.breakers",
            "{breaker}",
            "Breakers, overflow breakers included.",
            |counts, add| add(&[], counts.breakers),
        );
        self.registry_gauge(
            "brama.health",
            FLAG,
            "Whether this is the health of all breakers.",
            |counts, add| {
                for health in Health::NAMES {
                    let is_present = u64::from(counts.health.as_str() == health);
                    add(&[KeyValue::new("brama.health", health)], is_present);
                }
            },
        );
        self.registry_gauge(
            "brama.shadow_all",
            FLAG,
            "Whether the kill switch puts every breaker into shadow.",
            |counts, add| add(&[], u64::from(counts.shadow_all)),
        );
        self.registry_counter(
            "brama.keys.evicted",
            "{key}",
            "Breakers with a key that were evicted.",
            |counts| counts.evicted_keys,
        );
        self.registry_counter(
            "brama.overflow.calls",
            "{call}",
            "Calls that found no room for their key.",
            |counts| counts.overflow_calls,
        );
        self.registry_counter(
            "brama.events.lost",
            "{event}",
            "Events that subscriptions lost because they were too slow.",
            |counts| counts.lost_events,
        );
        self.last_reload();
    }

    fn last_reload(&mut self) {
        self.registry_gauge(
            "brama.config.last_reload.successful",
            FLAG,
            "Whether the last reload of the configuration was successful.",
            |counts, add| {
                if let Some(last) = &counts.last_reload {
                    add(&[], u64::from(last.is_successful()));
                }
            },
        );
        self.registry_f64_gauge(
            "brama.config.last_reload.success_timestamp",
            "s",
            "When the configuration was last reloaded with success, since 1970.",
            |counts| {
                let last = counts.last_reload.as_ref()?.last_success?;
                last.duration_since(UNIX_EPOCH).ok().map(|since_1970| since_1970.as_secs_f64())
            },
        );
    }
}

/// The unit of what is 1 or 0. With the unit `1`, exporters to Prometheus add `_ratio` to the name.
const FLAG: &str = "";

fn outcome(name: &'static str) -> KeyValue {
    KeyValue::new("outcome", name)
}

/// The histograms of the outcomes that occurred.
fn histograms(series: &Series) -> impl Iterator<Item = (&'static str, &DurationHistogram)> {
    let outcomes = series.durations.iter().flat_map(Durations::by_outcome);
    outcomes.filter(|(_, histogram)| 0 < histogram.count())
}
