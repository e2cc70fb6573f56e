//! The services behind the gateway, each with a breaker.

use std::error::Error;

use brama::circuit_breaker;
use reqwest::{Client, RequestBuilder, Url};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{arguments::UpstreamUrls, reviews::Reviews, upstream_error::UpstreamError};

pub(crate) struct Upstreams {
    client: Client,
    payments: Url,
    stock: Url,
    pub(crate) reviews: Reviews,
}

/// The breakers without which the gateway cannot do its work. A page without reviews is still one.
pub(crate) const NEEDED: [&str; 2] = ["payments", "stock"];

impl Upstreams {
    pub(crate) fn new(urls: UpstreamUrls) -> Result<Self, Box<dyn Error>> {
        let UpstreamUrls { payments, stock, reviews } = urls;
        let client = Client::builder().no_proxy().build()?;
        let reviews = Reviews::new(client.clone(), reviews)?;
        Ok(Self { client, payments, stock, reviews })
    }
}

/// What these two have in common. Operators set the rest in `gateway.toml`.
#[circuit_breaker(type = "http", timeout = "2s", span = true)]
impl Upstreams {
    #[circuit_breaker(identifier = "payments", failure_if = UpstreamError::is_outage)]
    pub(crate) async fn charge(&self, order: &Order) -> Result<Receipt, UpstreamError> {
        answer(self.client.post(self.payments.clone()).json(order)).await
    }

    /// Returns how many are left.
    #[circuit_breaker(identifier = "stock", failure_if = UpstreamError::is_outage)]
    pub(crate) async fn stock(&self, sku: &str) -> Result<u32, UpstreamError> {
        answer(self.client.get(self.stock.clone()).query(&Question { sku })).await
    }
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    sku: String,
    cents: u32,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Receipt {
    number: u64,
}

#[derive(Serialize)]
struct Question<'a> {
    sku: &'a str,
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, UpstreamError> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}
