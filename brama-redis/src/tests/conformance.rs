//! The conformance suite of engines, on a clock that is moved.

use std::{
    future::ready,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use brama_fleet::{
    conformance::{Pause, TestBench, run},
    engine::EngineAnswer,
};

use super::{
    differential::CLOCK,
    server::{PASSWORD, Server, namespace},
};
use crate::RedisEngine;

struct Bench {
    server: Server,
    /// The time, and the prefixes of the engines that were made.
    clock: Mutex<(u64, Vec<String>)>,
}

impl Bench {
    fn advance(&self, length: Duration) {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.0 += u64::try_from(length.as_millis()).unwrap();
        let now = clock.0.to_string();
        for prefix in &clock.1 {
            self.server.command::<()>(&["SET", &format!("{prefix}now"), &now]);
        }
    }
}

impl TestBench for Bench {
    type Engine = RedisEngine;

    fn engine(&self) -> EngineAnswer<'_, RedisEngine> {
        let client = self.server.client_of("brama-with-clock", PASSWORD);
        let number = self.clock.lock().unwrap_or_else(PoisonError::into_inner).1.len();
        let namespace = namespace(&format!("conformance-{number}"));
        let engine = RedisEngine::on(CLOCK, &client, &namespace).unwrap();
        let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).1.push(namespace.prefix());
        self.advance(Duration::ZERO);
        Box::pin(ready(Ok(engine)))
    }

    fn pass(&self, length: Duration) -> Pause<'_> {
        self.advance(length);
        Box::pin(ready(()))
    }

    fn unit(&self) -> Duration {
        Duration::from_secs(1)
    }
}

#[tokio::test]
async fn the_engine_passes_the_conformance_suite() {
    let clock = Mutex::new((1_700_000_000_000, Vec::new()));
    let bench = Bench { server: Server::any(), clock };
    let failed = run(&bench).await;
    assert!(failed.is_empty(), "{failed:#?}");
}
