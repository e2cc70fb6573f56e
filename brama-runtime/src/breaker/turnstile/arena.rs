//! The turnstiles of the process.

use std::{
    array,
    sync::{Arc, Weak},
};

use super::{Home, Turnstile};
use crate::{
    identity::InlineKey,
    sys::sync::{Mutex, OnceBox},
};

/// Turnstiles in blocks, each twice as large as the one before. None is ever freed, but it is used
/// again once its breaker is evicted: there are as many as there were breakers at most.
pub(crate) struct Arena<T: 'static> {
    blocks: [OnceBox<Box<[Turnstile<T>]>>; BLOCKS],
    supply: Mutex<Supply>,
}

/// The turnstiles that can be given out.
#[derive(Default)]
struct Supply {
    given_back: Vec<TurnstilePlace>,
    /// How many were ever given out.
    used: u32,
}

/// Where a turnstile is: the index in its block, and below it the number of the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TurnstilePlace(u32);

const BLOCK_BITS: u32 = 5;
const BLOCK: u32 = (1 << BLOCK_BITS) - 1;

/// A model has one breaker or two.
const FIRST_BLOCK: u32 = if cfg!(brama_loom) { 1 } else { 64 };

/// Room for 64 million turnstiles.
const BLOCKS: usize = 20;

impl<T> Arena<T> {
    /// The turnstile at this place, whosever it is by now.
    #[inline]
    pub(crate) fn get(&'static self, place: TurnstilePlace) -> Option<&'static Turnstile<T>> {
        let (block, index) = place.in_block();
        self.blocks.get(block)?.get()?.get(index)
    }

    /// Takes a turnstile for the calls of this slot. `None` if there are none left.
    pub(crate) fn take(
        &'static self,
        key: InlineKey,
        slot: &Arc<T>,
    ) -> Option<&'static Turnstile<T>> {
        let place = self.supply.lock().take();
        let (block, index) = place.in_block();
        let block = self.blocks.get(block)?.get_or_init(|| Box::new(self.new_block(block)));
        let turnstile = block.get(index)?;
        turnstile.assign(key, Arc::downgrade(slot));
        Some(turnstile)
    }

    /// A block and the homes in it are never freed.
    fn new_block(&'static self, block: usize) -> Box<[Turnstile<T>]> {
        let first = FIRST_BLOCK * ((1 << block) - 1);
        let places = (first..first + (FIRST_BLOCK << block)).map(TurnstilePlace::of);
        let home = |place| Home { slot: Mutex::default(), place, arena: self };
        let homes: Vec<_> = places.map(home).collect();
        Box::leak(homes.into_boxed_slice()).iter().map(Turnstile::new).collect()
    }
}

impl<T> Turnstile<T> {
    /// Gives the turnstile of an evicted breaker back: no call has passed, and none can.
    pub(in crate::breaker) fn give_back(&self) {
        let Home { place, arena, .. } = self.home;
        self.assign(InlineKey::NONE, Weak::new());
        arena.supply.lock().given_back.push(*place);
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { blocks: array::from_fn(|_| OnceBox::default()), supply: Mutex::default() }
    }
}

impl Supply {
    fn take(&mut self) -> TurnstilePlace {
        self.given_back.pop().unwrap_or_else(|| {
            let place = TurnstilePlace::of(self.used);
            self.used = self.used.saturating_add(1);
            place
        })
    }
}

impl TurnstilePlace {
    /// The place of the turnstile with this number.
    fn of(number: u32) -> Self {
        let block = (number / FIRST_BLOCK + 1).ilog2();
        let index = number - FIRST_BLOCK * ((1 << block) - 1);
        Self(index << BLOCK_BITS | block)
    }

    #[inline]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// The number of the block, and the index in it.
    #[inline]
    const fn in_block(self) -> (usize, usize) {
        ((self.0 & BLOCK) as usize, (self.0 >> BLOCK_BITS) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_fill_one_block_after_the_other() {
        let mut next = (0, 0);
        for number in 0..10_000 {
            assert_eq!(TurnstilePlace::of(number).in_block(), next, "{number}");
            let (block, index) = next;
            next = if index + 1 == 64 << block { (block + 1, 0) } else { (block, index + 1) };
        }
    }
}
