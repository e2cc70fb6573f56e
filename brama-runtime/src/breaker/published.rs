//! What the gate publishes with its word, for the calls that the word alone does not answer.

use std::time::Duration;

use super::{rejection::LONGEST_WAIT, word::Word};
use crate::{
    circuit::Tick,
    logs::RejectionLog,
    sys::sync::{AtomicU64, Ordering},
};

/// The values published with the word, and the first counters of calls that did not succeed.
///
/// A breaker that has only had quick successes needs none of them and has none.
pub(super) struct Published {
    rejects_until: AtomicU64,
    edge: AtomicU64,
    /// The number of the last opening, and in the lowest byte that of the overlay that rejects.
    numbers: AtomicU64,
    slow_after: AtomicU64,
    pub(super) ignored: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) log: RejectionLog,
}

/// The number of the overlay takes so many bits of `numbers`.
const OVERLAY_BITS: u32 = u8::BITS;
const OVERLAY: u64 = (1 << OVERLAY_BITS) - 1;

/// The values published with the word.
#[derive(Debug, Clone, Copy)]
pub(super) struct GateFields {
    /// The deadline until which calls are rejected. `None` keeps the previous deadline.
    pub(super) rejects_until: Option<Tick>,
    /// The number of the overlay that rejects calls until then. `None` keeps the previous number.
    pub(super) overlay: Option<u8>,
    /// The edge of the present time: while closed, the end of the fast path, which is the end of
    /// the window's present bucket; otherwise, the beginning of the state.
    pub(super) edge: Tick,
    /// The number of the last opening.
    pub(super) opening: u64,
    /// The limit above which a call is slow.
    pub(super) slow_after: Duration,
}

impl Default for Published {
    fn default() -> Self {
        Self {
            rejects_until: AtomicU64::new(0),
            edge: AtomicU64::new(0),
            numbers: AtomicU64::new(0),
            slow_after: AtomicU64::new(0),
            ignored: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            log: RejectionLog::new(),
        }
    }
}

impl Published {
    pub(super) fn store(&self, fields: GateFields) {
        if let Some(until) = fields.rejects_until {
            // The wait until a deadline is known, however long it is.
            let until = until.as_nanos().min(LONGEST_WAIT);
            self.rejects_until.store(until, Ordering::Relaxed);
        }
        self.edge.store(fields.edge.as_nanos(), Ordering::Relaxed);
        let slow_after = u64::try_from(fields.slow_after.as_nanos()).unwrap_or(u64::MAX);
        self.slow_after.store(slow_after, Ordering::Relaxed);
        let overlay = match fields.overlay {
            Some(overlay) => u64::from(overlay),
            None => self.numbers.load(Ordering::Relaxed) & OVERLAY,
        };
        self.numbers.store(fields.opening << OVERLAY_BITS | overlay, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn rejects_until(&self) -> Tick {
        Tick::from_nanos(self.rejects_until.load(Ordering::Relaxed))
    }

    /// The beginning of a state in which the gate rejects calls.
    #[inline]
    pub(super) fn since(&self) -> Tick {
        self.edge()
    }

    #[inline]
    pub(super) fn fast_path_until(&self) -> Tick {
        self.edge()
    }

    #[inline]
    fn edge(&self) -> Tick {
        Tick::from_nanos(self.edge.load(Ordering::Relaxed))
    }

    #[inline]
    pub(super) fn opening(&self) -> u64 {
        self.numbers.load(Ordering::Relaxed) >> OVERLAY_BITS
    }

    pub(super) fn overlay(&self) -> u8 {
        let [overlay, ..] = self.numbers.load(Ordering::Relaxed).to_le_bytes();
        overlay
    }

    pub(super) fn slow_after(&self) -> Duration {
        Duration::from_nanos(self.slow_after.load(Ordering::Relaxed))
    }
}

impl GateFields {
    /// Whether no call that sees `word` asks for them.
    pub(super) fn are_plain(&self, word: Word) -> bool {
        let Self { rejects_until, edge, opening, .. } = *self;
        let is_plain = rejects_until.is_none() && edge == Tick::NEVER && opening == 0;
        is_plain && !word.is_timed()
    }
}
