//! The visitor: calls one of the shop's functions in a loop, through all phases.

use std::{
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use brama::{
    circuit::Tick,
    clock::{Clock, SystemClock},
};
use tokio::{runtime::Runtime, sync::RwLock};

use crate::{
    api::Api,
    phase::Phase,
    shop::{self, Shop, ShopError, Source},
};

/// One call and its result.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) api: Api,
    pub(crate) result: CallResult,
    pub(crate) took: Duration,
}

/// The result of a call, as its caller sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallResult {
    Answer,
    NotFound,
    Error,
    Rejection,
    Memory,
}

/// The present phase; `None` ends the visitors' loops. They hold the lock during a call, so that no
/// call spans two phases.
pub(crate) type CurrentPhase = Arc<RwLock<Option<Phase>>>;

/// Starts the visitors, which end by themselves.
pub(crate) fn start(
    runtime: &Runtime,
    shop: &Arc<Shop>,
    current_phase: &CurrentPhase,
) -> Receiver<Visit> {
    let (sender, visits) = mpsc::channel();
    for _ in 0..3 {
        runtime.spawn(browse(Arc::clone(shop), Arc::clone(current_phase), sender.clone()));
    }
    let (shop, current_phase) = (Arc::clone(shop), Arc::clone(current_phase));
    thread::spawn(move || count(&shop, &current_phase, &sender));
    visits
}

/// Requests prices from a task.
async fn browse(shop: Arc<Shop>, current_phase: CurrentPhase, visits: Sender<Visit>) {
    for item in ["tea", "cocoa", "coffee", "unicorn"].into_iter().cycle() {
        let phase = current_phase.read().await;
        if phase.is_none() {
            return;
        }
        let begun = SystemClock.now();
        let answer = shop::price(&shop, item).await;
        let result = answer.map_or_else(CallResult::from, |_cents| CallResult::Answer);
        if visits.send(Visit::new(Api::Price, result, begun)).is_err() {
            return;
        }
        drop(phase);
        tokio::time::sleep(PACE).await;
    }
}

/// Requests stock levels from a thread.
fn count(shop: &Shop, current_phase: &CurrentPhase, visits: &Sender<Visit>) {
    for item in ["tea", "cocoa", "coffee"].into_iter().cycle() {
        let phase = current_phase.blocking_read();
        if phase.is_none() {
            return;
        }
        let begun = SystemClock.now();
        let result = match shop::stock(shop, item) {
            Ok((_left, Source::Service)) => CallResult::Answer,
            Ok((_left, Source::Memory)) => CallResult::Memory,
            Err(error) => CallResult::from(error),
        };
        if visits.send(Visit::new(Api::Stock, result, begun)).is_err() {
            return;
        }
        drop(phase);
        #[expect(clippy::disallowed_methods, reason = "a visitor without a runtime waits too")]
        thread::sleep(PACE);
    }
}

/// The time between two calls.
const PACE: Duration = Duration::from_millis(40);

impl Visit {
    fn new(api: Api, result: CallResult, begun: Tick) -> Self {
        Self { api, result, took: SystemClock.now().since(begun) }
    }
}

impl From<ShopError> for CallResult {
    fn from(error: ShopError) -> Self {
        match error {
            ShopError::Rejected(_) => Self::Rejection,
            ShopError::Http(_) if error.is_not_found() => Self::NotFound,
            ShopError::Http(_) => Self::Error,
        }
    }
}
