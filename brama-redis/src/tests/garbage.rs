//! What is over does not stay on the server, and what no script wrote is healed.

use std::{slice, time::Duration};

use brama_fleet::{
    BreakerName,
    ballot::{CallCounts, VoteAnswer},
    engine::{Engine, Traffic},
};
use brama_runtime::api::Identity;

use super::{
    breaker,
    differential::CLOCK,
    node, open, policy,
    server::{PASSWORD, Server, namespace},
};
use crate::RedisEngine;

const BEGINNING: u64 = 1_700_000_000_000;
const HOUR: u64 = 3_600_000;

/// An engine on a clock that the test sets.
struct Setup {
    server: Server,
    engine: RedisEngine,
    prefix: String,
}

fn setup(test: &str) -> Setup {
    let server = Server::any();
    let client = server.client_of("brama-with-clock", PASSWORD);
    let engine = RedisEngine::on(CLOCK, &client, &namespace(test)).unwrap();
    let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
    let prefix = engine.namespace().prefix();
    let setup = Setup { server, engine, prefix };
    setup.set_clock(BEGINNING);
    setup
}

/// Votes on a breaker count so long after its first heartbeat.
const SETTLE: u64 = 200;

impl Setup {
    fn set_clock(&self, millis: u64) {
        self.server.command::<()>(&["SET", &format!("{}now", self.prefix), &millis.to_string()]);
    }

    async fn settle(&self, names: &[BreakerName]) {
        self.settle_at(BEGINNING, names).await;
    }

    /// Lets a node use breakers, until votes on them count.
    async fn settle_at(&self, begin: u64, names: &[BreakerName]) {
        self.set_clock(begin);
        let traffic: Vec<_> = names.iter().cloned().map(Traffic::from).collect();
        self.engine.beat(&node("a"), &traffic, &policy()).await.unwrap();
        self.set_clock(begin + SETTLE);
    }

    fn count(&self, command: &str, key: &str) -> u64 {
        self.server.command(&[command, &format!("{}{key}", self.prefix)])
    }
}

#[tokio::test]
async fn nodes_calls_and_reporters_that_are_over_are_removed() {
    let setup = setup("over-nodes");
    let name = breaker();
    let pooling = policy().pooled_failure_rate(1).unwrap();
    let pooling = pooling.pooled_minimum_calls(1_000_000).unwrap();
    let traffic = [Traffic { breaker: name.clone(), counts: CallCounts { calls: 2, failures: 1 } }];
    for number in 0..100 {
        setup.set_clock(BEGINNING + number * 1_000);
        let of = node(&format!("node-{number}"));
        setup.engine.beat(&of, &traffic, &pooling).await.unwrap();
    }
    // Seven slots of calls and failures cover the window of a minute.
    assert!(setup.count("HLEN", &format!("calls:{name}")) <= 14);
    setup.set_clock(BEGINNING + 2 * HOUR);
    setup.engine.beat(&node("last"), &traffic, &pooling).await.unwrap();
    for kind in ["members", "reporters", "failing"] {
        assert_eq!(setup.count("ZCARD", &format!("{kind}:{name}")), 1, "{kind}");
    }
    assert_eq!(setup.count("HLEN", &format!("calls:{name}")), 2);
    for key in ["known", "nodes", "policies"] {
        assert_eq!(setup.count("ZCARD", key), 1, "{key}");
    }
}

#[tokio::test]
async fn nodes_that_are_long_gone_are_removed_though_nobody_votes_and_nothing_is_pooled() {
    let setup = setup("over-members");
    for (number, of) in [(0, "a"), (1, "b"), (2, "c")] {
        setup.set_clock(BEGINNING + number * 2 * HOUR);
        setup.engine.beat(&node(of), &[breaker().into()], &policy()).await.unwrap();
    }
    assert_eq!(setup.count("ZCARD", &format!("members:{}", breaker())), 1);
}

