//! The engine in memory passes, and one that is wrong does not.

use std::{
    future::{Future, ready},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama_runtime::api::testing::ManualClock;

use super::*;
use crate::{
    engine::EngineAnswer,
    memory::{Faults, MemoryEngine},
    paused_clock::PausedClock,
};

/// The engine in memory on a clock that is moved by hand, with these faults.
struct MemoryBench {
    clock: ManualClock,
    faults: Faults,
}

impl TestBench for MemoryBench {
    type Engine = MemoryEngine;

    fn engine(&self) -> EngineAnswer<'_, MemoryEngine> {
        let engine = MemoryEngine::new(self.clock.clone());
        engine.set_faults(self.faults);
        Box::pin(ready(Ok(engine)))
    }

    fn pass(&self, length: Duration) -> Pause<'_> {
        Box::pin(async move { self.clock.advance(length) })
    }

    fn unit(&self) -> Duration {
        Duration::from_secs(1)
    }
}

fn failed_with(faults: Faults) -> Vec<(&'static str, Deviation)> {
    let bench = MemoryBench { clock: ManualClock::new(), faults };
    let mut failed = pin!(run(&bench));
    match failed.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(failed) => failed,
        Poll::Pending => panic!("the engine in memory waits for nothing"),
    }
}

#[test]
fn the_engine_in_memory_passes() {
    assert_eq!(failed_with(Faults::default()), []);
}

#[test]
fn an_engine_that_announces_nothing_fails_the_cases_about_announcements_only() {
    let failed = failed_with(Faults { lost: 1000, ..Faults::default() });
    let failed: Vec<_> = failed.into_iter().map(|(case, _)| case).collect();
    let expected = [
        "an_opening_is_announced_and_in_the_digest",
        "a_wait_for_an_announcement_that_was_given_up_loses_none",
        "a_lease_is_announced_with_its_holder",
        "a_rejection_ends_by_itself",
        "failures_of_enough_quiet_nodes_open_together",
    ];
    assert_eq!(failed, expected);
}

#[test]
fn an_engine_without_a_link_fails_every_case_and_says_why() {
    let failed = failed_with(Faults { down: true, ..Faults::default() });
    assert!(failed.iter().all(|(_, why)| why.to_string().contains("is down")), "{failed:?}");
    assert_eq!(failed.len(), 39);
}

/// An engine whose time passes by itself, as that of a server.
struct SleepingBench;

impl TestBench for SleepingBench {
    type Engine = MemoryEngine;

    fn engine(&self) -> EngineAnswer<'_, MemoryEngine> {
        let delay = Duration::from_millis(20);
        let engine = MemoryEngine::new(PausedClock::new());
        engine.set_faults(Faults { delay, ..Faults::default() });
        Box::pin(ready(Ok(engine)))
    }

    fn pass(&self, length: Duration) -> Pause<'_> {
        Box::pin(tokio::time::sleep(length))
    }

    fn unit(&self) -> Duration {
        Duration::from_millis(125)
    }
}

#[tokio::test(start_paused = true)]
async fn the_shortest_unit_suffices_though_announcements_take_their_time() {
    assert_eq!(run(&SleepingBench).await, []);
}
