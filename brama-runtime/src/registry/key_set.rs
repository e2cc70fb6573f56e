//! The set of an identifier's breakers with a key.

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroU64,
    sync::Arc,
    time::Duration,
};

use crate::{
    breaker::{Evicted, Idle, OpenShare, Slot, SlotContext},
    circuit::Tick,
    config::KeyLimits,
    counters::Totals,
    identity::Identity,
    status::Series,
};

/// The key sets of a registry.
#[derive(Default)]
pub(super) struct Keys {
    /// By identity without a key.
    key_sets: HashMap<Identity<'static>, KeySet>,
    key_limits: KeyLimits,
}

impl Keys {
    pub(super) const fn set_limits(&mut self, key_limits: KeyLimits) {
        self.key_limits = key_limits;
    }

    pub(super) const fn limits(&self) -> KeyLimits {
        self.key_limits
    }

    pub(super) fn identities(&self) -> Vec<Identity<'static>> {
        self.key_sets.keys().cloned().collect()
    }

    pub(super) fn key_set(&mut self, identity: &Identity<'_>) -> &mut KeySet {
        self.key_sets.entry(identity.without_key().into_owned()).or_default()
    }

    /// Whether the identifier has, or had, breakers with a key.
    pub(super) fn has(&self, identity: &Identity<'_>) -> bool {
        self.key_sets.contains_key(identity)
    }

    /// The breakers of the identifier's keys.
    pub(super) fn slots<'a>(
        &'a self,
        identity: &'a Identity<'a>,
    ) -> impl Iterator<Item = &'a Arc<Slot>> {
        let key_set = self.key_sets.get(identity).into_iter();
        key_set.flat_map(|key_set| key_set.entries.iter().map(|entry| &entry.slot))
    }

    pub(super) fn totals(&self, identity: &Identity<'_>) -> Option<Totals> {
        self.key_sets.get(identity).map(KeySet::totals)
    }
}

/// The breakers of one identifier's keys, within the limit, and the totals of the evicted ones.
///
/// Making room examines a few entries drawn at random, never all of them. The cleanup examines all.
/// Whether a breaker has counted anything is noticed only when its entry is examined.
pub(super) struct KeySet {
    entries: Vec<KeyEntry>,
    /// The last number drawn.
    rng: NonZeroU64,
    evicted: Totals,
    evicted_keys: u64,
    /// The counts of evicted breakers that metrics sum.
    evicted_sum: Option<Box<Series>>,
    /// How many breakers have series of their own.
    listed: usize,
    share: Arc<OpenShare>,
    /// Made for the first breaker.
    context: Option<Arc<SlotContext>>,
}

impl Default for KeySet {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            rng: NonZeroU64::MIN,
            evicted: Totals::default(),
            evicted_keys: 0,
            evicted_sum: None,
            listed: 0,
            share: Arc::default(),
            context: None,
        }
    }
}

/// A breaker with a key.
struct KeyEntry {
    slot: Arc<Slot>,
    /// The sum of its counters when it was last examined.
    moves: u64,
    /// When it was last seen to have counted anything.
    last_active: Tick,
}

impl KeySet {
    /// Makes room for another key; returns whether there is room now. If there is none, it calls
    /// `evict` for a few breakers. `evict` returns what is left of a breaker that it has evicted.
    pub(super) fn make_room(
        &mut self,
        now: Tick,
        limits: KeyLimits,
        mut evict: impl FnMut(&Arc<Slot>, Idle) -> Option<Evicted>,
    ) -> bool {
        let KeyLimits { max_keys, inactive_threshold, .. } = limits;
        // After the limit was lowered the set may be too large. In that case one eviction makes
        // room for one key.
        let mut has_room = self.entries.len() < max_keys.get();
        for _ in 0..MAX_CANDIDATES {
            if self.entries.len() < max_keys.get() {
                break;
            }
            let index = self.draw();
            let Some(entry) = self.entries.get_mut(index) else { break };
            let idle = entry.examined(now, inactive_threshold);
            has_room |= self.try_evict(index, idle, &mut evict);
        }
        has_room
    }

    /// Draws the index of an entry by one step of Marsaglia's xorshift (2003); 0 if there is none.
    ///
    /// Breakers that cannot be evicted are often neighbours: the keys of one outage were created
    /// one after the other. Random candidates avoid such a run.
    fn draw(&mut self) -> usize {
        let mut rng = self.rng.get();
        rng ^= rng << 13;
        rng ^= rng >> 7;
        rng ^= rng << 17;
        self.rng = NonZeroU64::new(rng).unwrap_or(NonZeroU64::MIN);
        let entries = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        usize::try_from(rng.checked_rem(entries).unwrap_or_default()).unwrap_or_default()
    }

