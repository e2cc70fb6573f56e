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
    /// Each way in which connections break. Answers are truncated in their head and in their body.
    pub const EACH: [Self; 8] = [
        Self::Delay(Duration::from_secs(60 * 60)),
        Self::Reset,
        Self::BlackHole,
        Self::HalfClose,
        Self::Truncate(8),
        Self::Truncate(1_000),
        Self::Garbage,
        Self::Refuse,
    ];

    /// Whether answers are held back without an error, so that only a timeout ends a call.
    #[must_use]
    pub const fn hangs(self) -> bool {
        matches!(self, Self::Delay(_) | Self::BlackHole)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Fault;

    /// A new variant does not compile until it is here. Then `EACH` has to have it.
    fn number(fault: Fault) -> usize {
        match fault {
            Fault::None => 0,
            Fault::Delay(_) => 1,
            Fault::Reset => 2,
            Fault::BlackHole => 3,
            Fault::HalfClose => 4,
            Fault::Truncate(_) => 5,
            Fault::Garbage => 6,
            Fault::Refuse => 7,
        }
    }

    #[test]
    fn each_fault_is_in_the_list() {
        let numbers: BTreeSet<_> = Fault::EACH.into_iter().map(number).collect();
        assert!(numbers.into_iter().eq(1..=7));
    }
}
