//! How a fleet decides.

use std::{error::Error, fmt, time::Duration};

use crate::{ballot::CallCounts, fnv::fnv};

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

    /// Whether calls of all nodes are counted together.
    pub(crate) const fn pools(&self) -> bool {
        0 < self.pooled_failure_rate
    }

    pub(crate) const fn pooled_length(&self) -> u64 {
        self.pooled_window
    }

    /// How many nodes must have seen failures, of so many that have made calls.
    pub(crate) fn pooled_quorum(&self, reporters: u32) -> u32 {
        self.pooled_reporters.max(self.share(reporters))
    }

    pub(crate) fn is_opened_by(&self, pooled: CallCounts) -> bool {
        let failures = u64::from(pooled.failures) * 100;
        let share = u64::from(self.pooled_failure_rate) * u64::from(pooled.calls);
        self.pools() && self.pooled_minimum_calls <= pooled.calls && share <= failures
    }

    /// Returns how many votes of so many members open.
    #[must_use]
    pub fn quorum(&self, members: u32) -> u32 {
        self.min_votes.max(self.share(members))
    }

    /// The share of so many nodes that opens, rounded up.
    fn share(&self, nodes: u32) -> u32 {
        let share = (u64::from(nodes) * u64::from(self.percent)).div_ceil(100);
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// Returns a hash of the settings. By it a store counts the different policies of its nodes,
    /// which should have one.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let Self { min_votes, percent, max_open_percent, success_threshold, .. } = *self;
        let Self { pooled_failure_rate, pooled_minimum_calls, pooled_reporters, .. } = *self;
        let counts = [
            min_votes,
            percent,
            max_open_percent,
            success_threshold,
            pooled_failure_rate,
            pooled_minimum_calls,
            pooled_reporters,
        ];
        let Self { heartbeat, vote, lease, wait, longest_wait, ramp, pooled_window, .. } = *self;
        let lengths = [heartbeat, vote, lease, wait, longest_wait, ramp, pooled_window];
        let numbers = counts.map(u64::from).into_iter().chain(lengths);
        fnv(numbers.flat_map(u64::to_le_bytes))
    }

    /// Returns the settings as numbers, for an engine whose store decides by itself.
    ///
    /// ```
    /// let terms = brama_fleet::FleetPolicy::new().terms();
    /// assert_eq!((terms.member, terms.grace), (15_000, 15_000));
    /// ```
    #[must_use]
    pub fn terms(&self) -> FleetTerms {
        FleetTerms {
            min_votes: self.min_votes,
            percent: self.percent,
            max_open_percent: self.max_open_percent,
            fewest_known: FEWEST_KNOWN,
            success_threshold: self.success_threshold,
            heartbeat: self.heartbeat,
            member: self.member_length(),
            vote: self.vote,
            lease: self.lease,
            wait: self.wait,
            longest_wait: self.longest_wait,
            ramp: self.ramp,
            grace: self.grace(),
            settle: self.settle_length(),
            pooled_failure_rate: self.pooled_failure_rate,
            pooled_minimum_calls: self.pooled_minimum_calls,
            pooled_reporters: self.pooled_reporters,
            pooled_window: self.pooled_window,
        }
    }

    /// Returns how many of so many known breakers the fleet may open at once.
    ///
    /// ```
    /// let policy = brama_fleet::FleetPolicy::new();
    /// assert_eq!([1, 4, 5, 10].map(|known| policy.most_open(known)), [1, 4, 2, 5]);
    /// ```
    #[must_use]
    pub fn most_open(&self, known: u32) -> u32 {
        if known < FEWEST_KNOWN {
            return known;
        }
        let share = u64::from(known) * u64::from(self.max_open_percent) / 100;
        u32::try_from(share).unwrap_or(u32::MAX).max(1)
    }

    /// How many probes in a row must succeed.
    pub(crate) const fn needed_successes(&self) -> u32 {
        self.success_threshold
    }

    /// For how many milliseconds after a heartbeat a node is a member.
    pub(crate) const fn member_length(&self) -> u64 {
        3 * self.heartbeat
    }

    /// For how many milliseconds after the first heartbeat about a breaker votes open nothing: the
    /// longest between two heartbeats of a node.
    pub(crate) const fn settle_length(&self) -> u64 {
        self.heartbeat + self.heartbeat / 5
    }

    pub(crate) const fn beat_length(&self) -> Duration {
        Duration::from_millis(self.heartbeat)
    }

    /// For how many milliseconds a vote counts.
    pub(crate) const fn vote_length(&self) -> u64 {
        self.vote
    }

    /// For how many milliseconds a node may probe.
    pub(crate) const fn lease_length(&self) -> u64 {
        self.lease
    }

    /// For how many milliseconds a growing share of the calls is admitted.
    pub(crate) const fn ramp_length(&self) -> u64 {
        self.ramp
    }

    /// The longest wait and the longest rejection by hand, in milliseconds.
    pub(crate) const fn longest(&self) -> u64 {
        self.longest_wait
    }

    /// Returns the wait of the opening with this number, beginning at 1, in milliseconds.
    #[must_use]
    pub fn wait_of(&self, opening: u32) -> u64 {
        let doublings = opening.saturating_sub(1).min(63);
        self.wait.saturating_mul(1 << doublings).min(self.longest_wait.max(self.wait))
    }

    /// No decision is obeyed for longer, in milliseconds.
    pub(crate) fn longest_obeyed(&self) -> u64 {
        let longest = self.wait_of(u32::MAX).max(self.lease).max(self.ramp);
        longest.saturating_add(self.grace())
    }

    /// For how many milliseconds after a wait nodes go on rejecting, so that one of them asks for
    /// the lease and not each probes for itself.
    pub(crate) const fn grace(&self) -> u64 {
        self.lease + self.heartbeat
    }
}

