//! The answer uses an argument that the async body has moved.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", timeout = "5s", on_timeout = |_| Ok(card.into_bytes()))]
async fn charge(card: String) -> Result<Vec<u8>, CircuitOpen> {
    Ok(card.into_bytes())
}

fn main() {}
