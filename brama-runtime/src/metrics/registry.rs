//! What a page shows of a registry as a whole.

use std::{fmt, time::SystemTime};

use super::page::{
    MetricFamily, Page,
    SampleValue::{Count, Real},
};
use crate::{registry::RegistryCounts, status::Health};

/// A family of a registry, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegistryFamily {
    Breakers,
    Health,
    EvictedKeys,
    OverflowCalls,
    LostEvents,
    ShadowAll,
    LastReloadResult,
    LastSuccessTime,
}

impl RegistryFamily {
    pub(super) const ALL: [Self; 8] = [
        Self::Breakers,
        Self::Health,
        Self::EvictedKeys,
        Self::OverflowCalls,
        Self::LostEvents,
        Self::ShadowAll,
        Self::LastReloadResult,
        Self::LastSuccessTime,
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
                "brama_events_lost",
                "Events that subscriptions lost because they were too slow.",
            ),
            Self::ShadowAll => {
                gauge("brama_shadow_all", "Whether the kill switch puts every breaker into shadow.")
            }
            Self::LastReloadResult => gauge(
                "brama_config_last_reload_successful",
                "Whether the last reload of the configuration was successful.",
            ),
            Self::LastSuccessTime => gauge(
                "brama_config_last_reload_success_timestamp_seconds",
                "When the configuration was last reloaded with success, since 1970.",
            )
            .unit("seconds"),
        }
    }
}

/// Adds the lines of a registry.
pub(super) fn add_registry<W: fmt::Write>(page: &mut Page<'_, W>, counts: &RegistryCounts) {
    for family in RegistryFamily::ALL {
        page.begin(family.family());
        match family {
            RegistryFamily::Breakers => page.add_alone(Count(counts.breakers)),
            RegistryFamily::Health => add_health(page, &counts.health),
            RegistryFamily::EvictedKeys => page.add_alone(Count(counts.evicted_keys)),
            RegistryFamily::OverflowCalls => page.add_alone(Count(counts.overflow_calls)),
            RegistryFamily::LostEvents => page.add_alone(Count(counts.lost_events)),
            RegistryFamily::ShadowAll => page.add_alone(Count(u64::from(counts.shadow_all))),
            RegistryFamily::LastReloadResult => add_reload(page, counts),
            RegistryFamily::LastSuccessTime => add_success(page, counts),
        }
    }
}

/// Nothing before the first reload.
fn add_reload<W: fmt::Write>(page: &mut Page<'_, W>, counts: &RegistryCounts) {
    if let Some(last) = &counts.last_reload {
        page.add_alone(Count(u64::from(last.is_successful())));
    }
}

/// Nothing before the first reload that succeeds.
fn add_success<W: fmt::Write>(page: &mut Page<'_, W>, counts: &RegistryCounts) {
    let time = counts.last_reload.as_ref().and_then(|last| last.last_success);
    let since_1970 = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    if let Some(since_1970) = since_1970 {
        page.add_alone(Real(since_1970.as_secs_f64()));
    }
}

fn add_health<W: fmt::Write>(page: &mut Page<'_, W>, health: &Health) {
    for name in Health::NAMES {
        let is_present = name == health.as_str();
        page.add(&["health=\"", name, "\""], Count(u64::from(is_present)));
    }
}
