//! The last expression moves a variable and uses it again: the suggestion stays inside the body.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
async fn charge() -> Result<usize, CircuitOpen> {
    let card = String::new();
    paid(move || drop(card), card.len())
}

fn paid(_: impl FnOnce(), paid: usize) -> Result<usize, CircuitOpen> {
    Ok(paid)
}

fn main() {}
