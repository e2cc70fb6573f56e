//! Replicas and clusters.

use brama_fleet::engine::{Engine, HandAction};

use super::{breaker, clear, node, open, policy, server::Server, until};

#[tokio::test]
async fn a_replica_goes_on_where_its_primary_ended() {
    let (mut primary, replica) = (Server::own(), Server::own());
    let [host, port] = primary.as_primary();
    replica.command::<()>(&["REPLICAOF", &host, &port]);
    until(async || {
        let role: (String, redis::Value, redis::Value, String, i64) = replica.command(&["ROLE"]);
        if role.3 == "connected" { Ok(()) } else { Err(role.3) }
    })
    .await;
    let opened = open(&primary.engine("replica")).await;
    let engine = replica.engine("replica");
    let key = format!("{}open", engine.namespace().prefix());
    until(async || match replica.command::<i64>(&["EXISTS", &key]) {
        0 => Err("not yet copied"),
        _ => Ok(()),
    })
    .await;
    primary.kill();

    let error = engine.vote(&node("a"), &breaker(), 1, &policy()).await.unwrap_err().to_string();
    assert!(error.contains("read only") || error.contains("READONLY"), "{error}");
    replica.command::<()>(&["REPLICAOF", "NO", "ONE"]);
    let digest = engine.beat(&node("a"), &[breaker().into()], &policy()).await.unwrap().decisions;
    assert_eq!(
        (digest[0].decision.epoch, &digest[0].decision.phase),
        (opened.epoch, &opened.phase)
    );
    assert!(opened.epoch < clear(&engine).await.unwrap().epoch);
}

#[tokio::test]
async fn a_server_of_a_cluster_has_every_key_of_a_namespace() {
    let server = Server::with("cluster-enabled yes");
    server.command::<()>(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    let engine = server.engine("cluster");
    let mut stream = until(async || engine.subscribe().await).await;
    until(async || engine.retract(&node("a"), &breaker()).await).await;
    let opened = open(&engine).await;
    assert_eq!(stream.next().await.unwrap().decision, opened);
    let digest = engine.beat(&node("a"), &[breaker().into()], &policy()).await.unwrap().decisions;
    assert_eq!(digest[0].decision.epoch, opened.epoch);
    let action = HandAction::Reject { length: 1_000, by: "alice".to_owned() };
    engine.act(&breaker(), &action, &policy()).await.unwrap().unwrap();
}
