//! The fleet on tokio: one task that connects the breakers of a registry to an engine.

mod follow;
mod gauges;
#[cfg(feature = "tracing")]
mod log;
mod observed;
mod requests;
mod survey;
mod task;
#[cfg(test)]
mod tests;

use std::{
    error::Error,
    fmt, mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use brama_runtime::api::{Identity, Registry, circuit::By};
use tokio::{runtime::Handle, sync::watch, task::AbortHandle, time::Instant};

use self::{
    requests::{Requests, within},
    task::FleetTask,
};
use crate::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Standing, TooLong},
    engine::{Engine, HandAction, LinkError},
    fnv::fnv,
    node::{FleetMode, NodeCore},
};

/// A node of a fleet: the breakers of a registry take part in it until this is dropped.
///
/// One task does all of the work, and no call waits for the engine. Overlays that were laid before
/// the drop end by themselves. Start one `Fleet` for a registry: two would replace the overlays of
/// each other.
///
/// A breaker whose name is longer than [`BreakerName::LONGEST`] takes no part. Nor does the breaker
/// for the keys beyond the limit of keys.
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
    engine: Arc<dyn Engine>,
    settings: watch::Sender<(FleetPolicy, FleetMode)>,
}

/// What a node knows of its fleet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FleetStatus {
    /// Whether the engine answers: the last heartbeat was answered, and no request failed since.
    pub is_linked: bool,
    /// The last error of the link; `None` while the engine answers.
    pub link_error: Option<LinkError>,
    /// How long ago the engine last answered a heartbeat; `None` before the first answer. It grows
    /// while the link is down, and is at most about a heartbeat otherwise.
    pub lag: Option<Duration>,
    /// What the node does with decisions.
    pub mode: FleetMode,
    /// Nodes of the fleet that are alive, as of the last answer to a heartbeat.
    pub nodes: u32,
    /// How many different policies they have. More than one is a mistake: give all nodes the same
    /// settings.
    pub policies: u32,
    /// Whether the votes of the node weigh nothing, because most of its breakers are open.
    pub doubts_itself: bool,
    /// The breakers that the fleet has decided about, each with the epoch of the decision.
    pub decided: Vec<(BreakerName, u64)>,
    /// The votes on the breakers that the fleet has decided about, or this node has voted on.
    pub votes: Vec<(BreakerName, Standing)>,
    /// The breakers that the votes would have opened, if not too many of the fleet were open
    /// ([`FleetPolicy::max_open_percent`]).
    pub held_back: Vec<BreakerName>,
}

type SharedStatus = Arc<Mutex<ShownStatus>>;

/// A status, with the time of the last answer in the place of the lag.
#[derive(Debug, Default)]
struct ShownStatus {
    status: FleetStatus,
    answered: Option<Instant>,
}

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
        let seed = fnv(node.as_str().bytes());
        let core = NodeCore::new(policy, mode, seed);
        let status = SharedStatus::default();
        let engine: Arc<dyn Engine> = Arc::new(engine);
        let requests = Requests { engine: Arc::clone(&engine), node, policy };
        let (settings, reconfigured) = watch::channel((policy, mode));
        let task = FleetTask::new(registry, requests, core, reconfigured, &status);
        let task = runtime.spawn(task.run());
        Ok(Self { task: task.abort_handle(), status, engine, settings })
    }

    /// Replaces the settings, as after a change of a configuration file. It does not wait: the task
    /// takes them next.
    ///
    /// Decisions keep the lengths that they had. A node that is in shadow from now on lifts the
    /// overlays that it has laid; one that is active from now on lays what is decided.
    pub fn reconfigure(&self, policy: FleetPolicy, mode: FleetMode) {
        self.settings.send_if_modified(|settings| {
            let new = (policy, mode);
            mem::replace(settings, new) != new
        });
    }

    /// Rejects every call of the whole fleet to a breaker for `length`, by hand: an overlay on each
    /// node, which no vote and no probe ends. The circuits of the nodes do not change.
    ///
    /// The length is rounded down to whole milliseconds.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the length is not 1 ms up to the policy's `longest_wait`, or the engine does
    /// not answer within 1 s.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the engine may have acted or not.
    pub async fn reject<'a>(
        &self,
        breaker: impl Into<Identity<'a>>,
        length: Duration,
        by: impl Into<By>,
    ) -> Result<(), ActError> {
        let (length, by) = (u64::try_from(length.as_millis()), by.into().to_string());
        let length = length.unwrap_or(u64::MAX);
        self.act(&breaker.into(), HandAction::Reject { length, by }).await
    }

    /// Lifts whatever the fleet has decided about a breaker, by hand, and forgets the votes.
    ///
    /// # Errors
    ///
    /// [`ActError::Link`] if the engine does not answer within 1 s.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the engine may have acted or not.
    pub async fn clear<'a>(
        &self,
        breaker: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), ActError> {
        let by = by.into().to_string();
        self.act(&breaker.into(), HandAction::Clear { by }).await
    }

    async fn act(&self, breaker: &Identity<'_>, action: HandAction) -> Result<(), ActError> {
        let name = BreakerName::of(breaker);
        let (policy, _) = *self.settings.borrow();
        let answer = within(self.engine.act(&name, &action, &policy)).await;
        answer.map_err(ActError::Link)?.map(drop).map_err(ActError::TooLong)
    }

    /// Returns what the node knows of its fleet.
    #[must_use]
    pub fn status(&self) -> FleetStatus {
        let shown = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let lag = shown.answered.map(|it| it.elapsed());
        let status = FleetStatus { lag, ..shown.status.clone() };
        drop(shown);
        if !self.task.is_finished() {
            return status;
        }
        let link_error = Some(LinkError::new("the task of the fleet has ended with its runtime"));
        FleetStatus { is_linked: false, link_error, ..status }
    }
}

/// The name by which a fleet knows a breaker; `None` if it has none of its own, or one that is too
/// long to travel.
fn shared_name(identity: &Identity<'_>) -> Option<BreakerName> {
    let name = (!identity.is_overflow()).then(|| BreakerName::of(identity));
    name.filter(|name| name.as_str().len() <= BreakerName::LONGEST)
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

/// An action by hand on the whole fleet was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActError {
    /// The store that the fleet shares did not answer. It may have acted.
    Link(LinkError),
    /// The length is 0, or above the policy's `longest_wait`.
    TooLong(TooLong),
}

impl fmt::Display for ActError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(error) => write!(f, "the fleet did not act: {error}"),
            Self::TooLong(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl Error for ActError {}

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
