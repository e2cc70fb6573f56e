//! The report: what a node sends to the process that started it.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// What has happened on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The node takes part in the fleet.
    Started,
    /// A call of the protected function has ended.
    Called(CallResult),
    /// The circuit of the node has opened, and why.
    Opened(String),
    /// The circuit of the node lets probes through.
    HalfOpened,
    /// The circuit of the node has closed.
    Closed,
    /// The fleet decides for the node: who, and what it lets through.
    Overlaid { by: String, lets: Lets },
    /// The node's probe for the whole fleet has ended: whether it succeeded.
    Probed { succeeded: bool },
    /// The fleet decides nothing any more.
    Lifted,
    /// The store answers.
    Linked,
    /// The store does not answer, and why.
    Unlinked(String),
    /// The process of the node has ended, which it never should.
    Ended,
}

/// What the caller got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CallResult {
    pub(crate) end: CallEnd,
    pub(crate) micros: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CallEnd {
    Answered,
    Failed,
    Rejected,
}

/// What the fleet lets through on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lets {
    Nothing,
    Probe,
    /// A share of the calls, which grows.
    Share,
}

/// Takes reports, on any thread.
pub(crate) type Reports = Arc<dyn Fn(Report) + Send + Sync>;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("takes part"),
            Self::Called(result) => write!(f, "called: {:?}", result.end),
            Self::Opened(why) => write!(f, "opens by itself, and votes: {why}"),
            Self::HalfOpened => f.write_str("tries its circuit with a call"),
            Self::Closed => f.write_str("closes its circuit"),
            Self::Overlaid { by, lets: Lets::Nothing } => write!(f, "rejects for the {by}"),
            Self::Overlaid { lets: Lets::Probe, .. } => f.write_str("probes for the whole fleet"),
            Self::Overlaid { lets: Lets::Share, .. } => {
                f.write_str("lets a growing share of its calls through")
            }
            Self::Probed { succeeded: true } => f.write_str("its probe succeeded"),
            Self::Probed { succeeded: false } => f.write_str("its probe failed"),
            Self::Lifted => f.write_str("lets all calls through"),
            Self::Linked => f.write_str("has the store"),
            Self::Unlinked(why) => write!(f, "has lost the store: {why}"),
            Self::Ended => f.write_str("has ended"),
        }
    }
}
