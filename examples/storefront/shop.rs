//! The shop: two functions that call the service, each protected by an attribute.

use std::{collections::HashMap, error::Error, iter, net::SocketAddr, sync::Mutex, time::Duration};

use brama::{CircuitOpen, Outcome, circuit_breaker};
use reqwest::StatusCode;

/// What an item costs, in cents. While its circuit is open, callers get an error at once.
#[circuit_breaker(
    identifier = "price",
    failure_threshold = 3,
    success_threshold = 2,
    expiry = "400ms",
    error_handler = |answer| match answer {
        Ok(_) => Outcome::Success,
        Err(error) if error.is_not_found() => Outcome::Ignore,
        Err(error) => Outcome::failure(error.to_string()),
    },
)]
pub(crate) async fn price(shop: &Shop, item: &str) -> Result<u32, ShopError> {
    let answer = shop.client.get(shop.url("price", item)).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// How many of an item are left, and where the number comes from. While its circuit is open,
/// callers get the number that the shop remembers.
#[circuit_breaker(
    identifier = "stock",
    failure_threshold = 5,
    success_threshold = 2,
    expiry = progressive("250ms", "1s"),
    on_open = |open| shop.remembered(item).ok_or(ShopError::Rejected(open)),
)]
pub(crate) fn stock(shop: &Shop, item: &str) -> Result<(u32, Source), ShopError> {
    let answer = shop.blocking_client.get(shop.url("stock", item)).send()?;
    let left = answer.error_for_status()?.json()?;
    shop.remember(item, left);
    Ok((left, Source::Service))
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Service,
    Memory,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ShopError {
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
    #[error("{}", in_words(.0))]
    Http(#[from] reqwest::Error),
}

impl ShopError {
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Http(error) if error.status() == Some(StatusCode::NOT_FOUND))
    }
}

/// The last cause: `reqwest` itself says "error sending request" and leaves the rest to its
/// sources.
fn in_words(error: &reqwest::Error) -> String {
    match error.status() {
        Some(status) => format!("HTTP {}", status.as_u16()),
        None if error.is_timeout() => String::from("timed out"),
        None => {
            let chain = iter::successors(error.source(), |&error| error.source());
            chain.last().map_or_else(|| error.to_string(), ToString::to_string)
        }
    }
}

pub(crate) struct Shop {
    service: SocketAddr,
    client: reqwest::Client,
    blocking_client: reqwest::blocking::Client,
    memory: Mutex<HashMap<String, u32>>,
}

impl Shop {
    pub(crate) fn new(service: SocketAddr) -> reqwest::Result<Self> {
        // A connection for each call: a pooled one would not notice that the listener is closed.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0);
        let blocking_client = reqwest::blocking::Client::builder().pool_max_idle_per_host(0);
        Ok(Self {
            service,
            client: client.timeout(CALL_TIMEOUT).build()?,
            blocking_client: blocking_client.timeout(CALL_TIMEOUT).build()?,
            memory: Mutex::default(),
        })
    }

    fn url(&self, api: &str, item: &str) -> String {
        format!("http://{}/{api}/{item}", self.service)
    }

    fn remember(&self, item: &str, left: u32) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.insert(item.to_owned(), left);
        }
    }

    fn remembered(&self, item: &str) -> Option<(u32, Source)> {
        let memory = self.memory.lock().ok()?;
        memory.get(item).map(|left| (*left, Source::Memory))
    }
}

/// How long a call waits for the service.
const CALL_TIMEOUT: Duration = Duration::from_millis(250);
