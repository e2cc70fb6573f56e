//! A layer with a key has no readiness of one breaker.

use brama::tower::CircuitBreakerLayer;

fn main() {
    let layer = CircuitBreakerLayer::new("price_api").gate_readiness();
    let _keyed = layer.key(|item: &String| item.into());
}
