//! The breakers of an identifier's keys.

use std::{
    collections::HashMap,
    num::{NonZeroU64, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

use crate::{
    breaker::Slot, circuit::Tick, config::KeyLimits, counters::Totals, identity::Identity,
};

/// The key sets of a registry.
#[derive(Default)]
pub(super) struct Keys {
    /// Each under its identity without a key.
    key_sets: HashMap<Identity<'static>, KeySet>,
    key_limits: KeyLimits,
}

impl Keys {
    pub(super) const fn keep(&mut self, key_limits: KeyLimits) {
        self.key_limits = key_limits;
    }

    pub(super) const fn inactive_threshold(&self) -> Duration {
        self.key_limits.inactive_threshold
    }

    pub(super) const fn max_keys(&self) -> NonZeroUsize {
        self.key_limits.max_keys
    }

    pub(super) fn names(&self) -> Vec<Identity<'static>> {
        self.key_sets.keys().cloned().collect()
    }

    pub(super) fn key_set(&mut self, identity: &Identity<'_>) -> &mut KeySet {
        self.key_sets.entry(identity.without_key().into_owned()).or_default()
    }

    pub(super) fn totals(&self, identity: &Identity<'_>) -> Option<Totals> {
        self.key_sets.get(identity).map(KeySet::totals)
    }
}

/// The breakers of one identifier's keys, as far as the bound lets, and what those counted that went.
///
/// Who needs room looks at a few entries, rng at random, and never goes through all of them.
pub(super) struct KeySet {
    entries: Vec<KeyEntry>,
    /// What was rng last.
    rng: NonZeroU64,
    evicted: Totals,
}

impl Default for KeySet {
    fn default() -> Self {
        Self { entries: Vec::new(), rng: NonZeroU64::MIN, evicted: Totals::default() }
    }
}

/// A breaker of a key, and when it was last seen to have counted.
struct KeyEntry {
    slot: Arc<Slot>,
    moves: u64,
    last_active: Tick,
}

impl KeySet {
    /// Makes room for another: whether there is room now. Where there was none, those go of whom `evict`
    /// says what they have counted, of a few that it is asked about.
    pub(super) fn make_room(
        &mut self,
        max_keys: NonZeroUsize,
        mut evict: impl FnMut(&Arc<Slot>) -> Option<Totals>,
    ) -> bool {
        // Where the bound was lowered, one that went is room enough for one that comes.
        let mut has_room = self.entries.len() < max_keys.get();
        for _ in 0..MOST_LOOKS {
            if self.entries.len() < max_keys.get() {
                break;
            }
            let place = self.draw();
            has_room |= self.forget_if_gone(place, &mut evict);
        }
        has_room
    }

    /// A place of a entry, by one step of Marsaglia's xorshift (2003); 0 where there is none.
    ///
    /// At random, since those that may not go come in crowds: the keys of one outage were made one
    /// after the other.
    fn draw(&mut self) -> usize {
        let mut rng = self.rng.get();
        rng ^= rng << 13;
        rng ^= rng >> 7;
        rng ^= rng << 17;
        self.rng = NonZeroU64::new(rng).unwrap_or(NonZeroU64::MIN);
        let entries = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        usize::try_from(rng.checked_rem(entries).unwrap_or_default()).unwrap_or_default()
    }

    /// Adds one for which there is room.
    pub(super) fn add(&mut self, slot: Arc<Slot>, now: Tick) {
        self.entries.push(KeyEntry { slot, moves: 0, last_active: now });
    }

    /// Has those go that have not counted for as long as `threshold`, of a few from `place` on, and
    /// answers from where to go on; `None` where that is the end.
    pub(super) fn forget_idle(
        &mut self,
        place: usize,
        now: Tick,
        threshold: Duration,
        mut evict: impl FnMut(&Arc<Slot>) -> Option<Totals>,
    ) -> Option<usize> {
        let mut place = place;
        for _ in 0..PIECE {
            let entry = self.entries.get_mut(place)?;
            let is_idle = !entry.was_active(now) && threshold <= now.since(entry.last_active);
            if !(is_idle && self.forget_if_gone(place, &mut evict)) {
                place += 1;
            }
        }
        Some(place)
    }

    fn forget_if_gone(
        &mut self,
        place: usize,
        evict: &mut impl FnMut(&Arc<Slot>) -> Option<Totals>,
    ) -> bool {
        let totals = self.entries.get(place).and_then(|entry| evict(&entry.slot));
        totals.is_some_and(|totals| {
            self.entries.swap_remove(place);
            self.evicted += totals;
            true
        })
    }

    /// What all have counted, those that went among them.
    pub(super) fn totals(&self) -> Totals {
        let mut totals: Totals = self.entries.iter().map(|entry| entry.slot.counted()).sum();
        totals += self.evicted;
        totals
    }
}

impl KeyEntry {
    /// Whether it has counted since it was last asked; then that was now.
    fn was_active(&mut self, now: Tick) -> bool {
        let moves = self.slot.counted().moves();
        let was_active = moves != self.moves;
        if was_active {
            (self.moves, self.last_active) = (moves, now);
        }
        was_active
    }
}

/// How many are looked at to make room: never a scan.
const MOST_LOOKS: usize = 16;

/// How many are looked at by the cleanup while others wait who make breakers.
const PIECE: usize = 128;
