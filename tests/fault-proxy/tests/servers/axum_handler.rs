//! A handler of axum that calls another server under the attribute, and answers a rejection by the
//! feature `axum08`.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use brama::circuit_breaker;
use fault_proxy::Fault;
use reqwest::Client;

use crate::{
    axum_server::fate,
    fetch::{FetchError, client},
    outage::{QUICK_TRIP, Stage},
    patience::Patience,
    upstream::Server,
};

#[derive(Clone)]
struct Upstream {
    client: Client,
    url: String,
    patience: Patience,
}

#[circuit_breaker(identifier = "upstream", failure_threshold = 3, expiry = "60s")]
async fn fetch(upstream: &Upstream, call: u64) -> Result<Vec<u8>, FetchError> {
    let request = upstream.client.get(format!("{}/calls/{call}", upstream.url));
    let response = request.timeout(upstream.patience.duration()).send().await?;
    Ok(response.error_for_status()?.bytes().await?.into())
}

async fn handle(
    State(upstream): State<Upstream>,
    Path(call): Path<u64>,
) -> Result<Vec<u8>, FetchError> {
    fetch(&upstream, call).await
}

#[tokio::test]
async fn each_fault_behind_the_handler_opens_the_breaker_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let (stage, client) = (Stage::new().await, client());
        // The server runs on the thread of the test.
        let _entered = stage.registry.enter();
        let (url, patience) = (stage.url(""), stage.patience.clone());
        let upstream = Upstream { client: client.clone(), url, patience };
        let routes = Router::new().route("/{call}", get(handle)).with_state(upstream);
        let server = Server::start(routes).await;
        let call = async |call| {
            let response = client.get(format!("http://{}/{call}", server.address)).send();
            fate(response.await.unwrap()).await
        };
        stage.outage(fault, QUICK_TRIP, call).await;
    }
}
