//! What the engine promises about keys, rights, names and leases.

use std::time::Duration;

use brama_fleet::{
    BreakerName, FleetPolicy,
    ballot::{CallCounts, LeaseAnswer, ProbeReport, VoteAnswer},
    engine::{Engine, HandAction, Traffic},
};
use brama_runtime::api::Identity;

use super::{
    breaker, clear,
    differential::CLOCK,
    node, open, open_by, policy,
    server::{PASSWORD, Server, namespace},
    until,
};
use crate::{Namespace, RedisEngine};

#[tokio::test]
async fn every_key_bears_the_hash_tag_of_the_namespace_and_expires() {
    let server = Server::any();
    let engine = server.engine("keys");
    engine.vote(&node("b"), &breaker(), 2, &policy()).await.unwrap();
    open(&engine).await;
    let counts = CallCounts { calls: 1, failures: 1 };
    let quiet = BreakerName::of(&Identity::new("quiet"));
    let traffic = [breaker().into(), Traffic { breaker: quiet.clone(), counts }];
    let pooling = policy().pooled_failure_rate(50).unwrap();
    engine.beat(&node("a"), &traffic, &pooling).await.unwrap();
    let prefix = engine.namespace().prefix();
    let keys: Vec<String> = server.command(&["KEYS", &format!("{prefix}*")]);
    let mut kinds: Vec<_> = keys.iter().map(|key| &key[prefix.len()..]).collect();
    kinds.sort_unstable();
    let name = breaker();
    let of_votes = ["members", "state", "votes", "weights"].map(|kind| format!("{kind}:{name}"));
    let pooled = ["calls", "failing", "members", "reporters", "state"];
    let pooled = pooled.map(|kind| format!("{kind}:{quiet}"));
    let mut expected = ["known", "nodes", "open", "policies"].map(str::to_owned).to_vec();
    expected.extend(of_votes.into_iter().chain(pooled));
    expected.sort_unstable();
    assert_eq!(kinds, expected);
    for key in keys {
        let left: i64 = server.command(&["PTTL", &key]);
        assert!(0 < left, "{key} does not expire");
    }
}

#[tokio::test]
async fn the_documented_user_may_touch_nothing_else() {
    let server = Server::any();
    let mut connection = server.client().get_connection().unwrap();
    let commands: [&[&str]; 5] = [
        &["SMEMBERS", "other:key"],
        &["GET", "brama:key"],
        &["PUBLISH", "other", "message"],
        &["FLUSHALL"],
        &["CONFIG", "GET", "*"],
    ];
    for words in commands {
        let mut command = redis::cmd(words[0]);
        let error = command.arg(&words[1..]).exec(&mut connection).unwrap_err();
        assert_eq!(error.code(), Some("NOPERM"), "{words:?}");
    }
}

#[tokio::test]
async fn of_many_nodes_that_ask_at_once_one_has_the_lease() {
    let server = Server::any();
    let engine = server.engine("leases");
    let policy = policy().wait(Duration::from_millis(100)).unwrap();
    open_by(&engine, &policy).await;
    let mut asked = tokio::task::JoinSet::new();
    let first = until(async || match engine.lease(&node("first"), &breaker(), &policy).await {
        Ok(LeaseAnswer::Granted(lease)) => Ok(lease),
        other => Err(other),
    });
    let token = first.await.epoch();
    let report = ProbeReport::Inconclusive;
    engine.report(&node("first"), &breaker(), token, report, &policy).await.unwrap().unwrap();
    for number in 0..500 {
        let engine = engine.clone();
        asked.spawn(async move {
            let node = node(&format!("node-{number}"));
            engine.lease(&node, &breaker(), &policy).await.unwrap()
        });
    }
    let answers = asked.join_all().await;
    let granted = answers.iter().filter(|answer| matches!(answer, LeaseAnswer::Granted(_)));
    assert_eq!(granted.count(), 1);
}

#[tokio::test]
async fn namespaces_share_nothing() {
    let server = Server::any();
    let (one, other) = (server.engine("one"), server.engine("other"));
    open(&one).await;
    assert_eq!(other.beat(&node("a"), &[breaker().into()], &policy()).await.unwrap().decisions, []);
}

#[tokio::test]
async fn what_is_out_of_bounds_is_an_error_before_it_is_sent() {
    let server = Server::any();
    let engine = server.engine("bounds");
    let long = HandAction::Reject { length: 1, by: "x".repeat(600) };
    let error = engine.act(&breaker(), &long, &policy()).await.unwrap_err().to_string();
    assert!(error.contains("600 bytes, must be at most 512"), "{error}");
    let name = BreakerName::of(&Identity::new("x".repeat(2_000)));
    let error = engine.vote(&node("a"), &name, 1, &policy()).await.unwrap_err().to_string();
    assert!(error.contains("at most 1024"), "{error}");
    let endless = HandAction::Reject { length: u64::MAX, by: String::new() };
    engine.act(&breaker(), &endless, &policy()).await.unwrap().unwrap_err();
    clear(&engine).await.unwrap();
}

