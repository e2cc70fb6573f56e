//! A way in which connections break.

use std::time::Duration;

/// What a proxy does to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nothing: every byte passes.
    None,
    /// Each part of an answer comes late.
    Delay(Duration),
    /// Connections are reset (RST), new ones as soon as they are accepted.
    Reset,
    /// No byte passes, in neither direction, and nothing is closed. What was held back passes once
    /// the fault is gone.
    BlackHole,
    /// The client reads the end of the connection at once; what it writes still passes.
    HalfClose,
    /// A connection ends after so many bytes of answers.
    Truncate(usize),
    /// The answer to whatever the client writes is no HTTP and no HTTP/2, and then the end.
    Garbage,
    /// The port is closed: connections are refused, and those that exist are reset.
    Refuse,
}

impl Fault {
    /// Whether connections get no answer at all, so that only a timeout ends a call.
    #[must_use]
    pub const fn hangs(self) -> bool {
        matches!(self, Self::Delay(_) | Self::BlackHole)
    }
}
