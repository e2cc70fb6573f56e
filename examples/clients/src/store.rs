//! A store in this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{broker::Record, switch::Switch};

/// Keeps records, unless its switch fails.
#[derive(Debug, Default)]
pub struct Store {
    switch: Switch,
    kept: Mutex<Vec<Record>>,
}

impl Store {
    /// Keeps a record, and returns whether the store works.
    #[must_use]
    pub fn keep(&self, record: &Record) -> bool {
        let works = self.switch.enter();
        if works {
            self.records().push(record.clone());
        }
        works
    }

    /// What it has kept, in the order of arrival.
    #[must_use]
    pub fn kept(&self) -> Vec<Record> {
        self.records().clone()
    }

    /// The switch that makes it fail.
    #[must_use]
    pub const fn switch(&self) -> &Switch {
        &self.switch
    }

    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
