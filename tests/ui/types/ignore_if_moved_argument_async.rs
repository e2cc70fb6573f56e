//! The predicate uses an argument that the async body has moved.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", ignore_if = |_| card.is_empty())]
async fn charge(card: String) -> Result<Vec<u8>, CircuitOpen> {
    Ok(card.into_bytes())
}

fn main() {}
