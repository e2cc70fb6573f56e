//! The registration of instruments: one function for each kind, and what its callbacks observe.

use std::sync::Arc;

use brama::{
    State,
    metrics::{RegistryCounts, Series},
};
use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};

use crate::shared::{RegistryReading, Shared};

/// Registers instruments with a meter. Each has a number, by which a collection knows which of them
/// have observed its reading.
pub(crate) struct Registration<'a> {
    shared: &'a Arc<Shared>,
    meter: &'a Meter,
    next: u32,
}

/// Adds a point: further attributes, and the value.
pub(crate) type Add<'a, T> = dyn FnMut(&[KeyValue], T) + 'a;

/// Registers an instrument, which observes the reading of a collection.
macro_rules! instrument {
    (
        $registration:ident.$builder:ident($name:expr, $unit:expr, $description:expr),
        |$reading:ident, $observer:ident| $observe:expr
    ) => {{
        let (number, shared) = $registration.callback();
        let builder = $registration.meter.$builder($name);
        let builder = builder.with_unit($unit).with_description($description);
        let builder = builder.with_callback(move |$observer| {
            let $reading = shared.reading(number);
            $observe;
        });
        builder.build();
    }};
}

impl<'a> Registration<'a> {
    pub(crate) const fn new(shared: &'a Arc<Shared>, meter: &'a Meter) -> Self {
        Self { shared, meter, next: 0 }
    }

    pub(crate) fn counter(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&Series, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        instrument!(self.u64_observable_counter(name, unit, description), |reading, observer| {
            observe_counted(&reading, observer, &points);
        });
    }

    pub(crate) fn f64_counter(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&Series, &mut Add<'_, f64>) + Send + Sync + 'static,
    ) {
        instrument!(self.f64_observable_counter(name, unit, description), |reading, observer| {
            observe_counted(&reading, observer, &points);
        });
    }

    /// Registers the counter of changes of state.
    pub(crate) fn transitions(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) {
        instrument!(self.u64_observable_counter(name, unit, description), |reading, observer| {
            observe_transitions(&reading, observer);
        });
    }

    pub(crate) fn up_down_counter(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&Series, &mut Add<'_, i64>) + Send + Sync + 'static,
    ) {
        instrument!(
            self.i64_observable_up_down_counter(name, unit, description),
            |reading, observer| {
                observe_present(&reading, observer, &points);
            }
        );
    }

    pub(crate) fn gauge(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&Series, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        instrument!(self.u64_observable_gauge(name, unit, description), |reading, observer| {
            observe_present(&reading, observer, &points);
        });
    }

    pub(crate) fn f64_gauge(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&Series, &mut Add<'_, f64>) + Send + Sync + 'static,
    ) {
        instrument!(self.f64_observable_gauge(name, unit, description), |reading, observer| {
            observe_present(&reading, observer, &points);
        });
    }

    pub(crate) fn share(
        &mut self,
        name: &'static str,
        description: &'static str,
        share: impl Fn(&Series) -> Option<f64> + Send + Sync + 'static,
    ) {
        self.f64_gauge(name, "1", description, move |series, add| {
            if let Some(share) = share(series) {
                add(&[], share);
            }
        });
    }

    pub(crate) fn registry_gauge(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        points: impl Fn(&RegistryCounts, &mut Add<'_, u64>) + Send + Sync + 'static,
    ) {
        instrument!(self.u64_observable_gauge(name, unit, description), |reading, observer| {
            points(&reading.counts, &mut |attributes, value| observer.observe(value, attributes));
        });
    }

    pub(crate) fn registry_counter(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        count: impl Fn(&RegistryCounts) -> u64 + Send + Sync + 'static,
    ) {
        instrument!(self.u64_observable_counter(name, unit, description), |reading, observer| {
            observer.observe(count(&reading.counts), &[]);
        });
    }

    pub(crate) fn registry_f64_gauge(
        &mut self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        value: impl Fn(&RegistryCounts) -> Option<f64> + Send + Sync + 'static,
    ) {
        instrument!(self.f64_observable_gauge(name, unit, description), |reading, observer| {
            if let Some(value) = value(&reading.counts) {
                observer.observe(value, &[]);
            }
        });
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
