//! The number of a node, 1 to 5.

use std::{fmt, str::FromStr, time::Duration};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeNumber(u8);

impl NodeNumber {
    pub(crate) const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];
    /// The node that cannot reach the service although it works.
    pub(crate) const ALONE: Self = Self(5);

    /// The time between two calls: two nodes have much traffic, three have little and would notice
    /// an outage late.
    pub(crate) const fn pace(self) -> Duration {
        Duration::from_millis(if self.is_busy() { 20 } else { 250 })
    }

    pub(crate) const fn is_busy(self) -> bool {
        self.0 <= 2
    }
}

/// `node-3`
impl fmt::Display for NodeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node-{}", self.0)
    }
}

impl FromStr for NodeNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = Self::ALL.into_iter().find(|number| number.to_string() == text);
        number.ok_or_else(|| format!("`{text}` is no node, must be `node-1` to `node-5`"))
    }
}
