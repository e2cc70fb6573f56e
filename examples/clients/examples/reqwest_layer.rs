//! A client of HTTP, protected by the layer, with a breaker for each host:
//! `cargo run --package clients --example reqwest_layer`.

use std::{borrow::Cow, time::Duration};

use brama::{
    Identity, PolicyPatch,
    tower::{BreakerError, CircuitBreakerLayer},
};
use clients::{
    http_server::HttpServer,
    outage::{BoxError, outage},
};
use reqwest::{Body, Client, Request, Response, Url};
use tower::{Service, ServiceBuilder, ServiceExt};

/// The host and the port, as a key.
fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = HttpServer::start().await?;
    // The presets read responses of the crate `http`: convert them inside, and back outside.
    let layer = CircuitBreakerLayer::new("upstream")
        .policy(PolicyPatch::new().failure_threshold(3).expiry(Duration::from_millis(500)))?
        .server_errors()
        .honor_retry_after(Duration::from_secs(60))
        .key(|request: &Request| Cow::Owned(authority(request.url())));
    let mut client = ServiceBuilder::new()
        .map_response(Response::from)
        .layer(layer)
        .map_response(http::Response::<Body>::from)
        .service(Client::builder().no_proxy().build()?);

    let url: Url = server.url("/price").parse()?;
    let breaker = brama::breaker(Identity::new("upstream").with_key(authority(&url)));
    let call = async || {
        let request = Request::new(http::Method::GET, url.clone());
        let response: Response = client.ready().await?.call(request).await?;
        response.error_for_status().map(drop).map_err(BreakerError::Inner)
    };
    outage(&breaker, server.switch(), call).await?;
    Ok(())
}
