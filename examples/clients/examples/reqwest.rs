//! A client of HTTP, protected by the attribute: `cargo run --package clients --example reqwest`.

use brama::{CircuitOpen, TimedOut, circuit_breaker};
use clients::{
    http_server::HttpServer,
    outage::{BoxError, outage},
};
use reqwest::{Client, StatusCode};

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
        PriceError::Http(error) => error.status().map_or(!error.is_redirect(), is_down),
        PriceError::Late(_) | PriceError::Rejected(_) => true,
    }
}

fn is_down(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502..=504)
}

/// A request that was not sent, or that exceeded a limit, is no verdict on the service.
fn is_no_verdict(error: &PriceError) -> bool {
    matches!(error, PriceError::Http(error)
        if error.is_builder() || error.status() == Some(StatusCode::TOO_MANY_REQUESTS))
}

#[circuit_breaker(
    identifier = "price_api",
    type = "http",
    ignore_if = is_no_verdict,
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
    timeout = "2s",
)]
async fn price(client: &Client, url: &str) -> Result<String, PriceError> {
    Ok(client.get(url).send().await?.error_for_status()?.text().await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = HttpServer::start().await?;
    let (client, url) = (Client::builder().no_proxy().build()?, server.url("/price"));
    let call = async || price(&client, &url).await.map(drop);
    outage(&brama::breaker("price_api"), server.switch(), call).await?;
    Ok(())
}
