//! `brama fleet`, on a real server, as the user that the documentation describes.

use std::{future::Future, time::Duration};

use brama::{
    Identity,
    fleet::{
        BreakerName, FleetPolicy, NodeName,
        ballot::VoteAnswer,
        engine::{Engine, LinkError, Traffic},
    },
};
use brama_redis::{ACL_RULES, Namespace, RedisEngine};
use redis_server::{PASSWORD, RedisServer, RedisUser};
use serde_json::Value;

use crate::command::{Answer, Run};

/// A fleet of three nodes on a server of its own.
struct TestFleet {
    server: RedisServer,
    engine: RedisEngine,
    runtime: tokio::runtime::Runtime,
    namespace: String,
}

const USER: &str = "brama";

impl TestFleet {
    /// The nodes have traffic on two breakers, with a key and without.
    fn new(test: &str) -> Self {
        let fleet = Self::without_nodes(test);
        let key = Identity::new("price").in_scope("shop").with_key("eu");
        let traffic = [Identity::new("payment_api"), key];
        let traffic = traffic.map(|it| Traffic::from(BreakerName::of(&it)));
        // However busy the machine is, they are alive for three minutes.
        let alive = FleetPolicy::new().heartbeat(Duration::from_secs(60)).unwrap();
        for name in ["one", "two", "three"] {
            let node = NodeName::new(name).unwrap();
            fleet.wait(async || fleet.engine.beat(&node, &traffic, &alive).await);
        }
        fleet
    }

    fn without_nodes(test: &str) -> Self {
        let server = RedisServer::any(&[RedisUser::new(USER, ACL_RULES.iter().copied())]);
        let namespace = format!("test-{}-{test}", std::process::id());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = server.client_of(USER);
        let engine = RedisEngine::new(&client, &Namespace::new(&namespace).unwrap()).unwrap();
        let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
        Self { server, engine, runtime, namespace }
    }

    fn wait<T, F: Future<Output = Result<T, LinkError>>>(&self, run: impl FnOnce() -> F) -> T {
        self.runtime.block_on(run()).unwrap()
    }

    /// Opens the breaker by the votes of all nodes, once they count.
    fn open(&self) {
        let vote = |name: &str| {
            let node = NodeName::new(name).unwrap();
            self.wait(async || self.engine.vote(&node, &payment_api(), 1, &policy()).await)
        };
        vote("one");
        vote("two");
        while !matches!(vote("three"), VoteAnswer::Opened(_)) {}
    }

    /// The phases of what is decided.
    fn decided(&self) -> Vec<String> {
        let json = self.run(&["status"], &["--format", "json"]).json();
        let breakers = json.get("breakers").unwrap().as_array().unwrap();
        let phase = |it: &Value| it.get("phase").unwrap().as_str().unwrap().to_owned();
        breakers.iter().map(phase).collect()
    }

    /// Runs `brama fleet` with the address in the variable.
    fn run(&self, before: &[&str], after: &[&str]) -> Answer {
        let namespace = ["--namespace", self.namespace.as_str()];
        let arguments = [&["fleet"], before, &namespace, after].concat();
        let url = self.server.address_of(USER);
        let answer = Run::new("fleet", &arguments).variable("BRAMA_FLEET_URL", &url).answer();
        let all = format!("{}{}", answer.stdout, answer.stderr);
        assert!(!all.contains(PASSWORD), "{all}");
        answer
    }

    /// The table of a configuration file.
    fn table(&self, more: &str) -> String {
        let (url, namespace) = (self.server.address_of(USER), &self.namespace);
        format!("[fleet]\nurl = \"{url}\"\nnamespace = \"{namespace}\"\n{more}")
    }
}

/// By this policy, votes count soon after the first heartbeat.
fn policy() -> FleetPolicy {
    FleetPolicy::new().heartbeat(Duration::from_millis(100)).unwrap()
}

fn payment_api() -> BreakerName {
    BreakerName::of(&Identity::new("payment_api"))
}

const BY: [&str; 4] = ["--actor", "alice", "--reason", "migration"];

