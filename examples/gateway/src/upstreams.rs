//! The services behind the gateway, each with a breaker.

use std::error::Error;

use axum::body::Bytes;
use brama::circuit_breaker;
use reqwest::{Client, RequestBuilder, Url};
use serde::{Deserialize, Serialize};

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

/// Texts are parsed outside of the breakers: a service that answers another text than expected has
/// answered.
impl Upstreams {
    pub(crate) async fn charge(&self, order: &Order) -> Result<Receipt, UpstreamError> {
        Ok(serde_json::from_slice(&self.post_order(order).await?)?)
    }

    /// Returns how many are left.
    pub(crate) async fn stock(&self, sku: &str) -> Result<u32, UpstreamError> {
        Ok(serde_json::from_slice(&self.get_stock(sku).await?)?)
    }
}

/// What these two have in common. Operators set the rest in `gateway.toml`.
#[circuit_breaker(type = "http", timeout = "2s", span = true)]
impl Upstreams {
    #[circuit_breaker(
        identifier = "payments",
        failure_if = UpstreamError::is_outage,
        ignore_if = UpstreamError::is_rate_limit,
    )]
    async fn post_order(&self, order: &Order) -> Result<Bytes, UpstreamError> {
        answer(self.client.post(self.payments.clone()).json(order)).await
    }

    #[circuit_breaker(
        identifier = "stock",
        failure_if = UpstreamError::is_outage,
        ignore_if = UpstreamError::is_rate_limit,
    )]
    async fn get_stock(&self, sku: &str) -> Result<Bytes, UpstreamError> {
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

/// The whole body, so that one that dies half-way is a failure.
async fn answer(request: RequestBuilder) -> Result<Bytes, UpstreamError> {
    Ok(request.send().await?.error_for_status()?.bytes().await?)
}
