//! The numbers of a policy.

/// The numbers of a [`FleetPolicy`](crate::FleetPolicy), for an engine whose store decides by
/// itself. Lengths are in milliseconds.
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
