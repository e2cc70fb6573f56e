//! How a fleet decides.

mod invalid;
mod rules;
mod terms;

use std::time::Duration;

pub use self::{invalid::InvalidFleetPolicy, terms::FleetTerms};

/// How a fleet decides: whose votes open, for how long, and how it closes again.
///
/// ```
/// use brama_fleet::FleetPolicy;
/// use std::time::Duration;
///
/// let policy = FleetPolicy::new().min_votes(2)?.wait(Duration::from_secs(10))?;
/// assert_eq!(policy.quorum(100), 30);
/// # Ok::<(), brama_fleet::InvalidFleetPolicy>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FleetPolicy {
    min_votes: u32,
    percent: u32,
    max_open_percent: u32,
    success_threshold: u32,
    heartbeat: u64,
    vote: u64,
    lease: u64,
    wait: u64,
    longest_wait: u64,
    ramp: u64,
    pooled_failure_rate: u32,
    pooled_minimum_calls: u32,
    pooled_reporters: u32,
    pooled_window: u64,
}

impl Default for FleetPolicy {
    fn default() -> Self {
        Self {
            min_votes: 3,
            percent: 30,
            max_open_percent: 50,
            success_threshold: 1,
            heartbeat: 5_000,
            vote: 60_000,
            lease: 10_000,
            wait: 30_000,
            longest_wait: 300_000,
            ramp: 5_000,
            pooled_failure_rate: 0,
            pooled_minimum_calls: 20,
            pooled_reporters: 3,
            pooled_window: 60_000,
        }
    }
}

/// Writes the setter of a duration in whole milliseconds.
macro_rules! lengths {
    ($($(#[$doc:meta])* $name:ident: $least:literal ..= $most:literal;)*) => {
        impl FleetPolicy {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// [`InvalidFleetPolicy`] outside of these limits, or for a part of a millisecond.
                pub fn $name(self, length: Duration) -> Result<Self, InvalidFleetPolicy> {
                    let millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
                    let is_whole = length.subsec_nanos() % 1_000_000 == 0;
                    if is_whole && ($least..=$most).contains(&millis) {
                        return Ok(Self { $name: millis, ..self });
                    }
                    let (setting, value) = (stringify!($name), format!("{length:?}"));
                    let limits = concat!($least, " ms to ", $most, " ms, in whole milliseconds");
                    Err(InvalidFleetPolicy { setting, value, limits })
                }
            )*
        }
    };
}

lengths! {
    /// How often a node sends a heartbeat. Default 5 s; 100 ms to 1 min. A node that sends none for
    /// three times as long is no longer a member.
    heartbeat: 100 ..= 60_000;
    /// How long a vote counts, while its node is a member. Default 1 min; 1 s to 1 h. A node votes
    /// again with each heartbeat, so let a vote last several of them.
    vote: 1_000 ..= 3_600_000;
    /// How long the one probe of the fleet may take. Default 10 s; 100 ms to 10 min. It must be
    /// longer than a call takes: a result that comes later does not count.
    lease: 100 ..= 600_000;
    /// How long the fleet rejects before the first probe. Default 30 s; 100 ms to 1 h. It doubles
    /// with each opening until the fleet has closed, up to [`longest_wait`](Self::longest_wait).
    wait: 100 ..= 3_600_000;
    /// The longest wait, and the longest rejection by hand. Default 5 min; 100 ms to 24 h. A `wait`
    /// above it does not grow.
    ///
    /// Whatever the store contains, a node obeys no decision for longer than this (or its `wait`,
    /// `lease` or `ramp`, if one is longer) with a lease and a heartbeat added.
    longest_wait: 100 ..= 86_400_000;
    /// For how long a growing share of the calls is admitted after an outage. Default 5 s; 0 to
    /// 10 min. With 0, all calls are admitted at once.
    ramp: 0 ..= 600_000;
    /// How long pooled calls count, with [`pooled_failure_rate`](Self::pooled_failure_rate).
    /// Default 1 min; 1 s to 1 h. They are counted in six slots, so that the window is up to a
    /// sixth shorter.
    pooled_window: 1_000 ..= 3_600_000;
}

impl FleetPolicy {
    /// Returns the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The fewest votes that open. Default 3; at least 1.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] for 0.
    pub fn min_votes(self, votes: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("min_votes", votes, 1..=u32::MAX, "at least 1");
        valid.map(|min_votes| Self { min_votes, ..self })
    }

    /// The share of the members whose votes open, in per cent. Default 30; 1 to 100.
    ///
    /// It is rounded up. If it is less than [`min_votes`](Self::min_votes), that many votes open.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] outside of these limits.
    pub fn percent(self, percent: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("percent", percent, 1..=100, "1 to 100");
        valid.map(|percent| Self { percent, ..self })
    }

    /// The share of the known breakers that the fleet may open at once, in per cent. Default 50; 1
    /// to 100, where 100 is no limit.
    ///
    /// A fault of our own, such as of the network, must not shut out everything. A breaker is known
    /// if a node has traffic on it. Below 5 known breakers there is no limit, and one may always
    /// open.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] outside of these limits.
    pub fn max_open_percent(self, percent: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("max_open_percent", percent, 1..=100, "1 to 100");
        valid.map(|max_open_percent| Self { max_open_percent, ..self })
    }

    /// How many probes in a row must succeed. Default 1; 1 to 1000.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] outside of these limits.
    pub fn success_threshold(self, probes: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("success_threshold", probes, 1..=1000, "1 to 1000");
        valid.map(|success_threshold| Self { success_threshold, ..self })
    }

    /// The share of failed calls of all nodes together that opens, in per cent. Default 0, which
    /// pools nothing; up to 100.
    ///
    /// Nodes that are too quiet to open by themselves report their calls with each heartbeat. They
    /// open for the fleet if [`pooled_minimum_calls`](Self::pooled_minimum_calls) were made, this
    /// share of them has failed, and enough nodes have seen failures:
    /// [`pooled_reporters`](Self::pooled_reporters) at least, and [`percent`](Self::percent) of
    /// those that have made calls. A node that doubts itself reports nothing.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] above 100.
    pub fn pooled_failure_rate(self, percent: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("pooled_failure_rate", percent, 0..=100, "0 to 100");
        valid.map(|pooled_failure_rate| Self { pooled_failure_rate, ..self })
    }

    /// The fewest calls in the window of pooled calls that open. Default 20; 1 to 1 000 000.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] outside of these limits.
    pub fn pooled_minimum_calls(self, calls: u32) -> Result<Self, InvalidFleetPolicy> {
        let limits = (1..=1_000_000, "1 to 1000000");
        let valid = InvalidFleetPolicy::check("pooled_minimum_calls", calls, limits.0, limits.1);
        valid.map(|pooled_minimum_calls| Self { pooled_minimum_calls, ..self })
    }

    /// The fewest nodes that have seen pooled failures. Default 3; 2 to 1000, because one node must
    /// not open for all.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetPolicy`] outside of these limits.
    pub fn pooled_reporters(self, nodes: u32) -> Result<Self, InvalidFleetPolicy> {
        let valid = InvalidFleetPolicy::check("pooled_reporters", nodes, 2..=1000, "2 to 1000");
        valid.map(|pooled_reporters| Self { pooled_reporters, ..self })
    }
}
