//! What follows from the settings of a policy.

use std::time::Duration;

use super::{FleetPolicy, FleetTerms};
use crate::{ballot::CallCounts, fnv::fnv};

impl FleetPolicy {
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