#[test]
fn the_status_shows_each_decision_with_its_votes() {
    let fleet = TestFleet::new("status");
    let answer = fleet.run(&["status"], &[]);
    assert!(answer.stdout.ends_with(": 3 nodes, nothing is decided\n"), "{}", answer.stdout);
    fleet.open();
    let answer = fleet.run(&["status"], &[]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
    assert!(answer.stdout.contains(": 3 nodes, 1 decision\n"), "{}", answer.stdout);
    let line = answer.stdout.lines().last().unwrap();
    assert!(line.starts_with("payment_api  open, 2"), "{line}");
    assert!(line.ends_with("s until a probe (3 of 3 nodes)"), "{line}");
}

#[test]
fn the_status_in_json_has_what_programs_need() {
    let fleet = TestFleet::new("json");
    fleet.open();
    let json = fleet.run(&["status"], &["--format", "json"]).json();
    assert_eq!((json["nodes"].as_u64(), json["policies"].as_u64()), (Some(3), Some(1)));
    let breaker = &json["breakers"][0];
    assert_eq!(breaker["identifier"], "payment_api");
    assert_eq!((&breaker["phase"], &breaker["votes"]), (&"open".into(), &3.into()));
    // The policy of the nodes is not known without their file.
    assert!(breaker["quorum"].is_null() && breaker["key"].is_null());
}

#[test]
fn a_file_names_the_store_and_the_policy() {
    let fleet = TestFleet::new("file");
    fleet.open();
    let run = Run::new("fleet", &["fleet", "status", "--config", "file.toml"]);
    let answer = run.file("file.toml", &fleet.table("heartbeat = \"100ms\"\n")).answer();
    assert!(answer.stdout.contains("(3 of 3 nodes, 3 open)"), "{}{}", answer.stdout, answer.stderr);
}

#[test]
fn every_call_is_rejected_by_hand_until_it_is_cleared() {
    let fleet = TestFleet::new("hand");
    let answer = fleet.run(&["reject"], &[&BY[..], &["--for", "5m", "payment_api"]].concat());
    let done = "payment_api rejects every call on 3 nodes for 5m (alice: migration)\n";
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), done), "{}", answer.stderr);
    let status = fleet.run(&["status"], &[]).stdout;
    assert!(status.contains("payment_api  rejected by hand, 4m 5"), "{status}");
    assert!(status.ends_with("left (alice: migration)\n"), "{status}");

    let answer = fleet.run(&["clear"], &[&BY[..], &["payment_api"]].concat());
    let done = "payment_api is cleared on 3 nodes (alice: migration)\n";
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), done));
    assert!(fleet.decided().is_empty());
}

#[test]
fn another_word_for_reject_names_scope_and_key() {
    let fleet = TestFleet::new("alias");
    let place = ["--scope", "shop", "--key", "eu", "--for", "30s", "price"];
    let answer = fleet.run(&["refuse"], &[&BY[..], &place].concat());
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert_eq!(fleet.decided(), ["rejected_by_hand"]);
}

#[test]
fn an_address_as_an_argument_is_used_with_a_warning_about_its_password() {
    let fleet = TestFleet::new("argument");
    let url = fleet.server.address_of(USER);
    let arguments = ["fleet", "status", &url, "--namespace", &fleet.namespace];
    let answer = Run::new("fleet", &arguments).answer();
    assert_eq!(answer.status, Some(0));
    assert!(answer.stderr.contains("set BRAMA_FLEET_URL instead"), "{}", answer.stderr);
    let words = [url.as_str(), "payment_api", "--for", "10s"];
    let arguments =
        [&["fleet", "reject", "--namespace", &fleet.namespace], &BY[..], &words].concat();
    let answer = Run::new("fleet", &arguments).answer();
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(!answer.stderr.contains(PASSWORD), "{}", answer.stderr);
}

/// The exit status, and the last lines of the standard error.
fn assert_fails(answer: &Answer, status: i32, parts: &[&str]) {
    assert_eq!(answer.status, Some(status), "{}{}", answer.stdout, answer.stderr);
    for part in parts {
        assert!(answer.stderr.contains(part), "{part}: {}", answer.stderr);
    }
}

#[test]
fn a_name_that_no_node_has_is_an_error_and_nothing_is_done() {
    let fleet = TestFleet::new("unknown");
    let arguments = [&BY[..], &["--for", "5m", "payment_apy"]].concat();
    let answer = fleet.run(&["reject"], &arguments);
    let error =
        "none of 3 nodes had traffic on `payment_apy` within the last hour, and nothing was";
    assert_fails(&answer, 1, &[error, "help: correct the name", "--anyway"]);
    assert!(fleet.decided().is_empty());
    let answer = fleet.run(&["reject"], &[&arguments[..], &["--anyway"]].concat());
    assert_eq!((answer.status, fleet.decided().len()), (Some(0), 1));
}

