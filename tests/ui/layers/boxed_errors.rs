//! A service whose errors are boxes needs `for_boxed_errors`.

use brama::tower::{BoxError, CircuitBreakerLayer};
use tower::{Layer, Service, service_fn};

async fn price(item: String) -> Result<u32, BoxError> {
    Ok(item.parse()?)
}

fn is_service<S: Service<String>>(_: S) {}

fn main() {
    is_service(CircuitBreakerLayer::new("price_api").layer(service_fn(price)));
}
