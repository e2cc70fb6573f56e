//! The shop: the function that calls the service, protected by an attribute.

use std::{error::Error, iter, net::SocketAddr, time::Duration};

use brama::{CircuitOpen, Registry, circuit_breaker};

use crate::node_number::NodeNumber;

pub(crate) struct Shop {
    registry: Registry,
    client: reqwest::Client,
    url: String,
}

impl Shop {
    pub(crate) fn new(
        registry: &Registry,
        service: SocketAddr,
        node: NodeNumber,
    ) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().timeout(CALL_TIMEOUT).build()?;
        let url = format!("http://{service}/{node}/price");
        Ok(Self { registry: registry.clone(), client, url })
    }

    /// What an item costs, in cents.
    #[circuit_breaker(
        identifier = "price",
        registry = &self.registry,
        failure_threshold = 5,
        expiry = "1s",
        reason = ToString::to_string,
    )]
    pub(crate) async fn price(&self) -> Result<u32, ShopError> {
        let answer = self.client.get(&self.url).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
    #[error("{}", in_words(.0))]
    Http(#[from] reqwest::Error),
}

/// The last cause: `reqwest` itself says "error sending request" and leaves the rest to its
/// sources.
fn in_words(error: &reqwest::Error) -> String {
    if let Some(status) = error.status() {
        return format!("HTTP {}", status.as_u16());
    }
    let chain = iter::successors(error.source(), |&error| error.source());
    chain.last().map_or_else(|| error.to_string(), ToString::to_string)
}

/// How long a call waits for the service.
const CALL_TIMEOUT: Duration = Duration::from_secs(1);