#[tokio::test]
async fn weights_of_votes_that_are_over_or_taken_back_are_removed() {
    let setup = setup("over-votes");
    let (name, policy) = (breaker(), policy().min_votes(100).unwrap());
    let weights = || setup.count("HLEN", &format!("weights:{name}"));
    setup.engine.vote(&node("a"), &name, 2, &policy).await.unwrap();
    assert_eq!(weights(), 1);
    setup.engine.retract(&node("a"), &name).await.unwrap();
    assert_eq!(weights(), 0);
    setup.engine.vote(&node("a"), &name, 2, &policy).await.unwrap();
    setup.set_clock(BEGINNING + HOUR);
    setup.engine.vote(&node("b"), &name, 1, &policy).await.unwrap();
    assert_eq!((weights(), setup.count("ZCARD", &format!("votes:{name}"))), (0, 1));
}

#[tokio::test]
async fn votes_count_no_more_once_the_key_of_their_members_has_expired() {
    let setup = setup("expired-members");
    let (name, policy) = (breaker(), policy().vote(Duration::from_millis(HOUR)).unwrap());
    setup.settle(slice::from_ref(&name)).await;
    setup.engine.vote(&node("a"), &name, 1, &policy).await.unwrap();
    // As the server does, on a clock that the test does not set.
    setup.server.command::<()>(&["DEL", &format!("{}members:{name}", setup.prefix)]);
    setup.set_clock(BEGINNING + HOUR / 2);
    let answer = setup.engine.vote(&node("b"), &name, 1, &policy).await.unwrap();
    assert!(matches!(&answer, VoteAnswer::Counted(it) if it.votes == 1), "{answer:?}");
}

#[tokio::test]
async fn a_breaker_about_which_nothing_is_decided_is_no_longer_read_with_each_heartbeat() {
    let setup = setup("over-open");
    setup.settle(&[breaker()]).await;
    open(&setup.engine).await;
    let open = format!("{}open", setup.prefix);
    setup.server.command::<()>(&["SADD", &open, "~/ghost/~"]);
    assert_eq!(setup.count("SCARD", "open"), 2);
    setup.engine.beat(&node("a"), &[], &policy()).await.unwrap();
    assert_eq!(setup.count("SCARD", "open"), 1);
    setup.set_clock(BEGINNING + HOUR);
    let digest = setup.engine.beat(&node("a"), &[], &policy()).await.unwrap();
    assert_eq!((digest.decisions.len(), setup.count("EXISTS", "open")), (0, 0));
}

#[tokio::test]
async fn numbers_that_no_script_wrote_count_as_none() {
    let setup = setup("forged");
    let key = format!("{}state:{}", setup.prefix, breaker());
    let forged = ["epoch", "1e300", "openings", "1e300", "phase", "closed", "until", "inf"];
    let words: Vec<_> = ["HSET", &key].into_iter().chain(forged).collect();
    setup.server.command::<()>(&words);
    setup.settle(&[breaker()]).await;
    let decision = open(&setup.engine).await;
    assert_eq!(decision.epoch, BEGINNING + SETTLE);
    assert_eq!(decision.remaining, policy().wait_of(1) + policy().terms().grace);
}

#[tokio::test]
async fn a_breaker_that_is_open_is_known_once_though_no_node_has_traffic_on_it() {
    let setup = setup("known");
    let name = |number: u32| BreakerName::of(&Identity::new(format!("breaker-{number}")));
    let policy = policy().max_open_percent(20).and_then(|it| it.wait(Duration::from_secs(60)));
    let (policy, node) = (policy.unwrap(), node("a"));
    let others: Vec<_> = (1..9).map(name).collect();
    setup.settle(&[name(0)]).await;
    setup.engine.vote(&node, &name(0), 1, &policy).await.unwrap();
    setup.settle_at(BEGINNING + 30_000, &others).await;
    // With the open one nine are known, of which one may be open, and of ten it would be two.
    let held_back = setup.engine.vote(&node, &name(1), 1, &policy).await.unwrap();
    assert!(matches!(held_back, VoteAnswer::HeldBack(_)), "{held_back:?}");
    setup.engine.vote(&node, &name(9), 0, &policy).await.unwrap();
    let opened = setup.engine.vote(&node, &name(1), 1, &policy).await.unwrap();
    assert!(matches!(opened, VoteAnswer::Opened(_)), "{opened:?}");
}
