//! Makes calls like `instructions`, with a fleet and without one.
//!
//! A program of its own, because more code in a program moves the counts of every story by one.

#![expect(clippy::print_stdout, reason = "it lists the stories")]
#![expect(clippy::expect_used, reason = "the name is valid, and there is a runtime")]

#[path = "../body.rs"]
mod body;

use std::{env, hint::black_box};

use brama::{circuit_breaker, clock::SystemClock};
use brama_fleet::{Fleet, FleetPolicy, NodeName, memory::MemoryEngine, node::FleetMode};
use tokio::{runtime::Builder, task::yield_now};

use self::body::{AnswerError, answer};

const STORIES: [&str; 2] = ["attribute-success-without-fleet", "attribute-success-in-fleet"];

fn main() {
    let mut arguments = env::args().skip(1);
    let (story, calls) = (arguments.next(), arguments.next());
    let Some(calls) = calls.and_then(|calls| calls.parse().ok()) else {
        println!("{}", STORIES.join("\n"));
        return;
    };
    if story.as_deref() == Some(STORIES[1]) { successes_in_fleet(calls) } else { successes(calls) }
}

/// Both stories make the same calls, by the same instructions.
#[inline(never)]
fn successes(calls: u64) {
    for number in 0..=calls {
        black_box(&success(black_box(number)));
    }
}

#[circuit_breaker(identifier = "success")]
fn success(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

fn successes_in_fleet(calls: u64) {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _inside = runtime.enter();
    let (engine, node) = (MemoryEngine::new(SystemClock), NodeName::new("node").expect("a name"));
    let (registry, policy) = (brama::registry(), FleetPolicy::new());
    let fleet = Fleet::start(&registry, engine, node, policy, FleetMode::Active);
    let fleet = fleet.expect("a runtime");
    successes(0);
    // The task subscribes and surveys. Then it waits for its next heartbeat.
    runtime.block_on(async {
        while !fleet.status().is_linked {
            yield_now().await;
        }
    });
    successes(calls);
}