    /// Adds a breaker, after [`make_room`](Self::make_room). No other thread can use it yet.
    ///
    /// Whether it has series of its own is decided once. If a breaker moved to or from the sum, the
    /// sum would go backwards.
    pub(super) fn add(&mut self, slot: Arc<Slot>, max_series: usize, now: Tick) {
        let is_summed = max_series <= self.listed || slot.identity().key() == Some(Series::OTHER);
        self.listed += usize::from(!is_summed);
        slot.set_in_metrics(is_summed, self.evicted_keys);
        if self.entries.len() == self.entries.capacity() {
            // A vector doubles by itself: for ten thousand keys, that is half as much again.
            self.entries.reserve_exact(self.entries.len() / 8 + 8);
        }
        self.entries.push(KeyEntry { slot, moves: 0, last_active: now });
        self.share.add_known();
    }

    /// Evicts breakers that have counted nothing for as long as `threshold`. It examines a batch of
    /// entries that begins at `start`, and returns where the next batch begins; `None` at the end.
    pub(super) fn evict_idle(
        &mut self,
        start: usize,
        now: Tick,
        threshold: Duration,
        mut evict: impl FnMut(&Arc<Slot>, Idle) -> Option<Evicted>,
    ) -> Option<usize> {
        let mut index = start;
        for _ in 0..BATCH {
            let idle = self.entries.get_mut(index)?.examined(now, threshold);
            if !(idle.is_stale && self.try_evict(index, idle, &mut evict)) {
                index += 1;
            }
        }
        Some(index)
    }

    fn try_evict(
        &mut self,
        index: usize,
        idle: Idle,
        evict: &mut impl FnMut(&Arc<Slot>, Idle) -> Option<Evicted>,
    ) -> bool {
        let evicted = self.entries.get(index).and_then(|entry| evict(&entry.slot, idle));
        evicted.is_some_and(|Evicted { totals, summed }| {
            self.entries.swap_remove(index);
            self.evicted += totals;
            self.evicted_keys += 1;
            match summed {
                Some(series) => {
                    let sum = || Box::new(Series::sum_of(&series.identity));
                    self.evicted_sum.get_or_insert_with(sum).add_counts(&series);
                }
                None => self.listed -= 1,
            }
            true
        })
    }

    /// The context that the breakers share, in this registry.
    pub(super) fn context(&mut self, registry: &SlotContext) -> Arc<SlotContext> {
        let context = || Arc::new(registry.of_keys(Arc::clone(&self.share)));
        Arc::clone(self.context.get_or_insert_with(context))
    }

    /// The totals of all breakers, evicted ones included.
    pub(super) fn totals(&self) -> Totals {
        let mut totals: Totals = self.entries.iter().map(|entry| entry.slot.counted()).sum();
        totals += self.evicted;
        totals
    }
}

/// The breakers that metrics sum, by identifier.
pub(super) struct Sums {
    pub(super) by_identifier: BTreeMap<Identity<'static>, Series>,
    pub(super) evicted_keys: u64,
}

impl Keys {
    /// The sums of the breakers without series of their own.
    pub(super) fn sums(&self) -> Sums {
        let sum = |(identifier, key_set): (&Identity<'static>, &KeySet)| {
            key_set.sum(identifier).map(|sum| (identifier.clone(), sum))
        };
        Sums {
            by_identifier: self.key_sets.iter().filter_map(sum).collect(),
            evicted_keys: self.key_sets.values().map(|key_set| key_set.evicted_keys).sum(),
        }
    }
}

impl KeySet {
    /// The sum of the breakers without series of their own, evicted ones included; `None` if there
    /// never was one.
    fn sum(&self, identifier: &Identity<'_>) -> Option<Series> {
        let summed = self.entries.len() != self.listed;
        let mut sum = self.evicted_sum.as_deref().cloned();
        if summed {
            let sum = sum.get_or_insert_with(|| Series::sum_of(identifier));
            for slot in self.entries.iter().map(|entry| &entry.slot).filter(|it| it.is_summed()) {
                if slot.is_registered() {
                    sum.add_breaker(&slot.series());
                } else {
                    sum.add_counts(&slot.series());
                }
            }
        }
        sum
    }
}

impl KeyEntry {
    /// Examines for how long the breaker has counted nothing. If it has counted anything since it
    /// was last examined, that was now, as far as the registry knows.
    fn examined(&mut self, now: Tick, threshold: Duration) -> Idle {
        let moves = self.slot.counted().moves();
        let is_unmoved = moves == self.moves;
        if !is_unmoved {
            (self.moves, self.last_active) = (moves, now);
        }
        let duration = now.since(self.last_active);
        Idle { moves, duration, is_stale: is_unmoved && threshold <= duration }
    }
}

/// How many entries are examined to make room.
const MAX_CANDIDATES: usize = 16;

/// How many entries the cleanup examines while it holds the writer lock.
const BATCH: usize = 128;
