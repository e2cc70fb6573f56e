#![doc = include_str!("../README.md")]

mod instruments;
mod ledger;
mod registration;
mod shared;

use std::sync::Arc;

use brama::Registry;
use opentelemetry::metrics::Meter;

use self::shared::Shared;

/// Observable instruments for all breakers of a registry.
#[derive(Debug, Clone)]
#[must_use = "instruments observe nothing until they are registered"]
pub struct BreakerInstruments {
    registry: Registry,
    max_points: usize,
}

impl BreakerInstruments {
    /// Creates instruments for the breakers of a registry. Programs pass `brama::registry()`.
    pub const fn new(registry: Registry) -> Self {
        Self { registry, max_points: 2_000 }
    }

    /// Sets how many points an instrument has at most. Default: 2 000, the default limit of the
    /// SDK.
    ///
    /// With a larger number, also set a view with this limit, or the SDK folds the points above its
    /// own limit into one. Below 10, every breaker is part of the sum.
    pub const fn max_points(mut self, max_points: usize) -> Self {
        self.max_points = max_points;
        self
    }

    /// Registers the instruments with a meter. They observe the registry as long as the provider of
    /// the meter exists.
    ///
    /// Register one registry once: two registrations observe everything twice.
    pub fn register(self, meter: &Meter) {
        let shared = Arc::new(Shared::new(self.registry, self.max_points));
        instruments::register(&shared, meter);
    }
}
