//! The written form of a circuit's values: what serde's derive cannot say by itself.
//!
//! A policy's durations are texts such as `30s`; moments and every other duration are numbers of
//! nanoseconds. Reading checks what the rules rely on, so that no text makes a policy outside its
//! limits or a circuit that panics.

mod circuit;
mod patch;

pub(crate) mod nanos;
pub(crate) mod text;

use std::time::Duration;

pub(super) use self::circuit::{Places, Ring, Whole};

/// A duration, or one that may be missing.
pub(crate) trait Length: Copy + Into<Option<Duration>> {
    fn of(length: Option<Duration>) -> Option<Self>;
}

impl Length for Duration {
    fn of(length: Option<Duration>) -> Option<Self> {
        length
    }
}

impl Length for Option<Duration> {
    fn of(length: Option<Duration>) -> Option<Self> {
        Some(length)
    }
}
