//! How long a client waits.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use fault_proxy::Fault;
use tokio::time::timeout;
use tower::BoxError;

/// How long calls may take: long enough for a busy machine, unless the proxy is known to hang.
#[derive(Debug, Clone)]
pub(crate) struct Patience(Arc<AtomicU64>);

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);

impl Patience {
    pub(crate) fn new() -> Self {
        let this = Self(Arc::default());
        this.suit(Fault::None);
        this
    }

    pub(crate) fn suit(&self, fault: Fault) {
        self.set(if fault.hangs() { SHORT } else { LONG });
    }

    pub(crate) fn set(&self, duration: Duration) {
        self.0.store(duration.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// Runs a call that fails if it takes too long.
    pub(crate) async fn limit<T, E: Into<BoxError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, BoxError> {
        timeout(self.duration(), call).await?.map_err(E::into)
    }
}
