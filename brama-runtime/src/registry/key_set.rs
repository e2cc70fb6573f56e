//! A family: the breakers of one identifier's keys.

use std::{
    num::{NonZeroU64, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

use crate::{breaker::Slot, circuit::Tick, counters::Totals};

/// The breakers of one identifier's keys, as far as the bound lets, and what those counted that went.
///
/// Who needs room looks at a few members, drawn at random, and never goes through all of them.
pub(super) struct Family {
    members: Vec<Member>,
    /// What was drawn last.
    drawn: NonZeroU64,
    evicted: Totals,
}

impl Default for Family {
    fn default() -> Self {
        Self { members: Vec::new(), drawn: NonZeroU64::MIN, evicted: Totals::default() }
    }
}

/// A breaker of a key, and when it was last seen to have counted.
struct Member {
    slot: Arc<Slot>,
    moves: u64,
    moved: Tick,
}

impl Family {
    /// Makes room for another: whether there is room now. Where there was none, those go of whom `evict`
    /// says what they have counted, of a few that it is asked about.
    pub(super) fn make_room(
        &mut self,
        max_keys: NonZeroUsize,
        mut evict: impl FnMut(&Arc<Slot>) -> Option<Totals>,
    ) -> bool {
        // Where the bound was lowered, one that went is room enough for one that comes.
        let mut has_room = self.members.len() < max_keys.get();
        for _ in 0..MOST_LOOKS {
            if self.members.len() < max_keys.get() {
                break;
            }
            let place = self.draw();
            has_room |= self.forget_if_gone(place, &mut evict);
        }
        has_room
    }

    /// A place of a member, by one step of Marsaglia's xorshift (2003); 0 where there is none.
    ///
    /// At random, since those that may not go come in crowds: the keys of one outage were made one
    /// after the other.
    fn draw(&mut self) -> usize {
        let mut drawn = self.drawn.get();
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        self.drawn = NonZeroU64::new(drawn).unwrap_or(NonZeroU64::MIN);
        let members = u64::try_from(self.members.len()).unwrap_or(u64::MAX);
        usize::try_from(drawn.checked_rem(members).unwrap_or_default()).unwrap_or_default()
    }

    /// Adds one for which there is room.
    pub(super) fn add(&mut self, slot: Arc<Slot>, now: Tick) {
        self.members.push(Member { slot, moves: 0, moved: now });
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
            let member = self.members.get_mut(place)?;
            let is_idle = !member.has_moved(now) && threshold <= now.since(member.moved);
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
        let totals = self.members.get(place).and_then(|member| evict(&member.slot));
        totals.is_some_and(|totals| {
            self.members.swap_remove(place);
            self.evicted += totals;
            true
        })
    }

    /// What all have counted, those that went among them.
    pub(super) fn totals(&self) -> Totals {
        let mut totals: Totals = self.members.iter().map(|member| member.slot.counted()).sum();
        totals += self.evicted;
        totals
    }
}

impl Member {
    /// Whether it has counted since it was last asked; then that was now.
    fn has_moved(&mut self, now: Tick) -> bool {
        let moves = self.slot.counted().moves();
        let has_moved = moves != self.moves;
        if has_moved {
            (self.moves, self.moved) = (moves, now);
        }
        has_moved
    }
}

/// How many are looked at to make room: never a scan.
const MOST_LOOKS: usize = 16;

/// How many are looked at by the cleanup while others wait who make breakers.
const PIECE: usize = 128;
