//! The health of one breaker, as `/health` shows it.

use brama::{State, Status};
use serde::Serialize;

use crate::upstreams::NEEDED;

#[derive(Debug, Serialize)]
pub(crate) struct BreakerHealth {
    name: String,
    state: State,
    /// Whether the gateway is unhealthy while the circuit is open.
    needed: bool,
    /// The number of the last opening, as in the log.
    opening: Option<u64>,
    failure_threshold: Option<u32>,
    expiry: String,
    /// A line for people, with the reason why the circuit is open.
    summary: String,
}

impl From<&Status> for BreakerHealth {
    fn from(status: &Status) -> Self {
        Self {
            name: status.identity.to_string(),
            state: status.state,
            needed: NEEDED.contains(&status.identity.identifier()),
            opening: status.opening,
            failure_threshold: status.policy.failure_threshold(),
            expiry: status.policy.expiry().to_string(),
            summary: status.to_string(),
        }
    }
}

impl BreakerHealth {
    /// Whether a service that the gateway needs is cut off. An opening past its end counts as one
    /// until a call has tried the service.
    pub(crate) fn is_serious(&self) -> bool {
        self.needed && matches!(self.state, State::Open | State::ForcedOpen)
    }
}
