//! Gaps of the subscription.

use brama_fleet::engine::Engine;

use super::{clear, open, server::Server, until};

#[tokio::test]
async fn a_subscription_whose_connection_is_killed_has_a_gap_and_begins_again() {
    let server = Server::own();
    let engine = server.engine("subscription");
    let mut stream = engine.subscribe().await.unwrap();
    let opened = open(&engine).await;
    assert_eq!(stream.next().await.unwrap().decision, opened);
    server.command::<()>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    stream.next().await.expect_err("a gap");
    let mut stream = until(async || engine.subscribe().await).await;
    let cleared = until(async || clear(&engine).await).await;
    assert_eq!(stream.next().await.unwrap().decision, cleared);
}

#[tokio::test]
async fn whoever_listens_on_after_a_gap_hears_decisions_too() {
    let server = Server::own();
    let engine = server.engine("listening");
    let mut stream = engine.subscribe().await.unwrap();
    server.command::<()>(&["CLIENT", "KILL", "TYPE", "pubsub"]);
    stream.next().await.expect_err("a gap");
    let cleared = until(async || clear(&engine).await).await;
    assert_eq!(stream.next().await.unwrap().decision, cleared);
}

#[tokio::test]
async fn a_message_that_is_no_decision_is_a_gap_and_no_end() {
    let server = Server::own();
    let engine = server.engine("message");
    let mut stream = engine.subscribe().await.unwrap();
    let channel = engine.namespace().channel();
    for message in ["", "2|news", "1|~/a/~|open|x|0|0|0|0|0|"] {
        server.command::<i64>(&["PUBLISH", &channel, message]);
        stream.next().await.expect_err(message);
    }
    let opened = open(&engine).await;
    assert_eq!(stream.next().await.unwrap().decision, opened);
}

#[tokio::test]
async fn decisions_that_are_not_read_in_time_are_a_gap() {
    let server = Server::own();
    let engine = server.engine("unread");
    let mut stream = engine.subscribe().await.unwrap();
    for _ in 0..1_100 {
        until(async || clear(&engine).await).await;
    }
    let error = stream.next().await.unwrap_err().to_string();
    assert!(error.contains("faster than they were read"), "{error}");
    stream.next().await.unwrap();
}

#[tokio::test]
async fn a_server_that_restarts_is_a_gap() {
    let mut server = Server::own();
    let engine = server.engine("restart");
    let mut stream = engine.subscribe().await.unwrap();
    server.kill();
    stream.next().await.expect_err("a gap");
    server.start();
    let mut stream = until(async || engine.subscribe().await).await;
    let opened = open(&engine).await;
    assert_eq!(stream.next().await.unwrap().decision, opened);
}
