//! Many nodes on one server.

use brama_fleet::engine::Engine;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::task::JoinSet;

use super::{open, server::Server, until};

const NODES: usize = 1_000;

#[tokio::test]
async fn a_thousand_connected_nodes_hear_one_decision() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files).unwrap();

    let server = Server::own();
    let mut nodes = JoinSet::new();
    for _ in 0..NODES {
        let engine = server.engine("crowd");
        let mut stream = until(async || engine.subscribe().await).await;
        nodes.spawn(async move { stream.next().await.unwrap().decision });
    }
    let opened = open(&server.engine("crowd")).await;
    while let Some(heard) = nodes.join_next().await {
        assert_eq!(heard.unwrap(), opened);
    }
}