#[test]
fn a_namespace_without_nodes_is_an_error() {
    let fleet = TestFleet::without_nodes("nobody");
    let nobody = ["no node is alive", "help: correct the namespace"];
    assert_fails(&fleet.run(&["status"], &[]), 1, &nobody);
    let arguments = [&BY[..], &["--for", "5m", "payment_api"]].concat();
    assert_fails(&fleet.run(&["reject"], &arguments), 1, &nobody);
}

#[test]
fn a_rejection_that_no_node_would_obey_says_which_setting_to_raise() {
    let fleet = TestFleet::new("long");
    let arguments = [&BY[..], &["--for", "10m", "payment_api"]].concat();
    let answer = fleet.run(&["reject"], &arguments);
    assert_fails(&answer, 1, &["600000 ms, must be 1 ms to 300000 ms", "raise it in [fleet]"]);
    let arguments = ["fleet", "reject", "--config", "long.toml", "--for", "10m", "payment_api"];
    let run = Run::new("fleet", &[&arguments[..], &BY].concat());
    let answer = run.file("long.toml", &fleet.table("longest_wait = \"1h\"\n")).answer();
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
}

#[test]
fn a_rejection_of_no_length_is_pointed_to_the_command_and_to_no_setting() {
    let fleet = TestFleet::new("no-length");
    let arguments = [&BY[..], &["--for", "0s", "payment_api"]].concat();
    let answer = fleet.run(&["reject"], &arguments);
    assert_fails(&answer, 1, &["0 ms, must be 1 ms to 300000 ms", "help: write a longer --for"]);
}

#[test]
fn a_store_that_does_not_answer_says_what_to_check() {
    let status = |url: &str| {
        let arguments = ["fleet", "status", "--namespace", "test"];
        Run::new("fleet", &arguments).variable("BRAMA_FLEET_URL", url).answer()
    };
    let answer = status("redis://brama:secret@127.0.0.1:1/");
    assert_fails(&answer, 1, &["test at redis://brama:***@127.0.0.1:1/", "a server listens there"]);
    let server = RedisServer::own(&[RedisUser::new(USER, ACL_RULES.iter().copied())]);
    let wrong = server.address_of(USER).replace(PASSWORD, "wrong");
    assert_fails(&status(&wrong), 1, &["help: correct user and password"]);
    let server = RedisServer::own(&[RedisUser::new(USER, ["+ping"])]);
    assert_fails(&status(&server.address_of(USER)), 1, &["help: give the user of the store"]);
}

#[test]
fn a_failure_in_json_has_its_help() {
    let arguments = ["fleet", "status", "--namespace", "test", "--format", "json"];
    let run = Run::new("fleet", &arguments).variable("BRAMA_FLEET_URL", "redis://127.0.0.1:1/");
    let answer = run.answer();
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(1), ""));
    assert!(answer.json()["help"].as_str().unwrap().contains("listens there"));
}

#[test]
fn a_store_that_is_not_named_is_an_error_of_the_arguments() {
    let run = |arguments: &[&str]| Run::new("fleet", &[&["fleet"], arguments].concat());
    let answer = run(&["status", "--namespace", "test"]).answer();
    assert_fails(&answer, 2, &["no store is named", "BRAMA_FLEET_URL", "--config"]);
    let answer = run(&["status", "redis://127.0.0.1:1/"]).answer();
    assert_fails(&answer, 2, &["no namespace is named", "--namespace"]);
    let answer = run(&["status", "http://127.0.0.1:1/", "--namespace", "test"]).answer();
    assert_fails(&answer, 2, &["write it like redis://USER:PASSWORD@HOST:6379/"]);
    let answer = run(&["status", "--config", "none.toml"]).file("none.toml", "[defaults]\n");
    assert_fails(&answer.answer(), 1, &["none.toml has no table [fleet]"]);
    let answer =
        run(&["status", "--config", "bad.toml"]).file("bad.toml", "[fleet]\npercent = 0\n");
    assert_fails(&answer.answer(), 1, &["`percent` is 0", "`url` is missing"]);
    #[cfg(not(feature = "tls"))]
    {
        let answer = run(&["status", "rediss://127.0.0.1:1/", "--namespace", "test"]).answer();
        assert_fails(&answer, 2, &["with the feature `tls`"]);
    }
    let words = ["clear", "--namespace", "test", "redis://127.0.0.1:1/"];
    let answer = run(&[&words[..], &BY].concat()).answer();
    assert_fails(&answer, 2, &["the breaker is missing"]);
}
