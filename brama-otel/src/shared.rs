//! The reading of a registry that all instruments of one collection share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brama::{
    Registry, State,
    clock::{Clock, SystemClock},
    metrics::RegistryCounts,
};
use opentelemetry::KeyValue;

use crate::ledger::{Ledger, Points, Room};

/// What the callbacks of the instruments share.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Registry,
    collection: Mutex<Collection>,
}

#[derive(Debug)]
struct Collection {
    ledger: Ledger,
    reading: Option<Arc<RegistryReading>>,
    /// A bit for each instrument that has observed the reading.
    observed: u64,
    /// The number of snapshots so far.
    number: u64,
}

/// One pass over a registry.
#[derive(Debug)]
pub(crate) struct RegistryReading {
    pub(crate) points: Vec<(Vec<KeyValue>, Points)>,
    pub(crate) counts: RegistryCounts,
}

/// The most points of a breaker at an instrument, transitions apart: one for each state.
const POINTS: usize = State::ALL.len();

/// Pairs of different states, which the sum may have.
const PAIRS: usize = State::ALL.len() * (State::ALL.len() - 1);

impl Shared {
    pub(crate) fn new(registry: Registry, most_points: usize) -> Self {
        // One breaker less, for the sum.
        let breakers = (most_points / POINTS).saturating_sub(1);
        let room = Room { breakers, pairs: most_points.saturating_sub(PAIRS) };
        let ledger = Ledger::new(room);
        let collection = Collection { ledger, reading: None, observed: 0, number: 0 };
        Self { registry, collection: Mutex::new(collection) }
    }

    /// Returns the reading of this collection. An instrument that has observed it already belongs
    /// to the next collection, which reads the registry again.
    pub(crate) fn reading(&self, instrument: u32) -> Arc<RegistryReading> {
        let bit = 1_u64.checked_shl(instrument).unwrap_or(0);
        let begin = {
            let mut collection = self.lock();
            let unseen = collection.reading.clone().filter(|_| collection.observed & bit == 0);
            if let Some(reading) = unseen {
                collection.observed |= bit;
                return reading;
            }
            collection.number
        };
        // The clock of the registry may be user code, and runs without the lock.
        let mut all = Vec::new();
        let counts = self.registry.for_each_series(|series| all.push(series.clone()));
        let mut collection = self.lock();
        // What another collection has read meanwhile may be newer, and counters never fall.
        if let Some(newer) = collection.reading.clone().filter(|_| collection.number != begin) {
            collection.observed |= bit;
            return newer;
        }
        let points = collection.ledger.count(all, SystemClock.now()).into_iter();
        let points = points.map(|points| (attributes(&points), points)).collect();
        let reading = Arc::new(RegistryReading { points, counts });
        (collection.reading, collection.observed) = (Some(Arc::clone(&reading)), bit);
        collection.number += 1;
        reading
    }

    fn lock(&self) -> MutexGuard<'_, Collection> {
        self.collection.lock().unwrap_or_else(PoisonError::into_inner)
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
