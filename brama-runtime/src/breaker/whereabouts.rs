//! Where a breaker is found besides the registry: in metrics, and at its turnstile.

use super::turnstile::TurnstilePlace;
use crate::sys::sync::{AtomicU64, Ordering};

/// The place of the turnstile in the lower half; above it the incarnation, and whether metrics sum
/// the breaker. They share one word to keep the slot small.
#[derive(Default)]
pub(super) struct Whereabouts(AtomicU64);

const SUMMED: u64 = 1 << 63;
const INCARNATION: u32 = 32;
const TURNSTILE: u64 = (1 << INCARNATION) - 1;

impl Whereabouts {
    /// Sets whether metrics sum the breaker, and the lowest 31 bits of its incarnation. Call it
    /// before another thread can use the breaker.
    pub(super) fn set_in_metrics(&self, is_summed: bool, incarnation: u64) {
        let incarnation = incarnation << INCARNATION & !SUMMED;
        let place = if is_summed { incarnation | SUMMED } else { incarnation };
        self.0.store(place, Ordering::Relaxed);
    }

    pub(super) fn is_summed(&self) -> bool {
        self.0.load(Ordering::Relaxed) & SUMMED != 0
    }

    pub(super) fn incarnation(&self) -> u64 {
        (self.0.load(Ordering::Relaxed) & !SUMMED) >> INCARNATION
    }

    /// Sets the place of the turnstile of a breaker that has none. Call it with the breaker's lock
    /// held.
    pub(super) fn set_turnstile(&self, place: TurnstilePlace) {
        self.0.fetch_or(u64::from(place.bits()) + 1, Ordering::Relaxed);
    }

    /// Takes the place of the turnstile away. Call it with the breaker's lock held.
    pub(super) fn take_turnstile(&self) -> Option<TurnstilePlace> {
        let place = self.turnstile();
        self.0.fetch_and(!TURNSTILE, Ordering::Relaxed);
        place
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lower half is the place")]
    pub(super) fn turnstile(&self) -> Option<TurnstilePlace> {
        (self.0.load(Ordering::Relaxed) as u32).checked_sub(1).map(TurnstilePlace::from_bits)
    }
}

#[cfg(all(test, not(brama_loom)))]
mod tests {
    use super::*;

    #[test]
    fn no_part_changes_another() {
        for (is_summed, incarnation) in [(false, 0), (true, 0), (false, 7), (true, (1 << 31) - 1)] {
            let whereabouts = Whereabouts::default();
            whereabouts.set_in_metrics(is_summed, incarnation);
            assert_eq!(whereabouts.turnstile(), None);
            whereabouts.set_turnstile(TurnstilePlace::from_bits(u32::MAX - 1));
            assert_eq!(whereabouts.turnstile(), Some(TurnstilePlace::from_bits(u32::MAX - 1)));
            assert_eq!(
                (whereabouts.is_summed(), whereabouts.incarnation()),
                (is_summed, incarnation)
            );
        }
    }
}