#[test]
fn a_time_limit_or_a_namespace_out_of_bounds_is_an_error() {
    let client = redis::Client::open("redis://127.0.0.1/").unwrap();
    let namespace = Namespace::new("test").unwrap();
    let engine = RedisEngine::new(&client, &namespace).unwrap();
    let error = engine.command_timeout(Duration::ZERO).unwrap_err();
    assert_eq!(error.to_string(), "the time-out of commands is 0ns, must be 1ms to 10s");
    Namespace::new("a:b").unwrap_err();
    Namespace::new("").unwrap_err();
}

#[test]
fn outside_of_a_runtime_a_command_is_an_error() {
    let client = redis::Client::open("redis://127.0.0.1/").unwrap();
    let engine = RedisEngine::new(&client, &Namespace::new("test").unwrap()).unwrap();
    let (node, breaker) = (node("a"), breaker());
    let mut answer = engine.retract(&node, &breaker);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = answer.as_mut().poll(&mut context) else {
        panic!("it waits")
    };
    assert!(error.to_string().contains("runtime of tokio"), "{error}");
}

#[test]
fn a_password_is_never_shown() {
    let client = redis::Client::open("redis://user:geheim@127.0.0.1/").unwrap();
    let engine = RedisEngine::new(&client, &Namespace::new("test").unwrap()).unwrap();
    assert!(!format!("{engine:?}").contains("geheim"));
}

#[test]
fn no_policy_outlasts_the_keys() {
    let longest = FleetPolicy::new()
        .heartbeat(Duration::from_secs(60))
        .and_then(|policy| policy.vote(Duration::from_secs(3_600)))
        .and_then(|policy| policy.longest_wait(Duration::from_secs(86_400)))
        .and_then(|policy| policy.lease(Duration::from_secs(600)))
        .unwrap();
    let terms = longest.terms();
    let (members, votes, state) = (180_000, 3_600_000, 172_800_000);
    let text = format!("local MEMBERS_TTL, VOTES_TTL, STATE_TTL = {members}, {votes}, {state}");
    assert!(include_str!("../scripts/ballot.lua").contains(&text));
    assert!(terms.member <= members && terms.vote <= votes);
    assert!(terms.longest_wait + terms.grace <= state);
    longest.heartbeat(Duration::from_secs(61)).unwrap_err();
    longest.vote(Duration::from_secs(3_601)).unwrap_err();
    longest.longest_wait(Duration::from_secs(86_401)).unwrap_err();
}

#[test]
fn the_readme_names_the_rules_of_the_user() {
    let readme = include_str!("../../README.md");
    for rule in crate::ACL_RULES {
        assert!(readme.contains(rule), "{rule}");
    }
}

#[tokio::test]
async fn an_opening_that_is_over_holds_no_vote_back() {
    let server = Server::any();
    let client = server.client_of("brama-with-clock", PASSWORD);
    let engine = RedisEngine::on(CLOCK, &client, &namespace("over")).unwrap();
    let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
    let key = format!("{}now", engine.namespace().prefix());
    let name = |number: u32| BreakerName::of(&Identity::new(format!("breaker-{number}")));
    let policy = FleetPolicy::new().min_votes(1).unwrap().max_open_percent(20).unwrap();
    let (node, names) = (node("a"), [1, 2, 3, 4, 5].map(name));

    server.command::<()>(&["SET", &key, "1700000000000"]);
    engine.beat(&node, &names.clone().map(Traffic::from), &policy).await.unwrap();
    server.command::<()>(&["SET", &key, "1700000006000"]);
    let opened = engine.vote(&node, &names[0], 1, &policy).await.unwrap();
    assert!(matches!(opened, VoteAnswer::Opened(_)), "{opened:?}");
    let second = engine.vote(&node, &names[1], 1, &policy).await.unwrap();
    assert!(matches!(second, VoteAnswer::HeldBack(_)), "{second:?}");

    server.command::<()>(&["SET", &key, "1700000051000"]);
    // No heartbeat has ended the opening, and five breakers would be known with it.
    for other in &names[1..] {
        engine.vote(&node, other, 0, &policy).await.unwrap();
    }
    server.command::<()>(&["SET", &key, "1700000057000"]);
    let later = engine.vote(&node, &names[1], 1, &policy).await.unwrap();
    assert!(matches!(later, VoteAnswer::Opened(_)), "{later:?}");
}

#[tokio::test]
async fn a_breaker_is_known_once_a_node_has_traffic_on_it() {
    let server = Server::any();
    let engine = server.engine("known");
    assert!(!until(async || engine.knows(&breaker()).await).await);
    engine.beat(&node("a"), &[Traffic::from(breaker())], &policy()).await.unwrap();
    assert!(engine.knows(&breaker()).await.unwrap());
}
