//! What the real SDK collects of breakers.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{collections::BTreeMap, time::Duration};

use brama::{Config, Identity, Outcome, PolicyPatch, Registry, testing::ManualClock};
use brama_otel::BreakerInstruments;
use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, InMemoryMetricExporterBuilder, PeriodicReader, SdkMeterProvider,
    Temporality,
    data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics},
};

/// The points of a collection: by instrument and attributes, the value.
type Points = BTreeMap<(String, Vec<String>), f64>;

struct Collected {
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

impl Collected {
    fn of(instruments: BreakerInstruments) -> Self {
        Self::with(instruments, Temporality::Cumulative)
    }

    fn with(instruments: BreakerInstruments, temporality: Temporality) -> Self {
        let exporter = InMemoryMetricExporterBuilder::new().with_temporality(temporality).build();
        let reader = PeriodicReader::builder(exporter.clone());
        let reader = reader.with_interval(Duration::from_secs(3_600)).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        instruments.register(&provider.meter("test"));
        Self { provider, exporter }
    }

    fn points(&self) -> Points {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        let finished = self.exporter.get_finished_metrics().unwrap();
        points_of(finished.last().unwrap())
    }
}

fn points_of(collected: &ResourceMetrics) -> Points {
    let mut points = Points::new();
    for metric in collected.scope_metrics().flat_map(ScopeMetrics::metrics) {
        let mut add = |attributes: Vec<&KeyValue>, value: f64| {
            let mut texts: Vec<_> =
                attributes.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
            texts.sort();
            points.insert((metric.name().to_owned(), texts), value);
        };
        match metric.data() {
            AggregatedMetrics::F64(data) => add_points(data, |value| value, &mut add),
            AggregatedMetrics::U64(data) => add_points(data, real, &mut add),
            AggregatedMetrics::I64(data) => {
                add_points(data, |value| real(value.unsigned_abs()), &mut add);
            }
        }
    }
    points
}

fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn add_points<T: Copy>(
    data: &MetricData<T>,
    real: impl Fn(T) -> f64,
    add: &mut impl FnMut(Vec<&KeyValue>, f64),
) {
    match data {
        MetricData::Gauge(gauge) => gauge
            .data_points()
            .for_each(|point| add(point.attributes().collect(), real(point.value()))),
        MetricData::Sum(sum) => sum
            .data_points()
            .for_each(|point| add(point.attributes().collect(), real(point.value()))),
        MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => {}
    }
}

fn value(points: &Points, name: &str, attributes: &[&str]) -> Option<f64> {
    let attributes = attributes.iter().map(|&it| it.to_owned()).collect();
    points.get(&(name.to_owned(), attributes)).copied()
}

#[test]
fn the_points_of_a_breaker_are_collected() {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker(Identity::new("api").in_scope("eu").with_key(7));
    let patch = PolicyPatch::new().failure_rate(50).minimum_calls(2).durations(true);
    breaker.configure(patch).unwrap();
    for outcome in [Outcome::Success, Outcome::failure("busy")] {
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_millis(250));
        permit.record(outcome);
    }
    assert!(breaker.try_acquire().is_err());
    let points = Collected::of(BreakerInstruments::new(registry)).points();
    let of = |name: &str, more: &[&str]| {
        let breaker = ["brama.breaker.key=7", "brama.breaker.name=api", "brama.breaker.scope=eu"];
        value(&points, name, &[&breaker, more].concat())
    };
    assert_eq!(of("brama.breaker.state", &["brama.breaker.state=open"]), Some(1.0));
    assert_eq!(of("brama.breaker.state", &["brama.breaker.state=closed"]), Some(0.0));
    assert_eq!(of("brama.breaker.calls", &["outcome=failure"]), Some(1.0));
    assert_eq!(of("brama.breaker.rejections", &["reason=open"]), Some(1.0));
    assert_eq!(of("brama.breaker.transitions", &["from=closed", "to=open"]), Some(1.0));
    assert_eq!(of("brama.breaker.failure.ratio", &[]), Some(0.5));
    assert_eq!(of("brama.breaker.call.duration.sum", &["outcome=success"]), Some(0.25));
    assert_eq!(value(&points, "brama.breakers", &[]), Some(1.0));
    assert_eq!(value(&points, "brama.health", &["brama.health=down"]), Some(1.0));
}

