//! Calls of 50 nodes, 500 a second each, to a service that takes 20 ms.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use brama_runtime::api::{
    Breaker, CallError,
    clock::{Clock, SystemClock},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::crowd::{Crowd, Seen};

pub(crate) const NODES: usize = 50;
pub(crate) const PER_SECOND: u32 = 500;
const WORK: Duration = Duration::from_millis(20);
/// Beside the service's time.
const SLOW: Duration = Duration::from_millis(50);

/// What became of the calls.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) dead: AtomicBool,
    pub(crate) answered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) rejected: AtomicU64,
    /// Decisions of the breaker that took 50 ms.
    pub(crate) slow: AtomicU64,
    /// Calls that began after the overlay had been laid, and reached the service.
    pub(crate) reached_after: AtomicU64,
    /// Calls that began before, and ended after.
    pub(crate) in_flight: AtomicU64,
}

impl Calls {
    pub(crate) fn counts(&self) -> [u64; 4] {
        [&self.answered, &self.failed, &self.rejected, &self.slow].map(|it| it.load(Relaxed))
    }
}

/// Calls until what it returns is dropped.
pub(crate) fn start(crowd: &Crowd) -> (Arc<Calls>, JoinSet<()>) {
    let (calls, mut tasks) = (Arc::new(Calls::default()), JoinSet::new());
    for node in &crowd.nodes {
        let (breaker, seen) = (node.breakers[0].clone(), Arc::clone(&node.seen));
        tasks.spawn(call_on(breaker, seen, Arc::clone(&calls)));
    }
    (calls, tasks)
}

async fn call_on(breaker: Breaker, seen: Arc<Seen>, calls: Arc<Calls>) {
    let mut pace = interval(Duration::from_secs(1) / PER_SECOND);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut in_flight = JoinSet::new();
    loop {
        pace.tick().await;
        in_flight.spawn(call(breaker.clone(), Arc::clone(&seen), Arc::clone(&calls)));
        while in_flight.try_join_next().is_some() {}
    }
}

async fn call(breaker: Breaker, seen: Arc<Seen>, calls: Arc<Calls>) {
    let was_overlaid = 0 < seen.overlays();
    let (asked, dead) = (SystemClock.now(), calls.dead.load(Relaxed));
    let body = async {
        let decided = SystemClock.now().since(asked);
        calls.slow.fetch_add(u64::from(SLOW <= decided), Relaxed);
        calls.reached_after.fetch_add(u64::from(was_overlaid), Relaxed);
        sleep(WORK).await;
        let is_late = !was_overlaid && 0 < seen.overlays();
        calls.in_flight.fetch_add(u64::from(is_late), Relaxed);
        if dead { Err("down") } else { Ok(()) }
    };
    let count = match breaker.call_async(body).await {
        Ok(()) => &calls.answered,
        Err(CallError::Failed(_)) => &calls.failed,
        Err(CallError::Rejected(_)) => &calls.rejected,
    };
    count.fetch_add(1, Relaxed);
}
