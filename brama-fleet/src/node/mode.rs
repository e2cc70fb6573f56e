//! The mode of a node: what it does with the decisions of the fleet.

use std::fmt;

/// What a node does with the decisions of the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FleetMode {
    /// It lays them over its breakers.
    #[default]
    Active,
    /// It votes, and shows decisions in its status. It lays nothing and asks for no lease.
    Shadow,
    /// It takes no part: it asks the engine for nothing, and votes that it has cast end by
    /// themselves.
    Off,
}

impl FleetMode {
    /// Every mode, with its word in configuration files.
    pub const WORDS: [(&'static str, Self); 3] =
        [("active", Self::Active), ("shadow", Self::Shadow), ("off", Self::Off)];
}

impl fmt::Display for FleetMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "active",
            Self::Shadow => "shadow",
            Self::Off => "off",
        })
    }
}