#[test]
fn each_collection_reads_the_registry_again() {
    let registry = Registry::new();
    let breaker = registry.breaker("a");
    let collected = Collected::of(BreakerInstruments::new(registry.clone()));
    for calls in [1.0, 2.0, 3.0] {
        breaker.success();
        let points = collected.points();
        let attributes = ["brama.breaker.name=a", "outcome=success"];
        assert_eq!(value(&points, "brama.breaker.calls", &attributes), Some(calls));
    }
}

#[test]
fn a_breaker_that_is_gone_has_counters_alone() {
    let registry = Registry::new();
    let collected = Collected::of(BreakerInstruments::new(registry.clone()));
    registry.breaker("a").success();
    let shown = || {
        let points = collected.points();
        let state = ["brama.breaker.name=a", "brama.breaker.state=closed"];
        let state = value(&points, "brama.breaker.state", &state);
        (successes(&points, &["brama.breaker.name=a"]), state)
    };
    assert_eq!(shown(), (Some(1.0), Some(1.0)));
    registry.unregister("a");
    assert_eq!(shown(), (Some(1.0), None));
}

fn successes(points: &Points, breaker: &[&str]) -> Option<f64> {
    value(points, "brama.breaker.calls", &[breaker, &["outcome=success"]].concat())
}

/// The differences that a reader with delta temporality sees of the successes of `a`, or of its
/// key, before and after it is gone for a while.
fn deltas(registry: &Registry, key: Option<u64>, steps: &[&dyn Fn()]) -> Vec<Option<f64>> {
    let instruments = BreakerInstruments::new(registry.clone());
    let collected = Collected::with(instruments, Temporality::Delta);
    let key = key.map(|key| format!("brama.breaker.key={key}"));
    let attributes: Vec<_> = key.as_deref().into_iter().chain(["brama.breaker.name=a"]).collect();
    let delta = |step: &&dyn Fn()| {
        step();
        successes(&collected.points(), &attributes)
    };
    steps.iter().map(delta).collect()
}

#[test]
fn a_key_that_was_evicted_and_returns_is_counted_on() {
    let registry = Registry::new();
    registry.init(Config::new().max_keys(1.try_into().unwrap()).cleanup_interval(None)).unwrap();
    let succeed = |key: u64, calls: u64| {
        let breaker = registry.breaker(Identity::new("a").with_key(key));
        (0..calls).for_each(|_| breaker.success());
    };
    let return_at_once = || {
        succeed(2, 1);
        succeed(1, 1);
    };
    let deltas = deltas(
        &registry,
        Some(1),
        &[&|| succeed(1, 3), &return_at_once, &|| succeed(2, 1), &|| succeed(1, 2)],
    );
    assert_eq!(deltas, [3.0, 1.0, 0.0, 2.0].map(Some));
}

#[test]
fn a_breaker_that_was_unregistered_and_returns_counts_nothing_twice() {
    for key in [None, Some(1)] {
        let registry = Registry::new();
        let identity = key.map_or(Identity::new("a"), |key| Identity::new("a").with_key(key));
        let breaker = registry.breaker(identity.clone());
        let succeed = || breaker.success();
        let unregister = || assert!(registry.unregister(identity.clone()));
        let deltas = deltas(&registry, key, &[&succeed, &unregister, &succeed, &succeed]);
        assert_eq!(deltas, [1.0, 0.0, 1.0, 1.0].map(Some), "{key:?}");
    }
}

