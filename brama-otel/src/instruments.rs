//! The instruments: names, units, and what each observes.

use std::{sync::Arc, time::UNIX_EPOCH};

use brama::{
    Health, State,
    metrics::{RegistryCounts, Series},
    status::{DurationHistogram, Durations, WindowCounts},
};
use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};

use crate::shared::{RegistryReading, Shared};

/// Adds a point: further attributes, and the value.
type Add<'a, T> = dyn FnMut(&[KeyValue], T) + 'a;

/// Registers every instrument. Each has a number, by which a collection
/// knows which of them have observed its reading.
pub(crate) fn register(shared: &Arc<Shared>, meter: &Meter) {
    let mut instruments = Instruments { shared, meter, next: 0 };
    instruments.states();
    instruments.calls();
    instruments.window();
    instruments.durations();
    instruments.registry();
}

struct Instruments<'a> {
    shared: &'a Arc<Shared>,
    meter: &'a Meter,
    next: u32,
}

impl Instruments<'_> {
    fn states(&mut self) {
        let (number, shared) = self.callback();
        self.meter
            .i64_observable_up_down_counter("brama.breaker.state")
            .with_description("Whether the circuit is in this state; of a sum, how many are.")
            .with_unit("1")
            .with_callback(move |observer| {
                observe_present(&shared.reading(number), observer, &|series, add| {
                    for state in State::ALL {
                        let breakers = i64::try_from(series.in_state(state)).unwrap_or(i64::MAX);
                        add(&[KeyValue::new("brama.breaker.state", state.as_str())], breakers);
                    }
                });
            })
            .build();
        self.transitions();
        self.counter("brama.breaker.openings", "{opening}", |series, add| {
            add(&[], series.openings);
        });
        self.gauge("brama.breaker.failures_in_a_row", "{call}", |series, add| {
            add(&[], series.failures);
        });
        self.gauge("brama.series.limited_keys", "{key}", |series, add| {
            if let Some(keys) = series.summed {
                add(&[], keys);
            }
        });
    }

    fn transitions(&mut self) {
        let (number, shared) = self.callback();
        self.meter
            .u64_observable_counter("brama.breaker.transitions")
            .with_description("Changes of state.")
            .with_unit("{transition}")
            .with_callback(move |observer| {
                observe_transitions(&shared.reading(number), observer);
            })
            .build();
    }

    fn calls(&mut self) {
        self.counter("brama.breaker.calls", "{call}", |series, add| {
            for (name, calls) in series.totals.by_outcome() {
                add(&[outcome(name)], calls);
            }
        });
        self.counter("brama.breaker.calls.abandoned", "{call}", |series, add| {
            add(&[], series.totals.abandoned);
        });
        self.counter("brama.breaker.calls.slow", "{call}", |series, add| {
            add(&[], series.totals.slow);
        });
        self.counter("brama.breaker.calls.late", "{call}", |series, add| {
            add(&[], series.totals.late);
        });
        self.counter("brama.breaker.calls.nested", "{call}", |series, add| {
            add(&[], series.totals.nested);
        });
        self.counter("brama.breaker.rejections", "{call}", |series, add| {
            for (reason, calls) in series.rejections.by_reason() {
                add(&[KeyValue::new("reason", reason)], calls);
            }
        });
    }

    fn window(&mut self) {
        self.gauge("brama.breaker.window.calls", "{call}", |series, add| {
            for (name, calls) in series.window.iter().flat_map(WindowCounts::by_outcome) {
                add(&[outcome(name)], calls);
            }
        });
        self.gauge("brama.breaker.window.slow_calls", "{call}", |series, add| {
            if let Some(window) = series.window {
                add(&[], window.slow);
            }
        });
        self.share("brama.breaker.failure.ratio", |series| series.failure_ratio);
        self.share("brama.breaker.slow.ratio", |series| series.slow_ratio);
        self.share("brama.breaker.admitting.ratio", |series| series.admitting);
    }

    fn durations(&mut self) {
        self.counter("brama.breaker.call.duration.count", "{call}", |series, add| {
            for (name, histogram) in histograms(series) {
                add(&[outcome(name)], histogram.count());
            }
        });
        let (number, shared) = self.callback();
        self.meter
            .f64_observable_counter("brama.breaker.call.duration.sum")
            .with_unit("s")
            .with_callback(move |observer| {
                observe_counted(&shared.reading(number), observer, &|series, add| {
                    for (name, histogram) in histograms(series) {
                        add(&[outcome(name)], histogram.sum().as_secs_f64());
                    }
                });
            })
            .build();
        self.real("brama.breaker.call.duration.max", "s", |series, add| {
            for (name, histogram) in histograms(series) {
                if let Some(max) = histogram.recent_max() {
                    add(&[outcome(name)], max.as_secs_f64());
                }
            }
        });
    }

    fn registry(&mut self) {
        self.of_registry("brama.breakers", |counts, add| add(&[], counts.breakers));
        self.of_registry("brama.health", |counts, add| {
            for health in Health::NAMES {
                let is_present = u64::from(counts.health.as_str() == health);
                add(&[KeyValue::new("brama.health", health)], is_present);
            }
        });
        self.of_registry("brama.shadow_all", |counts, add| {
            add(&[], u64::from(counts.shadow_all));
        });
        self.of_registry("brama.config.last_reload.successful", |counts, add| {
            if let Some(last) = &counts.last_reload {
                add(&[], u64::from(last.is_successful()));
            }
        });
        self.last_success();
        self.count_of_registry("brama.keys.evicted", |counts| counts.evicted_keys);
        self.count_of_registry("brama.overflow.calls", |counts| counts.overflow_calls);
        self.count_of_registry("brama.events.lost", |counts| counts.lost_events);
    }

    fn last_success(&mut self) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<f64>| {
            let last = shared.reading(number).counts.last_reload.clone();
            let time = last.and_then(|last| last.last_success);
            if let Some(since_1970) = time.and_then(|it| it.duration_since(UNIX_EPOCH).ok()) {
                observer.observe(since_1970.as_secs_f64(), &[]);
            }
        };
        let name = "brama.config.last_reload.success_timestamp";
        self.meter.f64_observable_gauge(name).with_unit("s").with_callback(callback).build();
    }

    fn counter(
        &mut self,
        name: &'static str,
        unit: &'static str,
        points: impl Fn(&Series, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<u64>| {
            observe_counted(&shared.reading(number), observer, &points);
        };
        self.meter.u64_observable_counter(name).with_unit(unit).with_callback(callback).build();
    }

    fn gauge(
        &mut self,
        name: &'static str,
        unit: &'static str,
        points: impl Fn(&Series, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<u64>| {
            observe_present(&shared.reading(number), observer, &points);
        };
        self.meter.u64_observable_gauge(name).with_unit(unit).with_callback(callback).build();
    }

    fn real(
        &mut self,
        name: &'static str,
        unit: &'static str,
        points: impl Fn(&Series, &mut Add<'_, f64>) + Send + Sync + 'static,
    ) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<f64>| {
            observe_present(&shared.reading(number), observer, &points);
        };
        self.meter.f64_observable_gauge(name).with_unit(unit).with_callback(callback).build();
    }

    fn share(
        &mut self,
        name: &'static str,
        share: impl Fn(&Series) -> Option<f64> + Send + Sync + 'static,
    ) {
        self.real(name, "1", move |series, add| {
            if let Some(share) = share(series) {
                add(&[], share);
            }
        });
    }

    fn of_registry(
        &mut self,
        name: &'static str,
        points: impl Fn(&RegistryCounts, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<u64>| {
            points(&shared.reading(number).counts, &mut |attributes, value| {
                observer.observe(value, attributes);
            });
        };
        self.meter.u64_observable_gauge(name).with_callback(callback).build();
    }

    fn count_of_registry(
        &mut self,
        name: &'static str,
        count: impl Fn(&RegistryCounts) -> u64 + Send + Sync + 'static,
    ) {
        let (number, shared) = self.callback();
        let callback = move |observer: &dyn AsyncInstrument<u64>| {
            observer.observe(count(&shared.reading(number).counts), &[]);
        };
        self.meter.u64_observable_counter(name).with_callback(callback).build();
    }

    /// The number of the next instrument, and what its callback needs.
    fn callback(&mut self) -> (u32, Arc<Shared>) {
        self.next += 1;
        (self.next - 1, Arc::clone(self.shared))
    }
}

/// Observes counters.
fn observe_counted<T>(
    reading: &RegistryReading,
    observer: &dyn AsyncInstrument<T>,
    points: &dyn Fn(&Series, &mut Add<'_, T>),
) {
    for (attributes, of) in &reading.points {
        points(&of.counts, &mut |more, value| observe(observer, value, attributes, more));
    }
}

/// Observes what is no counter. A breaker that is gone has none of it.
fn observe_present<T>(
    reading: &RegistryReading,
    observer: &dyn AsyncInstrument<T>,
    points: &dyn Fn(&Series, &mut Add<'_, T>),
) {
    for (attributes, of) in &reading.points {
        let Some(present) = &of.present else { continue };
        points(present, &mut |more, value| observe(observer, value, attributes, more));
    }
}

fn observe_transitions(reading: &RegistryReading, observer: &dyn AsyncInstrument<u64>) {
    for (attributes, of) in &reading.points {
        for (&(from, to), &count) in &of.transitions {
            observe(observer, count, attributes, &transition(from, to));
        }
    }
}

fn observe<T>(
    observer: &dyn AsyncInstrument<T>,
    value: T,
    attributes: &[KeyValue],
    more: &[KeyValue],
) {
    observer.observe(value, &[attributes, more].concat());
}

fn transition(from: State, to: State) -> [KeyValue; 2] {
    [KeyValue::new("from", from.as_str()), KeyValue::new("to", to.as_str())]
}

fn outcome(name: &'static str) -> KeyValue {
    KeyValue::new("outcome", name)
}

/// The histograms of the outcomes that occurred.
fn histograms(series: &Series) -> impl Iterator<Item = (&'static str, &DurationHistogram)> {
    let outcomes = series.durations.iter().flat_map(Durations::by_outcome);
    outcomes.filter(|(_, histogram)| 0 < histogram.count())
}
