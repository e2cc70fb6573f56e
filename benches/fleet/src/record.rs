//! What is recorded of a run.

use std::time::Duration;

/// What is recorded of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    /// For each second, how its calls ended.
    pub(crate) seconds: Vec<Second>,
    /// Requests to the store.
    pub(crate) requests: u64,
    /// How often votes have opened the breaker for the fleet.
    pub(crate) openings: u32,
    /// Openings for which too few nodes were open.
    pub(crate) without_quorum: Vec<String>,
    /// From each opening, or failed probe, to the next.
    pub(crate) rounds: Vec<Round>,
    /// The node that has the lease and has not reported yet.
    pub(crate) holder: Option<usize>,
    /// Calls that took longer than the service did.
    pub(crate) delayed: u64,
    /// Calls that were rejected although the service had been well for long.
    pub(crate) harmed: u64,
    /// When the service was last sick.
    pub(crate) sick_at: Option<Duration>,
}

/// How the calls of one second ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Second {
    pub(crate) succeeded: u64,
    pub(crate) rejected: u64,
    /// They reached the service, which was sick.
    pub(crate) reached_sick: u64,
    /// So they did after the node had opened.
    pub(crate) reached_late: u64,
}

/// What came between an opening, or a failed probe, and the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Round {
    /// Leases that the store has given.
    pub(crate) leases: u32,
    /// Calls that reached the sick service through nodes that the fleet had told to reject.
    pub(crate) probes: u32,
    /// Holders of a lease that have crashed, or could not report what became of their probe.
    pub(crate) lost: u32,
}

impl Record {
    /// The second that now is in.
    pub(crate) fn second(&mut self, now: Duration) -> &mut Second {
        let place = usize::try_from(now.as_secs()).unwrap_or(0);
        if self.seconds.len() <= place {
            self.seconds.resize(place + 1, Second::default());
        }
        // It has just been made if it was missing.
        #[expect(clippy::indexing_slicing, reason = "the line above makes the place")]
        &mut self.seconds[place]
    }

    /// The present round.
    pub(crate) fn round(&mut self) -> &mut Round {
        if self.rounds.is_empty() {
            self.rounds.push(Round::default());
        }
        let last = self.rounds.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the lines above make the place")]
        &mut self.rounds[last]
    }

    /// Notes that a node has crashed, which may have had the lease.
    pub(crate) fn lose_holder(&mut self, node: usize) {
        let had_lease = self.holder.take_if(|holder| *holder == node).is_some();
        self.round().lost += u32::from(had_lease);
    }

    /// Sums a count up over all seconds.
    pub(crate) fn sum(&self, count: impl Fn(&Second) -> u64) -> u64 {
        self.seconds.iter().map(count).sum()
    }
}

/// What is recorded of a node. Times are since the start of the run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NodeRecord {
    /// Since when it is alive and reaches the store.
    pub(crate) linked_since: Option<Duration>,
    /// Whether its circuit is open, and when that last changed.
    pub(crate) is_open: bool,
    pub(crate) turned_at: Option<Duration>,
    /// When it first rejected calls after the trouble began: its own circuit or the fleet.
    pub(crate) stopped_at: Option<Duration>,
    /// When it last rejected a call, and was first answered with success after that began to be
    /// possible again.
    pub(crate) rejected_at: Option<Duration>,
    pub(crate) answered_at: Option<Duration>,
    /// Whether something was wrong with the node itself.
    pub(crate) was_sick: bool,
}

/// After so long, a node that reaches the store has sent a heartbeat: 5 s and a fifth of it.
const FIRST_BEAT: Duration = Duration::from_secs(6);

impl NodeRecord {
    /// Whether the fleet has to count it.
    pub(crate) fn is_member(&self, now: Duration) -> bool {
        self.linked_since.is_some_and(|since| since + FIRST_BEAT <= now)
    }

    /// Whether its circuit was open, so that its vote may count.
    pub(crate) fn was_open_within(&self, length: Duration, now: Duration) -> bool {
        self.is_open || self.turned_at.is_some_and(|at| now <= at + length)
    }

    pub(crate) fn turn(&mut self, is_open: bool, now: Duration) {
        if self.is_open != is_open {
            (self.is_open, self.turned_at) = (is_open, Some(now));
        }
    }
}