#[test]
fn two_readers_see_counters_that_never_fall() {
    let registry = Registry::new();
    registry.init(Config::new().max_keys(1.try_into().unwrap()).cleanup_interval(None)).unwrap();
    let exporters = [Temporality::Delta, Temporality::Cumulative]
        .map(|it| InMemoryMetricExporterBuilder::new().with_temporality(it).build());
    let [delta, cumulative] = exporters.map(|exporter| {
        let hour = Duration::from_secs(3_600);
        (PeriodicReader::builder(exporter.clone()).with_interval(hour).build(), exporter)
    });
    let provider = SdkMeterProvider::builder().with_reader(delta.0).with_reader(cumulative.0);
    let provider = provider.build();
    BreakerInstruments::new(registry.clone()).register(&provider.meter("test"));
    for key in [1_u64, 1, 2, 1, 2, 2, 1] {
        registry.breaker(Identity::new("a").with_key(key)).success();
        provider.force_flush().unwrap();
    }
    let of = |exporter: &InMemoryMetricExporter| {
        let finished = exporter.get_finished_metrics().unwrap();
        let key = ["brama.breaker.key=1", "brama.breaker.name=a"];
        let each = finished.iter().map(|it| successes(&points_of(it), &key).unwrap_or(0.0));
        each.collect::<Vec<_>>()
    };
    assert_eq!(of(&cumulative.1), [1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0]);
    assert_eq!(of(&delta.1), [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn nothing_is_cut_by_the_limit_of_the_sdk() {
    let registry = Registry::new();
    for number in 0..3_000 {
        registry.breaker(format!("breaker {number}")).success();
    }
    let collected = Collected::of(BreakerInstruments::new(registry.clone()));
    for round in 1..3 {
        let points = collected.points();
        let calls: Vec<_> = points
            .iter()
            .filter(|((name, attributes), _)| {
                name == "brama.breaker.calls" && attributes.contains(&"outcome=success".to_owned())
            })
            .collect();
        assert!(points.keys().all(|(_, attributes)| {
            attributes.iter().all(|attribute| !attribute.contains("overflow"))
        }));
        assert_eq!(calls.len(), 400, "the sum, and as many breakers as leave room for it");
        let sum: f64 = calls.iter().map(|(_, value)| **value).sum();
        assert_eq!(sum.to_string(), "3000", "round {round}");
        let limited = value(&points, "brama.series.limited_keys", &["brama.breaker.name=other"]);
        assert_eq!(limited, Some(2_601.0));
    }
}

#[test]
fn the_sum_never_goes_backwards() {
    let registry = Registry::new();
    let names: Vec<_> = (0..20).map(|number| format!("breaker {number}")).collect();
    for name in &names {
        registry.breaker(name).success();
    }
    let collected = Collected::of(BreakerInstruments::new(registry.clone()).max_points(50));
    let sum = || {
        let attributes = ["brama.breaker.name=other", "outcome=success"];
        value(&collected.points(), "brama.breaker.calls", &attributes)
    };
    let before = sum();
    assert_eq!(before, Some(11.0));
    for name in &names {
        registry.unregister(name);
    }
    assert_eq!(sum(), before);
    for name in &names {
        drop(registry.breaker(name));
    }
    assert_eq!(sum(), before);
}

#[test]
fn a_breaker_named_as_the_sum_is_part_of_it() {
    let registry = Registry::new();
    registry.breaker("other").success();
    registry.breaker("a").success();
    let points = Collected::of(BreakerInstruments::new(registry)).points();
    let of = |name: &str| {
        let attributes = [&format!("brama.breaker.name={name}"), "outcome=success"];
        value(&points, "brama.breaker.calls", &attributes)
    };
    assert_eq!([of("a"), of("other")], [Some(1.0), Some(1.0)]);
    let limited = value(&points, "brama.series.limited_keys", &["brama.breaker.name=other"]);
    assert_eq!(limited, Some(1.0));
}

#[test]
fn an_identifier_and_a_key_named_as_the_sum_have_points_of_their_own() {
    let registry = Registry::new();
    for identity in [Identity::new("other").with_key("other"), "other".into(), "a".into()] {
        (0..3).for_each(|_| registry.breaker(identity.clone()).success());
    }
    let points = Collected::of(BreakerInstruments::new(registry)).points();
    let key = ["brama.breaker.key=other", "brama.breaker.name=other"];
    let each = [&key[..], &["brama.breaker.name=other"], &["brama.breaker.name=a"]];
    assert_eq!(each.map(|breaker| successes(&points, breaker)), [Some(3.0); 3]);
}

#[test]
fn reloads_are_collected() {
    let registry = Registry::new();
    let collected = Collected::of(BreakerInstruments::new(registry.clone()));
    let shown = || {
        let points = collected.points();
        let time = value(&points, "brama.config.last_reload.success_timestamp", &[]);
        (value(&points, "brama.config.last_reload.successful", &[]), time.is_some())
    };
    assert_eq!(shown(), (None, false));
    registry.record_failed_reload("a.toml", &"bad");
    assert_eq!(shown(), (Some(0.0), false));
    registry.reload(Config::new()).unwrap();
    assert_eq!(shown(), (Some(1.0), true));
}
