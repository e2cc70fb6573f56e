//! 200 tasks that share a client, drop calls at random, and meet random faults.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use brama::{PolicyPatch, State, Status, Totals, tower::CircuitBreakerLayer};
use fastrand::Rng;
use fault_proxy::Fault;
use tokio::time::sleep;
use tower::{Layer, ServiceExt};

use crate::{
    hyper_client::{client, fate, request},
    outage::{FAULTS, Fate, Stage},
    reqwest_client::{self, fate_of, fetch},
};

const TASKS: u64 = 200;
const CALLS: u64 = 25;
const PLACES: u32 = 100;
const EXPIRY: Duration = Duration::from_secs(5);
/// What hangs is given up soon, so that all calls end.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long a client rests that was rejected. Otherwise most calls would be.
const PAUSE: Duration = Duration::from_millis(20);
/// After so many polls at the latest, a call that is to be dropped is dropped.
const MOST_POLLS: usize = 8;

/// Polls a future so many times, and then drops it.
struct Polled<F> {
    future: Pin<Box<F>>,
    left: usize,
}

impl<F: Future> Future for Polled<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(None) };
        self.left = left;
        self.future.as_mut().poll(context).map(Some)
    }
}

/// Runs a call, or drops it at a random await.
async fn at_mercy<F: Future>(future: F, random: &mut Rng) -> Option<F::Output> {
    let left = if random.bool() { usize::MAX } else { random.usize(1..=MOST_POLLS) };
    Polled { future: Box::pin(future), left }.await
}

/// Makes the calls of all tasks while faults come and go and time passes. Every call ends.
async fn crowd<C, F>(stage: &Arc<Stage>, seed: u64, call: C)
where
    C: Fn(String) -> F + Clone + Send + 'static,
    F: Future<Output = Fate> + Send + 'static,
{
    stage.patience.set(PATIENCE);
    let tasks = (0..TASKS).map(|task| {
        let (stage, call) = (Arc::clone(stage), call.clone());
        let mut random = Rng::with_seed(seed + task);
        tokio::spawn(async move {
            for _ in 0..CALLS {
                stage.registry.advance(Duration::from_millis(100));
                let url = stage.url(&path(&mut random));
                let fate = at_mercy(call(url), &mut random).await;
                if fate == Some(Fate::Rejected) {
                    sleep(PAUSE).await;
                }
                if random.u8(..50) == 0 {
                    stage.proxy.set(weather(&mut random)).await;
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    stage.set(Fault::None).await;
}

/// A fault, or often none.
fn weather(random: &mut Rng) -> Fault {
    random.choice(FAULTS).filter(|_| random.u8(..4) == 0).unwrap_or(Fault::None)
}

/// What the server is asked for: a body, or sometimes a status.
fn path(random: &mut Rng) -> String {
    match random.u8(..10) {
        0 | 1 => "/status/429",
        2 => "/status/503",
        _ => "/calls/1",
    }
    .to_owned()
}

fn policy() -> PolicyPatch {
    PolicyPatch::new().failure_threshold(20).expiry(EXPIRY).concurrency_limit(PLACES)
}

/// Whether the calls of a breaker add up, and it has given all places back.
fn assert_adds_up(status: &Status, started: u64) {
    let totals = status.totals;
    let judged = totals.successes + totals.failures + totals.ignored;
    assert_eq!(judged + totals.abandoned + totals.rejected, started, "{totals:?}");
    assert_eq!(status.in_flight, Some(0));
    assert_eq!(status.probes, 0);
    let Totals { successes, failures, ignored, abandoned, rejected, .. } = totals;
    let all = [successes, failures, ignored, abandoned, rejected];
    assert!(all.iter().all(|count| 0 < *count), "the test does too little: {totals:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_layer_add_up_and_lose_no_permit() {
    let stage = Arc::new(Stage::new().await);
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "crowd").policy(policy());
    let layer = layer.unwrap().for_boxed_errors().server_errors().until_end_of_body();
    let service = layer.layer(client(&stage.patience));
    let call = move |url: String| {
        let call = service.clone().oneshot(request(url));
        async { fate(call.await).await }
    };
    crowd(&stage, 7, call.clone()).await;
    let breaker = stage.registry.breaker("crowd");
    assert_adds_up(&breaker.status(), TASKS * CALLS);
    stage.registry.advance(EXPIRY);
    assert_eq!(call(stage.url("/calls/1")).await, Fate::Success);
    assert_eq!(breaker.state(), State::Closed, "{}", breaker.status());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_function_add_up_and_lose_no_permit() {
    let stage = Arc::new(Stage::new().await);
    let client = reqwest_client::client();
    let breaker = stage.registry.breaker("reqwest");
    breaker.configure(policy()).unwrap();
    let call = {
        let stage = Arc::clone(&stage);
        move |url: String| {
            let (client, patience) = (client.clone(), stage.patience.duration());
            stage.registry.scope(async move { fate_of(fetch(&client, &url, patience).await) })
        }
    };
    crowd(&stage, 11, call.clone()).await;
    assert_adds_up(&breaker.status(), TASKS * CALLS);
    stage.registry.advance(EXPIRY);
    assert_eq!(call(stage.url("/calls/1")).await, Fate::Success);
    assert_eq!(breaker.state(), State::Closed, "{}", breaker.status());
}
