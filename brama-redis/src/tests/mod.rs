//! Tests of the engine on a real server, as the user that the documentation describes.

mod conformance;
mod crowd;
mod differential;
mod fault_trials;
mod faults;
mod file;
mod gaps;
mod garbage;
mod impostor;
mod lines;
mod promises;
mod replicas;
mod server;
mod test_fleet;

use std::time::{Duration, Instant};

use brama_fleet::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Decision, FleetPhase, VoteAnswer},
    engine::{Engine, HandAction, LinkError},
};
use brama_runtime::api::Identity;

use crate::RedisEngine;

fn node(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

fn breaker() -> BreakerName {
    BreakerName::of(&Identity::new("payment_api"))
}

/// One vote opens.
fn policy() -> FleetPolicy {
    let policy = FleetPolicy::new().min_votes(1).and_then(|policy| policy.percent(1));
    policy.and_then(|policy| policy.heartbeat(Duration::from_millis(100))).unwrap()
}

/// Opens the breaker for the fleet, once a vote counts.
async fn open(engine: &RedisEngine) -> Decision {
    open_by(engine, &policy()).await
}

async fn open_by(engine: &RedisEngine, policy: &FleetPolicy) -> Decision {
    let vote = async || match engine.vote(&node("a"), &breaker(), 1, policy).await {
        Ok(VoteAnswer::Opened(decision)) => Ok(decision),
        other => Err(other),
    };
    let decision = until(vote).await;
    assert!(matches!(decision.phase, FleetPhase::Open { .. }));
    decision
}

async fn clear(engine: &RedisEngine) -> Result<Decision, LinkError> {
    let action = HandAction::Clear { by: "alice: a test".to_owned() };
    Ok(engine.act(&breaker(), &action, &policy()).await?.unwrap())
}

/// Tries until something works. Each try waits for the server, and none sleeps.
async fn until<T, E: std::fmt::Debug>(mut attempt: impl AsyncFnMut() -> Result<T, E>) -> T {
    let deadline = now() + DEADLINE;
    loop {
        match attempt().await {
            Ok(done) => return done,
            Err(error) => assert!(now() < deadline, "{error:?}"),
        }
        tokio::task::yield_now().await;
    }
}

/// Generous: the machine may be busy.
const DEADLINE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "a deadline, and how long a command took")]
fn now() -> Instant {
    Instant::now()
}
