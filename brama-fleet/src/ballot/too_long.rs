//! A rejection by hand whose length is not bounded as it must be.

use std::{error::Error, fmt};

/// A rejection by hand has a length of 0, or above the policy's `longest_wait`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TooLong {
    pub(super) length: u64,
    pub(super) longest: u64,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, longest } = self;
        write!(f, "the rejection lasts {length} ms, must be 1 ms to {longest} ms (`longest_wait`)")
    }
}

impl Error for TooLong {}
