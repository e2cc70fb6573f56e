//! An outage: a server is behind a proxy with a fault, and comes back.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use brama::{CircuitOpen, PolicyPatch, State, status::BreakerFilter, testing::TestRegistry};
use fault_proxy::{Fault, FaultProxy};
use tokio::{task::yield_now, time::timeout};

use crate::{
    patience::Patience,
    upstream::{Seen, Server, routes},
};

/// How a call ended, as its caller sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Success,
    Failure,
    Rejected,
}

impl Fate {
    /// The fate of a call that ended with an error.
    pub(crate) fn of_error(error: &(dyn std::error::Error + 'static)) -> Self {
        if CircuitOpen::is_in(error) { Self::Rejected } else { Self::Failure }
    }
}

pub(crate) const THRESHOLD: u32 = 3;
const EXPIRY: Duration = Duration::from_secs(60);
const REJECTIONS: usize = 100;
/// Smaller numbers ask the server of gRPC for a status.
pub(crate) const FIRST_CALL: u64 = 100;

/// More than a rejection takes within a process.
pub(crate) const QUICK: Duration = Duration::from_millis(1);
/// More than a rejection and a round trip over loopback take.
pub(crate) const QUICK_TRIP: Duration = Duration::from_millis(50);

pub(crate) fn policy() -> PolicyPatch {
    PolicyPatch::new().failure_threshold(THRESHOLD).expiry(EXPIRY)
}

/// The faults that show before the body of an answer, which has a head of more than 8 bytes.
pub(crate) fn faults_before_body() -> impl Iterator<Item = Fault> {
    Fault::EACH.into_iter().filter(|fault| !matches!(fault, Fault::Truncate(9..)))
}

/// A registry of one test, and a proxy in front of a server.
pub(crate) struct Stage {
    pub(crate) registry: TestRegistry,
    pub(crate) proxy: FaultProxy,
    pub(crate) seen: Seen,
    pub(crate) patience: Patience,
    /// Counts the calls of the test.
    calls: AtomicU64,
    _server: Option<Server>,
}

impl Stage {
    /// Starts a server of HTTP behind the proxy.
    pub(crate) async fn new() -> Self {
        let seen = Seen::default();
        let server = Server::start(routes(seen.clone())).await;
        let proxy = FaultProxy::start(server.address).unwrap();
        Self { _server: Some(server), ..Self::behind(proxy, seen) }
    }

    pub(crate) fn behind(proxy: FaultProxy, seen: Seen) -> Self {
        let (registry, patience) = (TestRegistry::new(), Patience::new());
        Self { registry, proxy, seen, patience, calls: AtomicU64::new(FIRST_CALL), _server: None }
    }

    /// An address of the server behind the proxy.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.proxy.address())
    }

    /// Breaks the connections, and makes callers impatient if they would hang.
    pub(crate) async fn set(&self, fault: Fault) {
        self.patience.suit(fault);
        self.proxy.set(fault).await;
    }

    pub(crate) fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes the only breaker of the registry through an outage: the fault opens it, the server
    /// sees no rejected call, the fastest rejection is quick, and the first probe after the opening
    /// closes it.
    pub(crate) async fn outage(
        &self,
        fault: Fault,
        quick: Duration,
        call: impl AsyncFn(u64) -> Fate,
    ) {
        let next = async || call(self.next_call()).await;
        assert_eq!(next().await, Fate::Success, "before {fault:?}");
        self.assert_state(State::Closed);
        self.set(fault).await;
        for _ in 0..THRESHOLD {
            assert_eq!(next().await, Fate::Failure, "during {fault:?}");
        }
        self.assert_state(State::Open);
        let first_rejected = self.calls.load(Ordering::Relaxed);
        let fastest = self.reject(&call).await;
        assert!(fastest < quick, "the fastest rejection during {fault:?} took {fastest:?}");
        self.set(Fault::None).await;
        assert_eq!(next().await, Fate::Rejected, "until the opening has expired");
        let first_probe = self.calls.load(Ordering::Relaxed);
        self.registry.advance(EXPIRY);
        assert_eq!(next().await, Fate::Success, "the probe after {fault:?}");
        self.assert_state(State::Closed);
        assert_eq!(next().await, Fate::Success, "after {fault:?}");
        let reached = (first_rejected..first_probe).find(|call| self.seen.has(*call));
        assert_eq!(reached, None, "a rejected call has reached the server during {fault:?}");
        assert!(self.seen.has(first_probe));
    }

    /// Makes calls that are rejected. Returns how long the fastest took.
    #[expect(clippy::disallowed_methods, reason = "a rejection is measured")]
    async fn reject(&self, call: impl AsyncFn(u64) -> Fate) -> Duration {
        let mut fastest = Duration::MAX;
        for _ in 0..REJECTIONS {
            let number = self.next_call();
            let start = Instant::now();
            assert_eq!(call(number).await, Fate::Rejected);
            fastest = fastest.min(start.elapsed());
        }
        fastest
    }

    fn assert_state(&self, expected: State) {
        let breakers = self.registry.breakers(BreakerFilter::new());
        let states: Vec<_> = breakers.iter().map(brama::Breaker::state).collect();
        assert_eq!(states, [expected], "{breakers:?}");
    }
}

/// Lets other tasks run until the condition holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            yield_now().await;
        }
    };
    timeout(DEADLINE, wait).await.unwrap();
}

/// Ends a test that hangs.
const DEADLINE: Duration = Duration::from_secs(30);
