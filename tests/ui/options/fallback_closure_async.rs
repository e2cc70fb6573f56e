//! A closure as the fallback of an async function.

use brama::{CircuitOpen, circuit_breaker};

#[circuit_breaker(identifier = "bank", fallback = |_open| Ok(()))]
async fn charge() -> Result<(), CircuitOpen> {
    Ok(())
}

fn main() {}
