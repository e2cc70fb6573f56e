//! A script: what goes wrong, and when.

use std::time::Duration;

use brama_fleet::FleetPolicy;
use brama_runtime::api::{Expiry, PolicyPatch};

use crate::{link::LinkCondition, service::ServiceCondition};

/// What goes wrong, and when. Moments are seconds since the start of the run.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// For the command line: a word.
    pub(crate) name: &'static str,
    /// For the report: what goes wrong.
    pub(crate) title: &'static str,
    pub(crate) steps: Vec<(u64, Step)>,
    /// When the trouble begins and ends. Then each node has to recover.
    pub(crate) begins: u64,
    pub(crate) ends: u64,
    /// When the run ends.
    pub(crate) length: u64,
    pub(crate) load: Load,
    pub(crate) terms: Terms,
    pub(crate) opens: Opens,
}

/// What goes wrong, or ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Service(ServiceCondition),
    /// The links of so many per cent of the nodes.
    Links(usize, LinkCondition),
    /// The store's clock steps by so many minutes.
    Clock(i64),
    LoseData,
    /// So many nodes reach nothing but the store.
    Sicken(usize),
    /// All nodes are well again, and none crashes any more.
    Heal,
    /// Every tenth node starts again, from the one with this number on.
    Restart(usize),
    /// The next holder of a lease crashes.
    Crash(Crash),
    /// So many times as many calls as usual.
    Surge(f64),
}

/// When a holder of a lease crashes. It starts again [some time](crate::node) after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Once it has the lease.
    Granted,
    /// After its probe, before it has reported.
    Reporting,
}

/// Whether the fleet opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    Must,
    #[cfg(test)]
    May,
    Never,
}

/// The calls of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Calls a second, on average.
    pub(crate) calls: f64,
    /// How often a client calls again after a failure.
    pub(crate) retries: u32,
    /// Calls a second and node that the service can work on; `None` for any number.
    pub(crate) capacity: Option<f64>,
}

/// How breakers and fleet are configured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) fleet: FleetPolicy,
    pub(crate) local: PolicyPatch,
    /// For how long after the end of a trouble calls may be rejected: the longest wait with its
    /// jitter, a lease, a ramp and an opening of the node's own circuit.
    pub(crate) patience: Duration,
}

impl Terms {
    /// Shorter than the defaults, so that a run has many rounds: circuits open after 5 failures in
    /// a row, and circuits and fleet for 10 s and then 20 s.
    pub(crate) fn brisk() -> Self {
        let seconds = Duration::from_secs;
        let fleet =
            FleetPolicy::new().wait(seconds(10)).and_then(|it| it.longest_wait(seconds(20)));
        let fleet = fleet.and_then(|it| it.lease(seconds(5)));
        let expiry = Expiry::progressive(seconds(10), seconds(20));
        let local = PolicyPatch::new().failure_threshold(5).with_expiry(expiry);
        Self { fleet: fleet.unwrap_or_default(), local, patience: seconds(60) }
    }

    /// The defaults: circuits open for 60 s after 10 failures in a row, the fleet for 30 s, 60 s
    /// and so on.
    pub(crate) fn defaults() -> Self {
        let patience = Duration::from_secs(75);
        Self { fleet: FleetPolicy::new(), local: PolicyPatch::new(), patience }
    }
}

impl Default for Load {
    fn default() -> Self {
        Self { calls: 5.0, retries: 0, capacity: None }
    }
}
