//! The client of hyper-util under the layer: `cargo run --package clients --example hyper`.

use std::time::Duration;

use brama::{
    Identity, PolicyPatch,
    tower::{CircuitBreakerLayer, http::Authority},
};
use bytes::Bytes;
use clients::{
    http_server::HttpServer,
    outage::{BoxError, check, outage},
};
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tower::{Service, ServiceBuilder, ServiceExt};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = HttpServer::start().await?;
    let layer = CircuitBreakerLayer::new("upstream")
        .policy(PolicyPatch::new().failure_threshold(3).expiry(Duration::from_millis(500)))?
        .server_errors()
        .until_end_of_body()
        .key_by(Authority);
    let mut client = ServiceBuilder::new()
        .layer(layer)
        .service(Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>());

    let breaker = brama::breaker(Identity::new("upstream").with_key(server.address()));
    let mut get = async |path: &str| {
        let request = Request::get(server.url(path)).body(Empty::new())?;
        let response = client.ready().await?.call(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok::<_, BoxError>((status, body))
    };

    let (status, body) = get("/price").await?;
    check("a call ends with its body", status == 200 && body == "1250")?;
    check("it was a success", breaker.status().totals.successes == 1)?;
    check("a body that ends too early is an error", get("/torn").await.is_err())?;
    check("it was a failure", breaker.status().totals.failures == 1)?;
    check("404 is an answer", get("/status/404").await?.0 == 404)?;
    check("it was a success, too", breaker.status().totals.successes == 2)?;

    outage(&breaker, server.switch(), async || get("/price").await.map(drop)).await?;
    Ok(())
}
