//! Faults of the server: no command waits for long, and the engine works again by itself.

use std::time::Duration;

use brama_fleet::engine::Engine;
use rustix::process::Signal;

use super::{breaker, clear, node, now, open, policy, server::Server, until};
use crate::{RedisEngine, scripts::CLOCK};

/// Ten times the time limit of a command: the machine may be busy.
const SOON: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_server_that_is_stopped_costs_a_command_its_time_limit() {
    let server = Server::own();
    let before = open(&server.engine("stopped")).await.epoch;
    let engine = server.hasty_engine("stopped");
    until(async || engine.retract(&node("b"), &breaker()).await).await;
    server.signal(Signal::STOP);
    for _ in 0..5 {
        let start = now();
        clear(&engine).await.unwrap_err();
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    server.signal(Signal::CONT);
    let after = until(async || clear(&engine).await).await.epoch;
    assert!(before < after);
}

#[tokio::test]
async fn a_server_that_is_killed_and_starts_empty_goes_on_with_greater_epochs() {
    let mut server = Server::own();
    let engine = server.engine("killed");
    let before = open(&engine).await.epoch;
    server.kill();
    for _ in 0..5 {
        let start = now();
        clear(&engine).await.unwrap_err();
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    server.start();
    let digest =
        until(async || engine.beat(&node("a"), &[breaker().into()], &policy()).await).await;
    assert_eq!(digest.decisions, [], "the server has lost its data");
    assert!(before < open(&engine).await.epoch);
}

#[tokio::test]
async fn scripts_that_the_server_has_forgotten_are_loaded_again() {
    let server = Server::own();
    let engine = server.engine("forgotten");
    open(&engine).await;
    server.command::<()>(&["SCRIPT", "FLUSH"]);
    clear(&engine).await.unwrap();
    open(&engine).await;
}

#[tokio::test]
async fn data_that_is_flushed_takes_no_epoch_back() {
    let server = Server::own();
    let engine = server.engine("flushed");
    let before = open(&engine).await.epoch;
    server.command::<()>(&["FLUSHALL"]);
    // In the millisecond of the last decision, the number would be the same.
    let millis = || {
        let [seconds, micros]: [u64; 2] = server.command(&["TIME"]);
        seconds * 1_000 + micros / 1_000
    };
    while millis() <= before {}
    assert!(before < open(&engine).await.epoch);
}

#[tokio::test]
async fn a_server_that_is_paused_costs_a_command_its_time_limit() {
    let server = Server::own();
    let engine = server.hasty_engine("paused");
    until(async || clear(&engine).await).await;
    server.command::<()>(&["CLIENT", "PAUSE", "3000", "ALL"]);
    let start = now();
    clear(&engine).await.unwrap_err();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    until(async || clear(&engine).await).await;
}

#[tokio::test]
async fn a_wrong_password_is_an_error_until_the_server_knows_it() {
    let server = Server::own();
    let client = server.client_of("brama-of-tests", "wrong");
    let engine = RedisEngine::on(CLOCK, &client, &super::server::namespace("password")).unwrap();
    let error = clear(&engine).await.unwrap_err().to_string();
    assert!(!error.contains("wrong\"") && error.contains("assword"), "{error}");
    server.command::<()>(&["ACL", "SETUSER", "brama-of-tests", ">wrong"]);
    until(async || clear(&engine).await).await;
}

#[tokio::test]
async fn a_server_with_too_many_clients_is_tried_again() {
    let server = Server::own();
    let engine = server.engine("clients");
    let administrator = server.administrator();
    let mut administrator = administrator.get_connection().unwrap();
    let mut set = async |most: u32| {
        let mut command = redis::cmd("CONFIG");
        command.arg("SET").arg("maxclients").arg(most).exec(&mut administrator).unwrap();
    };
    set(1).await;
    clear(&engine).await.unwrap_err();
    set(100).await;
    until(async || clear(&engine).await).await;
}

#[tokio::test]
async fn a_server_without_memory_answers_errors_until_it_has_some() {
    let server = Server::own();
    let engine = server.engine("memory");
    clear(&engine).await.unwrap();
    server.command::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    server.command::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    let voted = engine.vote(&node("a"), &breaker(), 1, &policy()).await;
    let error = voted.unwrap_err().to_string();
    assert!(error.contains("OOM"), "{error}");
    server.command::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    open(&engine).await;
}

#[tokio::test]
async fn a_key_of_another_type_is_an_error_of_that_breaker() {
    let server = Server::own();
    let engine = server.engine("types");
    let key = format!("{}state:{}", engine.namespace().prefix(), breaker());
    server.command::<()>(&["SET", &key, "garbage"]);
    let error = clear(&engine).await.unwrap_err().to_string();
    assert!(error.contains("WRONGTYPE"), "{error}");
    server.command::<()>(&["DEL", &key]);
    clear(&engine).await.unwrap();
}

#[tokio::test]
async fn state_that_no_script_wrote_is_healed_by_the_next_decision() {
    let server = Server::own();
    let engine = server.engine("state");
    let key = format!("{}state:{}", engine.namespace().prefix(), breaker());
    server.command::<()>(&["HSET", &key, "epoch", "nan", "phase", "ajar", "until", "-1e300"]);
    open(&engine).await;
}
