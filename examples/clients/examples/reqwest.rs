//! A client of HTTP, protected by the attribute and by the layer:
//! `cargo run --package clients --example reqwest`.

use std::{borrow::Cow, time::Duration};

use brama::{
    CircuitOpen, Identity, PolicyPatch, TimedOut, circuit_breaker,
    tower::{BreakerError, CircuitBreakerLayer},
};
use clients::{
    http_server::HttpServer,
    outage::{BoxError, outage},
};
use reqwest::{Body, Client, Request, Response, Url};
use tower::{Service, ServiceBuilder, ServiceExt};

#[derive(Debug, thiserror::Error)]
enum PriceError {
    #[error(transparent)]
    Http(reqwest::Error),
    #[error(transparent)]
    Late(#[from] TimedOut),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

impl From<reqwest::Error> for PriceError {
    /// The text becomes the reason of a failure, which many can read. A URL may contain secrets.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

/// Whether the service is to blame. If it answered with another status, it is well.
fn is_outage(error: &PriceError) -> bool {
    match error {
        PriceError::Http(error) => match error.status() {
            Some(status) => matches!(status.as_u16(), 500 | 502..=504),
            None => !error.is_redirect(),
        },
        PriceError::Late(_) | PriceError::Rejected(_) => true,
    }
}

#[circuit_breaker(
    identifier = "price_api",
    type = "http",
    ignore_if = |error| matches!(error, PriceError::Http(error) if error.is_builder()),
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
    timeout = "2s",
)]
async fn price(client: &Client, url: &str) -> Result<String, PriceError> {
    Ok(client.get(url).send().await?.error_for_status()?.text().await?)
}

/// The host and the port, as a key.
fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = HttpServer::start().await?;
    let (client, url) = (Client::builder().no_proxy().build()?, server.url("/price"));
    let call = async || price(&client, &url).await.map(drop);
    outage(&brama::breaker("price_api"), server.switch(), call).await?;

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
        .service(client);

    let url: Url = url.parse()?;
    let breaker = brama::breaker(Identity::new("upstream").with_key(authority(&url)));
    let call = async || {
        let request = Request::new(http::Method::GET, url.clone());
        let response: Response = client.ready().await?.call(request).await?;
        response.error_for_status().map(drop).map_err(BreakerError::Inner)
    };
    outage(&breaker, server.switch(), call).await?;
    Ok(())
}