/// Below so many breakers, a share says nothing.
const FEWEST_KNOWN: u32 = 5;

/// The numbers of a [`FleetPolicy`], for an engine whose store decides by itself. Lengths are in
/// milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetTerms {
    /// The fewest votes that open.
    pub min_votes: u32,
    /// The share of the members whose votes open, in per cent.
    pub percent: u32,
    /// The share of the known breakers that may be open at once, in per cent.
    pub max_open_percent: u32,
    /// Below so many known breakers, all may be open.
    pub fewest_known: u32,
    /// How many probes in a row must succeed.
    pub success_threshold: u32,
    /// How often a node sends a heartbeat.
    pub heartbeat: u64,
    /// How long a node is a member after its last heartbeat: three heartbeats.
    pub member: u64,
    /// How long a vote counts.
    pub vote: u64,
    /// How long a probe may take.
    pub lease: u64,
    /// The wait of the first opening. It doubles with each opening until the fleet has closed.
    pub wait: u64,
    /// The longest wait, unless `wait` is longer, and the longest rejection by hand.
    pub longest_wait: u64,
    /// For how long the fleet closes by a ramp; 0 for none.
    pub ramp: u64,
    /// How long an opening outlasts its wait or its lease if no node asks for a lease: a lease and
    /// a heartbeat.
    pub grace: u64,
    /// How long after the first heartbeat about a breaker votes open nothing: a heartbeat and a
    /// fifth.
    pub settle: u64,
    /// The share of failed calls of all nodes together that opens, in per cent; 0 for none.
    pub pooled_failure_rate: u32,
    /// The fewest calls of all nodes together that open.
    pub pooled_minimum_calls: u32,
    /// The fewest nodes that must have seen failures.
    pub pooled_reporters: u32,
    /// How long pooled calls count.
    pub pooled_window: u64,
}

/// A setting of a fleet was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFleetPolicy {
    setting: &'static str,
    value: String,
    limits: &'static str,
}

impl InvalidFleetPolicy {
    fn check(
        setting: &'static str,
        value: u32,
        valid: std::ops::RangeInclusive<u32>,
        limits: &'static str,
    ) -> Result<u32, Self> {
        if valid.contains(&value) {
            Ok(value)
        } else {
            Err(Self { setting, value: value.to_string(), limits })
        }
    }
}

impl fmt::Display for InvalidFleetPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, value, limits } = self;
        write!(f, "`{setting}` of the fleet is {value}, must be {limits}")
    }
}

impl Error for InvalidFleetPolicy {}
