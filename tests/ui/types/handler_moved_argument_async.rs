//! The handler uses an argument that the async body has moved.

use brama::{CircuitOpen, Outcome, circuit_breaker};

#[circuit_breaker(identifier = "bank", error_handler = |_| Outcome::from(card.is_empty()))]
async fn charge(card: String) -> Result<Vec<u8>, CircuitOpen> {
    Ok(card.into_bytes())
}

fn main() {}
