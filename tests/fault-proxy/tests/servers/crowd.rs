//! 200 tasks that share a client, drop calls at random, and meet random faults.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use brama::{Breaker, PolicyPatch, State, Totals};
use fastrand::Rng;
use fault_proxy::Fault;
use tokio::time::{sleep, timeout};

use crate::outage::{FIRST_CALL, Fate, Stage, until};

const TASKS: u64 = 200;
const CALLS: u64 = 25;
const PLACES: u32 = 100;
const EXPIRY: Duration = Duration::from_secs(5);
/// Calls that hang time out soon, so that all calls end. On a busy machine others do, too: then the
/// crowd comes again, with more patience.
const PATIENCE: Duration = Duration::from_millis(100);
const ROUNDS: u32 = 6;
/// How long a task waits after a rejection. Without a wait, most calls would be rejections.
const PAUSE: Duration = Duration::from_millis(20);
/// After so many polls at the latest, a call that is to be dropped is dropped.
const MOST_POLLS: usize = 8;

/// What a call asks its server for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Body,
    RateLimit,
    Unavailable,
}

impl Asked {
    fn random(random: &mut Rng) -> Self {
        match random.u8(..10) {
            0 | 1 => Self::RateLimit,
            2 => Self::Unavailable,
            _ => Self::Body,
        }
    }

    /// The number of a call of the server of gRPC.
    pub(crate) const fn call(self) -> u64 {
        match self {
            Self::Body => FIRST_CALL,
            Self::RateLimit => 8,
            Self::Unavailable => 14,
        }
    }

    /// The path of a server of HTTP.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Body => "/calls/1",
            Self::RateLimit => "/status/429",
            Self::Unavailable => "/status/503",
        }
    }
}

pub(crate) fn policy() -> PolicyPatch {
    PolicyPatch::new().failure_threshold(20).expiry(EXPIRY).concurrency_limit(PLACES)
}

/// The policy of a server. Faults between it and its clients are no failures of its breaker, so the
/// circuit opens after fewer failures.
pub(crate) fn policy_of_server() -> PolicyPatch {
    policy().failure_threshold(2).concurrency_limit(20)
}

/// Counts the calls that come to a breaker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Started(Arc<AtomicU64>);

impl Started {
    /// A step that counts calls and passes them on.
    pub(crate) fn counter<R>(&self) -> impl Fn(R) -> R + Clone + use<R> {
        let count = Arc::clone(&self.0);
        move |request| {
            count.fetch_add(1, Ordering::Relaxed);
            request
        }
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the calls of all tasks while faults come and go and time passes, until calls have ended in
/// every way. Then the breaker has as many calls as `started` counts, has given all places back,
/// and admits a probe that closes it.
pub(crate) async fn crowd<C, F>(
    stage: Stage,
    breaker: Breaker,
    seed: u64,
    started: &Started,
    call: C,
) where
    C: Fn(Asked) -> F + Clone + Send + 'static,
    F: Future<Output = Fate> + Send + 'static,
{
    let stage = Arc::new(stage);
    for round in 0..ROUNDS {
        come(&stage, seed, PATIENCE * 2_u32.pow(round), call.clone()).await;
        // A server learns later that its client has left.
        until(|| breaker.status().in_flight == Some(0)).await;
        assert_adds_up(&breaker, started.get());
        stage.registry.advance(EXPIRY);
        assert_eq!(call(Asked::Body).await, Fate::Success);
        assert_eq!(breaker.state(), State::Closed, "{}", breaker.status());
        if ends(breaker.status().totals).iter().all(|calls| 0 < *calls) {
            return;
        }
    }
    panic!("the machine is too busy for this test: {:?}", breaker.status().totals);
}

/// Makes the calls of all tasks while faults come and go.
async fn come<C, F>(stage: &Arc<Stage>, seed: u64, patience: Duration, call: C)
where
    C: Fn(Asked) -> F + Clone + Send + 'static,
    F: Future<Output = Fate> + Send + 'static,
{
    stage.patience.set(patience);
    let tasks = (0..TASKS).map(|task| {
        let random = Rng::with_seed(seed + task);
        tokio::spawn(one_of_many(Arc::clone(stage), random, call.clone()))
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    stage.set(Fault::None).await;
}

async fn one_of_many<F>(stage: Arc<Stage>, mut random: Rng, call: impl Fn(Asked) -> F)
where
    F: Future<Output = Fate>,
{
    for _ in 0..CALLS {
        stage.registry.advance(Duration::from_millis(100));
        let call = dropped_at_random(call(Asked::random(&mut random)), &mut random);
        // A body may hang, too.
        if timeout(2 * stage.patience.duration(), call).await == Ok(Some(Fate::Rejected)) {
            sleep(PAUSE).await;
        }
        if random.u8(..50) == 0 {
            stage.proxy.set(random_fault(&mut random)).await;
        }
    }
}

/// Runs a call to its end, or in half of the cases drops it after a few polls.
fn dropped_at_random<F: Future>(future: F, random: &mut Rng) -> LimitedPolls<F> {
    let left = if random.bool() { usize::MAX } else { random.usize(1..=MOST_POLLS) };
    LimitedPolls { future: Box::pin(future), left }
}

/// A future that is polled a number of times, and then ends without its result.
struct LimitedPolls<F> {
    future: Pin<Box<F>>,
    left: usize,
}

impl<F: Future> Future for LimitedPolls<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(None) };
        self.left = left;
        self.future.as_mut().poll(context).map(Some)
    }
}

/// A fault in one of four cases, or else none.
fn random_fault(random: &mut Rng) -> Fault {
    random.choice(Fault::EACH).filter(|_| random.u8(..4) == 0).unwrap_or(Fault::None)
}

fn assert_adds_up(breaker: &Breaker, started: u64) {
    let (totals, probes) = (breaker.status().totals, breaker.status().probes);
    assert_eq!(ends(totals).iter().sum::<u64>(), started, "{totals:?}");
    assert_eq!(probes, 0);
}

/// How many calls have ended in each way.
const fn ends(totals: Totals) -> [u64; 5] {
    let Totals { successes, failures, ignored, abandoned, rejected, .. } = totals;
    [successes, failures, ignored, abandoned, rejected]
}
