//! The service that all nodes call.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep};

/// What is wrong with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceCondition {
    /// Nothing.
    Well,
    /// It answers each call with an error.
    Failing,
    /// It answers no call before its client gives up.
    Hanging,
}

/// The service that all nodes call.
#[derive(Debug)]
pub(crate) struct Service(Mutex<ServiceState>);

#[derive(Debug)]
struct ServiceState {
    condition: ServiceCondition,
    /// How long it works on one call, if it can be overloaded.
    work: Option<Duration>,
    /// When it will have worked through the calls that wait.
    busy_until: Instant,
}

/// Clients give up after it.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A service rejects calls that would wait for longer. It is more than [`TIMEOUT`], as it often is:
/// then a full queue holds only calls whose clients give up, and their work is wasted.
const LONGEST_QUEUE: Duration = Duration::from_secs(2);

impl Service {
    /// A service that can work on so many calls a second, if it has a limit.
    pub(crate) fn new(capacity: Option<f64>) -> Self {
        let work = capacity.map(|calls| Duration::from_secs_f64(1.0 / calls));
        let (condition, busy_until) = (ServiceCondition::Well, Instant::now());
        Self(Mutex::new(ServiceState { condition, work, busy_until }))
    }

    pub(crate) fn set(&self, condition: ServiceCondition) {
        self.lock().condition = condition;
    }

    /// Whether calls that arrive now will fail.
    pub(crate) fn is_sick(&self) -> bool {
        let state = self.lock();
        state.condition != ServiceCondition::Well || TIMEOUT < state.queue()
    }

    /// Answers a call that the service works on for `latency`.
    pub(crate) async fn answer(&self, latency: Duration) -> Result<(), &'static str> {
        let (length, answer) = self.lock().take(latency);
        sleep(length).await;
        answer
    }

    fn lock(&self) -> MutexGuard<'_, ServiceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServiceState {
    fn queue(&self) -> Duration {
        self.busy_until.saturating_duration_since(Instant::now())
    }

    /// After how long a call is answered, and how.
    fn take(&mut self, latency: Duration) -> (Duration, Result<(), &'static str>) {
        match self.condition {
            ServiceCondition::Failing => (latency, Err("internal error")),
            ServiceCondition::Hanging => (TIMEOUT, Err("timed out")),
            ServiceCondition::Well => self.queue_up(latency),
        }
    }

    fn queue_up(&mut self, latency: Duration) -> (Duration, Result<(), &'static str>) {
        let (Some(work), queue) = (self.work, self.queue()) else { return (latency, Ok(())) };
        if LONGEST_QUEUE < queue {
            return (latency, Err("too many requests"));
        }
        self.busy_until = Instant::now() + queue + work;
        if TIMEOUT < queue + latency {
            return (TIMEOUT, Err("timed out"));
        }
        (queue + latency, Ok(()))
    }
}
