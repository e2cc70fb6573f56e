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
    pub(crate) got: Got,
    pub(crate) took: Duration,
}

/// What a caller got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Got {
    Answer,
    NotFound,
    Error,
    Rejection,
    Memory,
}

/// The present phase; `None` ends the visitors' loops. They hold the lock during a call, so that no
/// call spans two phases.
pub(crate) type Stage = Arc<RwLock<Option<Phase>>>;

/// Starts the visitors, which end by themselves.
pub(crate) fn welcome(runtime: &Runtime, shop: &Arc<Shop>, stage: &Stage) -> Receiver<Visit> {
    let (sender, visits) = mpsc::channel();
    for _ in 0..3 {
        runtime.spawn(browse(Arc::clone(shop), Arc::clone(stage), sender.clone()));
    }
    let (shop, stage) = (Arc::clone(shop), Arc::clone(stage));
    thread::spawn(move || count(&shop, &stage, &sender));
    visits
}

/// Asks for prices, from a task.
async fn browse(shop: Arc<Shop>, stage: Stage, visits: Sender<Visit>) {
    for item in ["tea", "cocoa", "coffee", "unicorn"].into_iter().cycle() {
        let phase = stage.read().await;
        if phase.is_none() {
            return;
        }
        let begun = SystemClock.now();
        let answer = shop::price(&shop, item).await;
        let got = answer.map_or_else(Got::from, |_cents| Got::Answer);
        if visits.send(Visit::new(Api::Price, got, begun)).is_err() {
            return;
        }
        drop(phase);
        tokio::time::sleep(PACE).await;
    }
}

/// Asks what is in stock, from a thread.
fn count(shop: &Shop, stage: &Stage, visits: &Sender<Visit>) {
    for item in ["tea", "cocoa", "coffee"].into_iter().cycle() {
        let phase = stage.blocking_read();
        if phase.is_none() {
            return;
        }
        let begun = SystemClock.now();
        let got = match shop::stock(shop, item) {
            Ok((_left, Source::Service)) => Got::Answer,
            Ok((_left, Source::Memory)) => Got::Memory,
            Err(error) => Got::from(error),
        };
        if visits.send(Visit::new(Api::Stock, got, begun)).is_err() {
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
    fn new(api: Api, got: Got, begun: Tick) -> Self {
        Self { api, got, took: SystemClock.now().since(begun) }
    }
}

impl From<ShopError> for Got {
    fn from(error: ShopError) -> Self {
        match error {
            ShopError::Rejected(_) => Self::Rejection,
            ShopError::Http(_) if error.is_not_found() => Self::NotFound,
            ShopError::Http(_) => Self::Error,
        }
    }
}
