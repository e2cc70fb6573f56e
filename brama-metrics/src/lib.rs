#![doc = include_str!("../README.md")]

mod counted;
mod series;

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::UNIX_EPOCH,
};

use brama::{Health, Identity, Registry, metrics::RegistryCounts};
use metrics::{Label, counter, gauge};

use self::counted::CountedSeries;

/// Copies the metrics of a registry's breakers to the recorder of the facade `metrics`.
#[derive(Debug)]
pub struct BreakerMetrics {
    registry: Registry,
    counted: Mutex<CountedSeries>,
    /// The gauges of each breaker at the last publication, to reset those of breakers that are
    /// gone.
    gauges: Mutex<GaugesByBreaker>,
}

type GaugesByBreaker = HashMap<Identity<'static>, Vec<PublishedGauge>>;

/// A gauge of a breaker.
#[derive(Debug)]
struct PublishedGauge {
    name: &'static str,
    labels: Vec<Label>,
    /// The value to set once the gauge is not published any more.
    absent: f64,
}

impl BreakerMetrics {
    /// Creates the publisher of a registry's metrics. Programs pass `brama::registry()`.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self { registry, counted: Mutex::default(), gauges: Mutex::default() }
    }

    /// Copies the metrics of all breakers to the recorder, in one pass.
    ///
    /// The recorder is the one that the facade finds on this thread. Without one, the counts since
    /// the last publication are lost. If two threads publish at once, one of them does it for both.
    pub fn publish(&self) {
        let (begin, mut all) = (lock(&self.counted).passes(), Vec::new());
        let counts = self.registry.for_each_series(|series| all.push(series.clone()));
        let Some(all) = lock(&self.counted).count(all, begin) else { return };
        let mut gauges = GaugesByBreaker::new();
        for (series, added) in all {
            gauges.insert(series.identity.clone(), series::publish(&series, &added));
        }
        publish_registry(&counts);
        self.reset_missing(gauges);
    }

    /// Resets the gauges that were published before and are not any more.
    fn reset_missing(&self, present: GaugesByBreaker) {
        let is_present = |identity: &Identity<'static>, gauge: &PublishedGauge| {
            let mut gauges = present.get(identity).into_iter().flatten();
            gauges.any(|other| other.name == gauge.name && other.labels == gauge.labels)
        };
        let mut missing = Vec::new();
        {
            let mut before = lock(&self.gauges);
            for (identity, mut gauges) in mem::take(&mut *before) {
                gauges.retain(|gauge| !is_present(&identity, gauge));
                missing.extend(gauges);
            }
            *before = present;
        }
        // The recorder is user code, and runs without the lock.
        for PublishedGauge { name, labels, absent } in missing {
            gauge!(name, labels).set(absent);
        }
    }
}

fn publish_registry(counts: &RegistryCounts) {
    gauge!("brama_breakers").set(as_f64(counts.breakers));
    for health in Health::NAMES {
        let is_present = counts.health.as_str() == health;
        gauge!("brama_health", "health" => health).set(flag(is_present));
    }
    counter!("brama_keys_evicted_total").absolute(counts.evicted_keys);
    counter!("brama_overflow_calls_total").absolute(counts.overflow_calls);
    counter!("brama_events_lost_total").absolute(counts.lost_events);
    gauge!("brama_shadow_all").set(flag(counts.shadow_all));
    let Some(last) = &counts.last_reload else { return };
    gauge!("brama_config_last_reload_successful").set(flag(last.is_successful()));
    let time = last.last_success.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    if let Some(since_1970) = time {
        let name = "brama_config_last_reload_success_timestamp_seconds";
        gauge!(name).set(since_1970.as_secs_f64());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn flag(is_set: bool) -> f64 {
    f64::from(u8::from(is_set))
}

#[expect(clippy::cast_precision_loss, reason = "gauges of the facade are real numbers")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}
