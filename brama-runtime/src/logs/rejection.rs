//! The lines of rejections: the first of an opening, and then fewer and fewer.

use std::{fmt, sync::atomic::Ordering, time::Duration};

use tracing::{Level, event};

use super::{
    RejectionLog,
    fields::{Message, NameFields, millis},
    level::is_on,
};
use crate::{
    circuit::{Quantity, State},
    identity::Identity,
    sys::panic::catch_panic,
};

impl RejectionLog {
    /// Counts a rejection. Writes a line about the 1st, 2nd, 4th, 8th … of an opening, so that a
    /// dead dependency does not flood the log.
    #[cold]
    pub(crate) fn add(
        &self,
        identity: &Identity<'_>,
        state: State,
        opening: u64,
        retry_after: Option<Duration>,
        message: &dyn fmt::Display,
    ) {
        self.add_line(opening, |count| {
            write(identity, state, opening, retry_after, message, count);
        });
    }

    /// Counts a rejection that no opening causes: by the limit of calls in flight, or by the
    /// overlay of a fleet. Writes a line about the 1st, 2nd, 4th, 8th … of a minute.
    #[cold]
    pub(crate) fn add_of_minute(
        &self,
        identity: &Identity<'_>,
        limit: Option<u64>,
        retry_after: Option<Duration>,
        minute: u64,
        message: &dyn fmt::Display,
    ) {
        self.add_line(minute, |count| {
            write_of_minute(identity, limit, retry_after, message, count);
        });
    }

    /// Counts a rejection of an opening or a minute, and writes its line if it is a power of two.
    fn add_line(&self, period: u64, write: impl FnOnce(u64)) {
        if !is_on(Level::DEBUG) {
            return;
        }
        let count = self.number_of_next(period);
        if count.is_power_of_two() {
            let _ = catch_panic(|| write(count));
        }
    }

    /// The number of this rejection in its opening or minute, beginning at 1. It stops at the
    /// largest.
    fn number_of_next(&self, period: u64) -> u64 {
        let period = period << COUNT_BITS;
        let number = |before: u64| {
            let counted = if before & !LARGEST == period { before & LARGEST } else { 0 };
            (counted + 1).min(LARGEST)
        };
        let add = |before| Some(period | number(before));
        let before = self.packed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        number(before.unwrap_or_else(|before| before))
    }
}

fn write(
    identity: &Identity<'_>,
    state: State,
    opening: u64,
    retry_after: Option<Duration>,
    message: &dyn fmt::Display,
    count: u64,
) {
    let NameFields { breaker, scope, key } = NameFields::of(identity);
    event!(
        target: "brama::rejection",
        Level::DEBUG,
        breaker = &*breaker,
        scope = scope.as_deref(),
        key = key.as_deref(),
        state = state.as_str(),
        opening,
        retry_after_ms = retry_after.map(millis),
        rejections = count,
        "{} ({} in this opening)",
        Message(message),
        Quantity(count, "rejection"),
    );
}

fn write_of_minute(
    identity: &Identity<'_>,
    limit: Option<u64>,
    retry_after: Option<Duration>,
    message: &dyn fmt::Display,
    count: u64,
) {
    let NameFields { breaker, scope, key } = NameFields::of(identity);
    event!(
        target: "brama::rejection",
        Level::DEBUG,
        breaker = &*breaker,
        scope = scope.as_deref(),
        key = key.as_deref(),
        concurrency_limit = limit,
        retry_after_ms = retry_after.map(millis),
        rejections = count,
        "{} ({} in this minute)",
        Message(message),
        Quantity(count, "rejection"),
    );
}

/// The lower bits count, the upper ones are those of the opening's number.
const COUNT_BITS: u32 = 40;

/// No power of two, so that a full count is silent.
const LARGEST: u64 = (1 << COUNT_BITS) - 1;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn each_opening_is_counted_from_one() {
        let log = RejectionLog::new();
        assert_eq!(
            [1, 1, 1, 2, 2, 1].map(|opening| log.number_of_next(opening)),
            [1, 2, 3, 1, 2, 1]
        );
    }

    #[test]
    fn a_full_count_is_silent() {
        let log = RejectionLog { packed: AtomicU64::new(7 << COUNT_BITS | (LARGEST - 1)) };
        assert_eq!([log.number_of_next(7), log.number_of_next(7)], [LARGEST; 2]);
        assert!(!LARGEST.is_power_of_two());
    }
}
