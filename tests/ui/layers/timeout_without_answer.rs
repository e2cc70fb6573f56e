//! A layer whose rejections are responses needs a response for calls that take too long.

use std::{convert::Infallible, time::Duration};

use brama::tower::CircuitBreakerLayer;
use tower::{Layer, Service, service_fn};

async fn price(item: String) -> Result<Option<u32>, Infallible> {
    Ok(item.parse().ok())
}

fn is_service<S: Service<String>>(_: S) {}

fn main() {
    let layer = CircuitBreakerLayer::new("price_api").reject_with(|_| None::<u32>);
    is_service(layer.timeout(Duration::from_secs(1)).layer(service_fn(price)));
}
