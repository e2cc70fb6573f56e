//! Breakers that come and go while two readers with different temporalities collect.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{collections::BTreeMap, thread, time::Duration};

use brama::{Config, Identity, Registry};
use brama_otel::BreakerInstruments;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, InMemoryMetricExporterBuilder, PeriodicReader, SdkMeterProvider,
    Temporality,
    data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics},
};

/// The counters of a collection, by instrument and attributes.
type Counters = BTreeMap<String, u64>;

/// Counters that the last collection has observed.
fn last_counters(exporter: &InMemoryMetricExporter) -> Counters {
    let finished = exporter.get_finished_metrics().unwrap();
    exporter.reset();
    counters(finished.last().unwrap())
}

fn counters(collected: &ResourceMetrics) -> Counters {
    let mut counters = Counters::new();
    for metric in collected.scope_metrics().flat_map(ScopeMetrics::metrics) {
        if let AggregatedMetrics::U64(MetricData::Sum(sum)) = metric.data() {
            for point in sum.data_points() {
                let mut texts: Vec<_> = point.attributes().map(|it| format!("{it:?}")).collect();
                texts.sort();
                counters.insert(format!("{}{texts:?}", metric.name()), point.value());
            }
        }
    }
    counters
}

/// Draws numbers that are the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Uses, opens and unregisters breakers of more keys than there is room for.
fn churn(registry: &Registry, draw: &mut Draw) {
    for _ in 0..draw.below(20) {
        let key = Identity::new(if draw.below(2) == 0 { "a" } else { "b" });
        let identity = if draw.below(5) == 0 { key } else { key.with_key(draw.below(12)) };
        match draw.below(12) {
            0 => _ = registry.unregister(identity),
            1 => registry.breaker(identity).open("a test"),
            2 => registry.breaker(identity).close("a test"),
            3 => registry.breaker(identity).failure("a test"),
            _ => _ = registry.breaker(identity).try_acquire().map(brama::Permit::success),
        }
    }
}

/// A reader with delta temporality and one with cumulative.
fn readers() -> ([InMemoryMetricExporter; 2], SdkMeterProvider) {
    let exporters = [Temporality::Delta, Temporality::Cumulative]
        .map(|it| InMemoryMetricExporterBuilder::new().with_temporality(it).build());
    let mut provider = SdkMeterProvider::builder();
    for exporter in &exporters {
        let reader = PeriodicReader::builder(exporter.clone());
        provider = provider.with_reader(reader.with_interval(Duration::from_secs(3_600)).build());
    }
    (exporters, provider.build())
}

#[test]
fn calls_are_counted_once_while_threads_call_and_collect() {
    let registry = Registry::new();
    let (exporters, provider) = readers();
    BreakerInstruments::new(registry.clone()).register(&provider.meter("test"));
    let call = |name: &str| (0..20_000).for_each(|_| registry.breaker(name).success());
    let collect = || (0..100).for_each(|_| provider.force_flush().unwrap());
    thread::scope(|scope| {
        let _callers = ["a", "b"].map(|name| scope.spawn(move || call(name)));
        let _readers = [(); 2].map(|()| scope.spawn(collect));
    });
    provider.force_flush().unwrap();
    let [added, counted] = exporters.map(|exporter| {
        let finished = exporter.get_finished_metrics().unwrap();
        let calls = |(name, count): (String, u64)| {
            name.starts_with("brama.breaker.calls[").then_some(count)
        };
        let sum = |it| counters(it).into_iter().filter_map(calls).sum::<u64>();
        finished.iter().map(sum).collect::<Vec<_>>()
    });
    assert_eq!(added.iter().sum::<u64>(), 40_000);
    assert!(counted.is_sorted(), "{counted:?}");
    assert_eq!(counted.last(), Some(&40_000));
}

#[test]
fn differences_add_up_to_counters_that_never_fall() {
    let registry = Registry::new();
    let config = Config::new().max_keys(4.try_into().unwrap()).max_series(3);
    registry.init(config.cleanup_interval(None)).unwrap();
    let (exporters, provider) = readers();
    BreakerInstruments::new(registry.clone()).max_points(60).register(&provider.meter("test"));
    let (mut draw, mut sums, mut before) = (Draw(7), Counters::new(), Counters::new());
    for round in 0..200 {
        churn(&registry, &mut draw);
        provider.force_flush().unwrap();
        let [added, counted] = exporters.each_ref().map(last_counters);
        for (name, added) in added {
            *sums.entry(name).or_default() += added;
        }
        for (name, last) in &before {
            assert!(counted.get(name) >= Some(last), "round {round}: {name} was {last}");
        }
        before = counted;
        assert_eq!(sums, before, "round {round}");
    }
}
