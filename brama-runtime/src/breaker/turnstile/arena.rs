//! The turnstiles of the process.

use super::{Home, TENANCIES, TENANCY, Turnstile};
use crate::sys::sync::{AtomicU64, Mutex, OnceBox, Ordering};

/// Turnstiles in blocks. None is ever freed; that of an evicted breaker is used again for another
/// key of its identifier.
pub(crate) struct Arena<T: 'static> {
    blocks: [OnceBox<Box<[Turnstile<T>]>>; BLOCKS],
    /// How many were made. It orders nothing: a block has an edge of its own.
    made: AtomicU64,
}

/// The number of a turnstile, and above it that of a [tenancy](super::TENANCY).
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
        Self { blocks: [const { OnceBox::new() }; BLOCKS], made: AtomicU64::new(0) }
    }

    #[cfg(brama_loom)]
    pub(crate) fn new() -> Self {
        Self { blocks: <_>::default(), made: AtomicU64::new(0) }
    }

    /// The turnstile at this place, whosever it is by now.
    #[inline]
    pub(crate) fn get(&'static self, place: TurnstilePlace) -> Option<&'static Turnstile<T>> {
        self.blocks.get(place.block())?.get()?.get(place.in_block())
    }

    /// Makes a turnstile. `None` if there is no room left.
    pub(crate) fn make(&'static self) -> Option<TurnstilePlace> {
        if !self.has_room() {
            return None;
        }
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let place = TurnstilePlace(u32::try_from(made).ok()?);
        let block = self.blocks.get(place.block())?;
        let _block = block.get_or_init(|| Box::new(new_block()));
        Some(place)
    }

    pub(crate) fn has_room(&self) -> bool {
        self.made.load(Ordering::Relaxed) < (BLOCKS * BLOCK) as u64
    }
}

/// The turnstiles of an identifier's evicted breakers.
#[derive(Default)]
pub(crate) struct FreeTurnstiles {
    places: Mutex<Vec<TurnstilePlace>>,
    /// How many there are: a hint, so that a call need not take the lock to know it.
    count: AtomicU64,
}

impl FreeTurnstiles {
    pub(crate) fn are_there(&self) -> bool {
        self.count.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn take(&self) -> Option<TurnstilePlace> {
        let mut places = self.places.lock();
        let place = places.pop();
        self.count.store(places.len() as u64, Ordering::Relaxed);
        place
    }

    pub(crate) fn add(&self, place: TurnstilePlace) {
        let mut places = self.places.lock();
        places.push(place);
        self.count.store(places.len() as u64, Ordering::Relaxed);
    }
}

/// A block and the homes in it are never freed.
fn new_block<T>() -> Box<[Turnstile<T>]> {
    let homes: Vec<_> = (0..BLOCK).map(|_| Home::default()).collect();
    Box::leak(homes.into_boxed_slice()).iter().map(Turnstile::new).collect()
}

impl TurnstilePlace {
    #[inline]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Less than [`u32::MAX`].
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    /// Whether these calls of a turnstile show the tenancy of this place.
    #[inline]
    pub(super) const fn is_of_tenancy(self, calls: u64) -> bool {
        (calls ^ self.0 as u64) & TENANCIES == 0
    }

    pub(super) const fn of_next_tenancy(self) -> Self {
        Self(self.0.wrapping_add(1 << TENANCY))
    }

    #[inline]
    const fn number(self) -> usize {
        (self.0 & ((1 << TENANCY) - 1)) as usize
    }

    #[inline]
    const fn block(self) -> usize {
        self.number() / BLOCK
    }

    #[inline]
    const fn in_block(self) -> usize {
        self.number() % BLOCK
    }
}
