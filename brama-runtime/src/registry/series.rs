//! The series of a registry: one pass over its breakers for metrics.

use std::sync::Arc;

use super::{Registry, RegistryInner, key_set::Sums};
use crate::{
    breaker::Slot,
    circuit::State,
    config::LastReload,
    status::{Health, HealthCounts, Series},
};

/// What metrics show of a registry as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistryCounts {
    /// The number of breakers.
    pub breakers: u64,
    /// The health of all of them, by the default thresholds, without the names.
    pub health: Health,
    /// How many breakers with a key were evicted.
    pub evicted_keys: u64,
    /// How many calls found no room for their key and were only observed.
    pub overflow_calls: u64,
    /// How many events were lost, because a subscription took them too slowly.
    pub lost_events: u64,
    /// Whether the kill switch puts every breaker into shadow.
    pub shadow_all: bool,
    /// The last reload; `None` if there was none.
    pub last_reload: Option<LastReload>,
}

impl Registry {
    /// Calls `visit` with the series of each breaker, in one pass, sorted by identity. Returns what
    /// is counted for the registry as a whole.
    ///
    /// Each identifier has series for at most [`Config::max_series`] of its keys, by default 1 000:
    /// for a key that is first used while there is room. The keys without a series of their own are
    /// summed, together with those of them that were evicted and with the calls that found no room
    /// for their key. A sum has the key `other`, and comes after all other series.
    ///
    /// No lock is held while `visit` runs, and it may use the registry. While the summed keys are
    /// read, no breaker can be created: 10 000 take some milliseconds.
    ///
    /// Metrics of your own can be made of it; [`metrics::render`](crate::metrics::render) makes a
    /// text for Prometheus.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Identity, Registry, State};
    ///
    /// let registry = Registry::new();
    /// registry.breaker(Identity::new("storage").with_key(7)).open("maintenance");
    /// let counts = registry.for_each_series(|series| {
    ///     assert_eq!(series.identity.to_string(), "storage[7]");
    ///     assert_eq!(series.in_state(State::Open), 1);
    /// });
    /// assert_eq!(counts.breakers, 1);
    /// ```
    ///
    /// [`Config::max_series`]: crate::config::Config::max_series
    pub fn for_each_series(&self, mut visit: impl FnMut(&Series)) -> RegistryCounts {
        self.take_each_series(|series| visit(&series))
    }

    /// As [`for_each_series`](Self::for_each_series), and gives the series away.
    pub(crate) fn take_each_series(&self, mut take: impl FnMut(Series)) -> RegistryCounts {
        let inner = &*self.inner;
        let (mut sums, mut pass) = (inner.sums(), Pass::default());
        for slot in inner.all_known().iter().filter_map(|identity| inner.known(identity)) {
            let (series, is_summed) = (slot.series(), slot.is_summed());
            pass.add(&slot, &series);
            drop(slot);
            if !is_summed && !series.identity.is_overflow() {
                take(series);
            }
        }
        // They are counted whether they are registered or not, or a sum would go backwards.
        for slot in inner.overflow_slots() {
            let series = slot.series();
            pass.overflow_calls += slot.calls();
            let sum = sums.by_identifier.entry(series.identity.without_key().into_owned());
            sum.or_insert_with(|| Series::sum_of(&series.identity)).add_counts(&series);
        }
        sums.by_identifier.into_values().for_each(take);
        pass.counts(inner, sums.evicted_keys)
    }
}

impl RegistryInner {
    fn sums(&self) -> Sums {
        self.writer.lock().keys.sums()
    }

    /// The overflow breakers, which are never evicted.
    fn overflow_slots(&self) -> Vec<Arc<Slot>> {
        let mut overflow: Vec<_> = self.slots.with_all(|slots| {
            slots.filter(|slot| slot.identity().is_overflow()).map(Arc::clone).collect()
        });
        overflow.sort_unstable_by(|one, other| one.identity().cmp(other.identity()));
        overflow.dedup_by(|one, other| Arc::ptr_eq(one, other));
        overflow
    }
}

/// What one pass has counted.
#[derive(Default)]
struct Pass {
    breakers: u64,
    health: HealthCounts,
    overflow_calls: u64,
}

impl Pass {
    fn add(&mut self, slot: &Slot, series: &Series) {
        self.breakers += 1;
        if slot.is_rejected_by_overlay() {
            self.health.open += 1;
            return;
        }
        let state = State::ALL.into_iter().find(|state| series.in_state(*state) == 1);
        self.health.count(state.unwrap_or_default(), slot.is_due());
    }

    fn counts(self, inner: &RegistryInner, evicted_keys: u64) -> RegistryCounts {
        RegistryCounts {
            breakers: self.breakers,
            health: self.health.judged_by_default(),
            evicted_keys,
            overflow_calls: self.overflow_calls,
            lost_events: inner.context.bus.lost(),
            shadow_all: inner.writer.lock().shared.is_shadow_all(),
            last_reload: inner.last_reload(),
        }
    }
}
