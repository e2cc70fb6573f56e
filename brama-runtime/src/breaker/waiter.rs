//! One who waits until a call would be admitted.

use std::task::Waker;

use crate::circuit::Tick;

/// One who waits.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) number: u64,
    /// When he asks again by himself.
    pub(super) until: Tick,
    pub(super) waker: Waker,
}
