//! The size of a fleet.

/// How many take part in a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FleetSize {
    /// Nodes that are alive.
    pub nodes: u32,
    /// The different policies that they have, which should be one.
    pub policies: u32,
}
