//! The layer between brama and the system: locks and atomics, panics, and a thread that works at an
//! interval.

pub(crate) mod interval;
pub(crate) mod panic;
pub(crate) mod sync;
