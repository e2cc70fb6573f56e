//! The compiler reports a mistake in the body, once.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank")]
fn charge() -> Result<u8, CircuitOpen> {
    let paid = missing;
    Ok(paid)
}

fn main() {}
