//! The turnstiles of the process.

use std::sync::{Arc, Weak};

use super::{Home, Turnstile};
use crate::{
    identity::InlineKey,
    sys::sync::{Mutex, OnceBox},
};

/// Turnstiles in blocks. None is ever freed, but it is used again once its breaker is evicted:
/// there are as many as there were breakers at most.
pub(crate) struct Arena<T: 'static> {
    blocks: [OnceBox<Box<[Turnstile<T>]>>; BLOCKS],
    supply: Mutex<Supply>,
}

/// The turnstiles that can be given out.
struct Supply {
    given_back: Vec<TurnstilePlace>,
    /// How many were ever given out.
    used: u32,
}

/// The number of a turnstile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TurnstilePlace(u32);

/// A power of two. A model has one breaker or two.
const BLOCK: usize = if cfg!(brama_loom) { 1 } else { 512 };

/// Room for two million turnstiles. The calls of further keys go to the slot.
const BLOCKS: usize = if cfg!(brama_loom) { 2 } else { 4096 };

impl<T> Arena<T> {
    #[cfg(not(brama_loom))]
    #[expect(clippy::large_stack_arrays, reason = "made when the program is compiled")]
    pub(crate) const fn new() -> Self {
        let supply = Supply { given_back: Vec::new(), used: 0 };
        Self { blocks: [const { OnceBox::new() }; BLOCKS], supply: Mutex::new(supply) }
    }

    #[cfg(brama_loom)]
    pub(crate) fn new() -> Self {
        let supply = Supply { given_back: Vec::new(), used: 0 };
        Self { blocks: <_>::default(), supply: Mutex::new(supply) }
    }

    /// The turnstile at this place, whosever it is by now.
    #[inline]
    pub(crate) fn get(&'static self, place: TurnstilePlace) -> Option<&'static Turnstile<T>> {
        self.blocks.get(place.block())?.get()?.get(place.in_block())
    }

    /// Takes a turnstile for the calls of this slot. `None` if there are none left.
    pub(crate) fn take(&'static self, key: InlineKey, slot: &Arc<T>) -> Option<TurnstilePlace> {
        let place = self.supply.lock().take();
        let block = self.blocks.get(place.block())?;
        let block = block.get_or_init(|| Box::new(new_block()));
        block.get(place.in_block())?.assign(key, Arc::downgrade(slot));
        Some(place)
    }

    /// Takes the turnstile of an evicted breaker back: no call has passed, and none can.
    pub(crate) fn take_back(&'static self, place: TurnstilePlace) {
        if let Some(turnstile) = self.get(place) {
            turnstile.assign(InlineKey::NONE, Weak::new());
            self.supply.lock().given_back.push(place);
        }
    }
}

/// A block and the homes in it are never freed.
fn new_block<T>() -> Box<[Turnstile<T>]> {
    let homes: Vec<_> = (0..BLOCK).map(|_| Home::default()).collect();
    Box::leak(homes.into_boxed_slice()).iter().map(Turnstile::new).collect()
}

impl Supply {
    fn take(&mut self) -> TurnstilePlace {
        self.given_back.pop().unwrap_or_else(|| {
            let place = TurnstilePlace(self.used);
            self.used = self.used.saturating_add(1);
            place
        })
    }
}

impl TurnstilePlace {
    #[inline]
    pub(crate) const fn of(number: u32) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    #[inline]
    const fn block(self) -> usize {
        self.0 as usize / BLOCK
    }

    #[inline]
    const fn in_block(self) -> usize {
        self.0 as usize % BLOCK
    }
}
