//! The snapshot that all instruments of one collection share.

use std::sync::{Arc, Mutex, PoisonError};

use brama::{
    Registry,
    metrics::{RegistryCounts, Series},
};
use opentelemetry::KeyValue;

use crate::listed::Listed;

/// What the callbacks of the instruments share.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Registry,
    most_points: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    listed: Listed,
    snapshot: Option<Arc<Snapshot>>,
    /// A bit for each instrument that has observed the snapshot.
    observed: u64,
}

/// One pass over a registry.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) series: Vec<(Vec<KeyValue>, Series)>,
    pub(crate) counts: RegistryCounts,
}

/// The most points of a breaker at an instrument, transitions apart: one for each state.
const POINTS: usize = 5;

impl Shared {
    pub(crate) fn new(registry: Registry, most_points: usize) -> Self {
        // One breaker less, for the sum.
        let listed = Listed::new((most_points / POINTS).saturating_sub(1));
        let state = State { listed, snapshot: None, observed: 0 };
        Self { registry, most_points, state: Mutex::new(state) }
    }

    pub(crate) const fn most_points(&self) -> usize {
        self.most_points
    }

    /// Returns the snapshot of this collection. An instrument that has observed it already belongs
    /// to the next collection, which reads the registry again.
    pub(crate) fn snapshot(&self, instrument: u32) -> Arc<Snapshot> {
        let bit = 1_u64.checked_shl(instrument).unwrap_or(0);
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(snapshot) = state.snapshot.clone().filter(|_| state.observed & bit == 0) {
                state.observed |= bit;
                return snapshot;
            }
        }
        // The clock of the registry may be user code, and runs without the lock.
        let mut all = Vec::new();
        let counts = self.registry.for_each_series(|series| all.push(series.clone()));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let series = state.listed.divide(all).into_iter();
        let series = series.map(|series| (attributes(&series), series)).collect();
        let snapshot = Arc::new(Snapshot { series, counts });
        (state.snapshot, state.observed) = (Some(Arc::clone(&snapshot)), bit);
        snapshot
    }
}

fn attributes(series: &Series) -> Vec<KeyValue> {
    let attribute = |label| match label {
        "scope" => "brama.breaker.scope",
        "key" => "brama.breaker.key",
        _ => "brama.breaker.name",
    };
    let labels = series.labels();
    // The sum of breakers of any name has a key of its own name.
    let is_of_all = series.identity.identifier() == Series::OTHER && series.summed.is_some();
    let labels = labels.filter(|(label, _)| !(is_of_all && *label == "key"));
    labels.map(|(label, value)| KeyValue::new(attribute(label), value.into_owned())).collect()
}
