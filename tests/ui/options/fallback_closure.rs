//! A closure as the fallback.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = |_| Ok(()))]
fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
