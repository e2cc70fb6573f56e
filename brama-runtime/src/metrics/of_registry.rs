//! What a page shows of a registry as a whole. Further numbers of a registry belong here.

use super::page::{MetricFamily, OnPage, Page, SampleValue::Count};
use crate::{registry::RegistryCounts, status::Health};

/// A family of a registry, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfRegistry {
    Breakers,
    Health,
    EvictedKeys,
    OverflowCalls,
    LostEvents,
    ShadowAll,
}

impl OfRegistry {
    pub(super) const ALL: [Self; 6] = [
        Self::Breakers,
        Self::Health,
        Self::EvictedKeys,
        Self::OverflowCalls,
        Self::LostEvents,
        Self::ShadowAll,
    ];

    pub(super) const fn family(self) -> MetricFamily {
        let (counter, gauge) = (MetricFamily::counter, MetricFamily::gauge);
        match self {
            Self::Breakers => gauge("brama_breakers", "Breakers, overflow breakers included."),
            Self::Health => gauge("brama_health", "Whether this is the health of all breakers."),
            Self::EvictedKeys => {
                counter("brama_keys_evicted", "Breakers with a key that were evicted.")
            }
            Self::OverflowCalls => {
                counter("brama_overflow_calls", "Calls that found no room for their key.")
            }
            Self::LostEvents => counter(
                "brama_events_lagged",
                "Events that subscriptions lost because they were too slow.",
            ),
            Self::ShadowAll => {
                gauge("brama_shadow_all", "Whether the kill switch puts every breaker into shadow.")
            }
        }
    }
}

impl OnPage for OfRegistry {
    fn place(self) -> usize {
        self as usize
    }
}

/// Adds the lines of a registry.
pub(super) fn add_registry(page: &mut Page, counts: &RegistryCounts) {
    let RegistryCounts { breakers, health, evicted_keys, overflow_calls, lost_events, shadow_all } =
        counts;
    page.add(OfRegistry::Breakers, &[], Count(*breakers));
    let [up, degraded, down] = match health {
        Health::Up(_) => [1, 0, 0],
        Health::Degraded(_) => [0, 1, 0],
        Health::Down(_) => [0, 0, 1],
    };
    page.add(OfRegistry::Health, &["health=\"up\""], Count(up));
    page.add(OfRegistry::Health, &["health=\"degraded\""], Count(degraded));
    page.add(OfRegistry::Health, &["health=\"down\""], Count(down));
    page.add(OfRegistry::EvictedKeys, &[], Count(*evicted_keys));
    page.add(OfRegistry::OverflowCalls, &[], Count(*overflow_calls));
    page.add(OfRegistry::LostEvents, &[], Count(*lost_events));
    page.add(OfRegistry::ShadowAll, &[], Count(u64::from(*shadow_all)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_stands_at_its_place() {
        for (place, family) in OfRegistry::ALL.into_iter().enumerate() {
            assert_eq!(family.place(), place, "{family:?}");
        }
    }
}
