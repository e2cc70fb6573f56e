#![doc = include_str!("../README.md")]

mod families;
mod labels;

use std::fmt;

use brama::{Registry, metrics::Series};
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder};

/// A collector of the metrics of all breakers of a registry.
///
/// Each scrape reads the breakers in one pass, so the series of breakers that are gone are absent.
#[derive(Debug, Clone)]
pub struct BreakerCollector {
    registry: Registry,
}

impl BreakerCollector {
    /// Creates a collector of a registry's breakers. Programs pass `brama::registry()`.
    #[must_use]
    pub const fn new(registry: Registry) -> Self {
        Self { registry }
    }
}

impl Collector for BreakerCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut all: Vec<Series> = Vec::new();
        let counts = self.registry.for_each_series(|series| all.push(series.clone()));
        families::encode_breakers(&mut encoder, &all)?;
        families::encode_registry(&mut encoder, &counts)
    }
}
