//! The fleet on tokio: one task that connects the breakers of a registry to an engine.

mod observed;
mod requests;
mod survey;
mod task;
#[cfg(test)]
mod tests;

use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use brama_runtime::api::Registry;
use tokio::{runtime::Handle, task::AbortHandle};

use self::{requests::Requests, task::FleetTask};
use crate::{
    BreakerName, FleetPolicy, NodeName,
    engine::{Engine, LinkError},
    node::{FleetMode, NodeCore},
};

/// A node of a fleet: the breakers of a registry take part in it until this is dropped.
///
/// One task does all of it, beside the calls: a call never waits for the engine. Overlays that were
/// laid before the drop end by themselves.
///
///
///
/// ```
/// use brama_fleet::{Fleet, FleetPolicy, NodeName, memory::MemoryEngine, node::FleetMode};
/// use brama_runtime::api::{Registry, clock::SystemClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (registry, engine) = (Registry::new(), MemoryEngine::new(SystemClock));
/// let (node, policy) = (NodeName::new("node-1")?, FleetPolicy::new());
/// let fleet = Fleet::start(&registry, engine, node, policy, FleetMode::Active)?;
/// assert!(fleet.status().decided.is_empty());
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it ends the part of the registry in the fleet"]
pub struct Fleet {
    task: AbortHandle,
    status: SharedStatus,
}

/// What a node knows of its fleet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FleetStatus {
    /// Whether the engine answers: the last heartbeat was answered, and no request failed since.
    pub is_linked: bool,
    /// The last error of the link; `None` while the engine answers.
    pub link_error: Option<LinkError>,
    /// Whether the votes of the node weigh nothing, because most of its breakers are open.
    pub doubts_itself: bool,
    /// The breakers that the fleet has decided about, each with the epoch of the decision.
    pub decided: Vec<(BreakerName, u64)>,
    /// The breakers that the votes would have opened, if not too many of the fleet were open
    /// ([`FleetPolicy::max_open_percent`]).
    pub held_back: Vec<BreakerName>,
}

type SharedStatus = Arc<Mutex<FleetStatus>>;

impl Fleet {
    /// Starts the task on the present runtime, whose timers must be enabled.
    ///
    /// # Errors
    ///
    /// [`NoRuntime`] outside of a runtime of tokio.
    pub fn start(
        registry: &Registry,
        engine: impl Engine,
        node: NodeName,
        policy: FleetPolicy,
        mode: FleetMode,
    ) -> Result<Self, NoRuntime> {
        let runtime = Handle::try_current().map_err(|_| NoRuntime)?;
        let seed = node.as_str().bytes().fold(0_u64, |sum, byte| {
            sum.wrapping_mul(0x0100_0000_01B3).wrapping_add(u64::from(byte))
        });
        let core = NodeCore::new(node.clone(), policy, mode, seed);
        let status = SharedStatus::default();
        let task = FleetTask::new(registry, Requests { engine, node, policy }, core, &status);
        let task = runtime.spawn(task.run());
        Ok(Self { task: task.abort_handle(), status })
    }

    /// Returns what the node knows of its fleet.
    #[must_use]
    pub fn status(&self) -> FleetStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("status", &self.status()).finish_non_exhaustive()
    }
}

/// A fleet was not started, because there is no runtime of tokio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRuntime;

impl fmt::Display for NoRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a fleet needs a runtime of tokio: start it in a task, or after `Runtime::enter`",
        )
    }
}

impl Error for NoRuntime {}
