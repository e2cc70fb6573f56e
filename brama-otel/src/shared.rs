//! The snapshot that all instruments of one collection share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brama::{
    Registry,
    clock::{Clock, SystemClock},
    metrics::RegistryCounts,
};
use opentelemetry::KeyValue;

use crate::ledger::{Ledger, Points, Room};

/// What the callbacks of the instruments share.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Registry,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ledger: Ledger,
    snapshot: Option<Arc<Snapshot>>,
    /// A bit for each instrument that has observed the snapshot.
    observed: u64,
    /// The number of snapshots so far.
    number: u64,
}

/// One pass over a registry.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) points: Vec<(Vec<KeyValue>, Points)>,
    pub(crate) counts: RegistryCounts,
}

/// The most points of a breaker at an instrument, transitions apart: one for each state.
const POINTS: usize = 5;

/// Pairs of different states, which the sum may have.
const PAIRS: usize = 20;

impl Shared {
    pub(crate) fn new(registry: Registry, most_points: usize) -> Self {
        // One breaker less, for the sum.
        let breakers = (most_points / POINTS).saturating_sub(1);
        let room = Room { breakers, pairs: most_points.saturating_sub(PAIRS) };
        let ledger = Ledger::new(room);
        let state = State { ledger, snapshot: None, observed: 0, number: 0 };
        Self { registry, state: Mutex::new(state) }
    }

    /// Returns the snapshot of this collection. An instrument that has observed it already belongs
    /// to the next collection, which reads the registry again.
    pub(crate) fn snapshot(&self, instrument: u32) -> Arc<Snapshot> {
        let bit = 1_u64.checked_shl(instrument).unwrap_or(0);
        let begin = {
            let mut state = self.lock();
            if let Some(snapshot) = state.snapshot.clone().filter(|_| state.observed & bit == 0) {
                state.observed |= bit;
                return snapshot;
            }
            state.number
        };
        // The clock of the registry may be user code, and runs without the lock.
        let mut all = Vec::new();
        let counts = self.registry.for_each_series(|series| all.push(series.clone()));
        let mut state = self.lock();
        // What another collection has read meanwhile may be newer, and counters never fall.
        if let Some(newer) = state.snapshot.clone().filter(|_| state.number != begin) {
            state.observed |= bit;
            return newer;
        }
        let points = state.ledger.count(all, SystemClock.now()).into_iter();
        let points = points.map(|points| (attributes(&points), points)).collect();
        let snapshot = Arc::new(Snapshot { points, counts });
        (state.snapshot, state.observed) = (Some(Arc::clone(&snapshot)), bit);
        state.number += 1;
        snapshot
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn attributes(points: &Points) -> Vec<KeyValue> {
    let attribute = |label| match label {
        "scope" => "brama.breaker.scope",
        "key" => "brama.breaker.key",
        _ => "brama.breaker.name",
    };
    // The sum of breakers of any name has no key.
    let labels = points.counts.labels().filter(|(label, _)| !(points.is_sum && *label == "key"));
    labels.map(|(label, value)| KeyValue::new(attribute(label), value.into_owned())).collect()
}
