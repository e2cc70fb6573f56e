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
    /// No byte passes in either direction, and nothing is closed. What was held back passes once
    /// the fault is gone.
    BlackHole,
    /// The client reads the end of the connection at once. What the client writes still passes.
    HalfClose,
    /// A connection ends after so many bytes of answers.
    Truncate(usize),
    /// Whatever the client writes, it gets bytes that are neither HTTP/1 nor HTTP/2, and then the
    /// end of the connection.
    Garbage,
    /// The port is closed: connections are refused, and those that exist are reset.
    Refuse,
}

impl Fault {
    /// Whether answers are held back without an error, so that only a timeout ends a call.
    #[must_use]
    pub const fn hangs(self) -> bool {
        matches!(self, Self::Delay(_) | Self::BlackHole)
    }
}
