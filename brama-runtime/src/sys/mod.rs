//! What stands between us and the system: locks and atomics, panics, a thread that works at an interval.

pub(crate) mod interval;
pub(crate) mod panic;
pub(crate) mod sync;
